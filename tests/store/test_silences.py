from __future__ import annotations

from datetime import timedelta

from monitor.model.alerts import AlertHistory, DeliveryKind, Untold
from monitor.model.matches import Disposition, HitRecord
from monitor.store import Store
from tests.store.support import MINUTE, NOW, Planner, new, poll, source

DAY = timedelta(days=1)


def test_a_silence_is_kept_after_its_end(store: Store) -> None:
    first = store.add_silence(now=NOW, ends=NOW + DAY, reason="results", who="ana", entity="rosneft", text="отчёт")
    second = store.add_silence(now=NOW, ends=NOW + 2 * DAY, reason="", who="ben", feed="world")
    assert store.silences(NOW) == [second, first]
    assert store.silences(NOW + DAY) == [second]
    assert store.end_silence(second.id, NOW + MINUTE)
    assert not store.end_silence(second.id, NOW + 2 * MINUTE)
    assert not store.end_silence(99, NOW)
    assert store.silences(NOW + DAY) == []
    assert [(one.id, one.ends) for one in store.silences(NOW + DAY, over=True)] == [
        (second.id, NOW + MINUTE),
        (first.id, NOW + DAY),
    ]


def test_the_policy_is_told_what_is_silenced_and_what_was_decided(store: Store) -> None:
    store.sync_feeds([source("world"), source("trade")], NOW)
    silence = store.add_silence(now=NOW, ends=NOW + DAY, reason="", who="ana", entity="lukoil")
    planner = Planner()
    text = "Rosneft was fined on Friday by a court."
    store.record_poll(poll(new("Rosneft fined", text)), planner)
    store.set_disposition(1, Disposition.TRUE_MATCH, who="ana", now=NOW)
    store.record_poll(poll(new("Rosneft fined", text), feed="trade", at=NOW + MINUTE), planner)
    (_, before), (records, history) = planner.asked
    assert before == AlertHistory(silences=(silence,))
    assert dict(history.decided) == {("energy/rosneft", records[0].article.story): (1, Disposition.TRUE_MATCH)}


def test_why_a_hit_was_told_or_not(store: Store) -> None:
    store.sync_feeds([source("world")], NOW)

    def planner(records: object, history: AlertHistory) -> list[object]:
        assert isinstance(records, list)
        told, silenced = (
            [r for r in records if "fined" in r.article.title],
            [r for r in records if "fined" not in r.article.title],
        )
        return [*Planner("desk")(told, history), *(Untold(r.id, "", "silence 1") for r in silenced)]

    store.record_poll(poll(new("Rosneft fined"), new("Lukoil sells")), planner)  # type: ignore[arg-type]
    records: list[HitRecord] = store.hits()
    by_title = {record.article.title: record.id for record in records}
    [told] = store.verdicts(by_title["Rosneft fined"])
    assert (told.channel, told.told, told.deliveries) == ("desk", DeliveryKind.ALERT, (1,))
    assert told.reason == "route all; first alert about this subject"
    [untold] = store.verdicts(by_title["Lukoil sells"])
    assert (untold.channel, untold.told, untold.reason, untold.deliveries) == ("", None, "silence 1", ())
    assert store.verdicts(99) == []


def test_an_unwanted_copy_does_not_join_what_waits(store: Store) -> None:
    store.sync_feeds([source("world"), source("trade"), source("coast")], NOW)
    text = "Rosneft was fined on Friday by a court."
    store.record_poll(poll(new("Rosneft fined", text)), Planner())

    def refuses(records: list[HitRecord], history: AlertHistory) -> list[Untold]:
        return [Untold(record.id, "", "silence 1") for record in records]

    def told_before(records: list[HitRecord], history: AlertHistory) -> list[Untold]:
        return [Untold(record.id, "desk", "told before") for record in records]

    store.record_poll(poll(new("Rosneft fined", text), feed="trade", at=NOW + MINUTE), refuses)  # type: ignore[arg-type]
    store.record_poll(poll(new("Rosneft fined", text), feed="coast", at=NOW + MINUTE), told_before)  # type: ignore[arg-type]
    [delivery] = store.deliveries()
    assert [record.article.feed for record in delivery.alerts[0].hits] == ["world", "coast"]
    assert [verdict.told for verdict in store.verdicts(2)] == [None]
    assert [verdict.told for verdict in store.verdicts(3)] == [DeliveryKind.ALERT], "it is told with the first"


def test_what_is_put_off_is_untried_and_comes_as_a_digest(store: Store) -> None:
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(new("Rosneft fined"), new("Rosneft sells", "Elsewhere.")), Planner())
    claimed = store.claim_due_deliveries(NOW, lease=60.0, owner="me", limit=9, channels=["desk"])
    store.put_off(claimed, NOW + 5 * MINUTE, "Held over quiet hours.")
    assert store.claim_due_deliveries(NOW, lease=60.0, owner="me", limit=9, channels=["desk"]) == []
    again = store.claim_due_deliveries(NOW + 5 * MINUTE, lease=60.0, owner="me", limit=9, channels=["desk"])
    assert [(d.kind, d.attempts, d.note) for d in again] == [(DeliveryKind.DIGEST, 0, "Held over quiet hours.")] * 2
    merged = store.merge_deliveries([d.id for d in again], DeliveryKind.DIGEST, NOW + 5 * MINUTE)
    assert merged.note == "Held over quiet hours."
    assert store.delivery(merged.id) == store.deliveries()[0]
    assert store.delivery(99) is None
