from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.errors import StorageError
from monitor.model.alerts import Dead, Delivery, DeliveryKind, DeliveryState, Retry, Sent
from monitor.model.watchlists import Severity
from monitor.store import Store
from tests.store.support import MINUTE, NOW, Planner, new, poll, source


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world"), source("trade")], NOW)
    return store


def fill(store: Store, planner: Planner, count: int = 1, at: datetime = NOW) -> None:
    articles = [new(f"Cargo {n} of Rosneft", f"Seen at {at:%H:%M}.", guid=f"{at}{n}") for n in range(count)]
    store.record_poll(poll(*articles, at=at), planner)


def claim(store: Store, now: datetime = NOW, owner: str = "me", limit: int = 100) -> list[Delivery]:
    return store.claim_due_deliveries(now, lease=60.0, owner=owner, limit=limit, channels=["desk", "mail"])


def test_a_hit_and_its_deliveries_one_for_each_recipient_are_one_transaction(store: Store) -> None:
    recipients = ("ana@example.org", "ben@example.org")
    store.record_poll(poll(new("Rosneft fined")), Planner("desk", "mail", recipients=recipients))
    made = store.deliveries()
    assert sorted((d.channel, d.recipient) for d in made) == [
        (channel, recipient) for channel in ("desk", "mail") for recipient in recipients
    ]
    assert len({d.uid for d in made}) == 4
    [record] = store.hits()
    for delivery in made:
        [alert] = delivery.alerts
        assert alert.hits == (record,)
        assert (delivery.state, delivery.attempts, delivery.next_attempt) == (DeliveryState.PENDING, 0, NOW)


def test_the_policy_is_told_what_was_alerted(store: Store) -> None:
    planner = Planner("desk")
    fill(store, planner)
    digest = Planner("mail")
    digest.kind = DeliveryKind.DIGEST
    fill(store, digest, at=NOW + MINUTE)
    fill(store, planner, at=NOW + 2 * MINUTE)
    records, history = planner.asked[-1]
    assert records[0].subject == "energy/rosneft"
    assert history.last == {("energy/rosneft", "desk"): (NOW + timedelta(seconds=2), Severity.HIGH)}
    assert history.alerted == frozenset(), "the story is new"


def test_a_claim_is_a_lease(store: Store) -> None:
    fill(store, Planner(), 3)
    assert [d.id for d in claim(store, limit=2)] == [1, 2]
    assert [d.id for d in claim(store, owner="other")] == [3]
    assert claim(store) == []
    again = claim(store, NOW + timedelta(seconds=61))
    assert [(d.id, d.attempts) for d in again] == [(1, 1), (2, 1), (3, 1)], "they may have gone out"
    assert claim(store, NOW - MINUTE) == []


def test_only_these_channels_and_only_what_is_due(store: Store) -> None:
    fill(store, Planner("desk", "elsewhere", due=NOW + MINUTE))
    assert claim(store) == []
    assert [d.channel for d in claim(store, NOW + MINUTE)] == ["desk"]


def test_sent_is_the_end(store: Store) -> None:
    fill(store, Planner())
    [delivery] = claim(store)
    store.record_delivery(delivery.id, Sent("ts-1"), now=NOW, next_attempt=None)
    [sent] = store.deliveries(state=DeliveryState.SENT)
    assert (sent.uid, sent.attempts, sent.sent_at, sent.next_attempt) == (delivery.uid, 1, NOW, None)
    store.record_delivery(delivery.id, Dead("late word of another process"), now=NOW, next_attempt=None)
    assert store.deliveries()[0].state is DeliveryState.SENT
    assert not store.retry_delivery(delivery.id, NOW)
    assert claim(store, NOW + timedelta(days=1)) == []


def test_a_retry_waits_and_keeps_its_uid(store: Store) -> None:
    fill(store, Planner())
    [first] = claim(store)
    store.record_delivery(first.id, Retry("451 busy"), now=NOW, next_attempt=NOW + MINUTE)
    assert claim(store) == []
    [second] = claim(store, NOW + MINUTE)
    assert (second.uid, second.attempts, second.last_error) == (first.uid, 1, "451 busy")


def test_a_dead_one_can_be_made_due_again(store: Store) -> None:
    fill(store, Planner())
    [delivery] = claim(store)
    store.record_delivery(delivery.id, Dead("550 unknown"), now=NOW, next_attempt=None)
    [dead] = store.deliveries(state=DeliveryState.DEAD)
    assert (dead.last_error, dead.attempts) == ("550 unknown", 1)
    assert claim(store, NOW + timedelta(days=1)) == []
    assert store.retry_delivery(delivery.id, NOW)
    assert [d.uid for d in claim(store)] == [delivery.uid]
    assert not store.retry_delivery(999, NOW)


def test_a_flood_is_merged_into_the_first_of_it(store: Store) -> None:
    fill(store, Planner(), 30)
    claimed = claim(store)
    merged = store.merge_deliveries([d.id for d in claimed], DeliveryKind.SUMMARY, NOW)
    assert (merged.id, merged.uid, merged.kind) == (claimed[0].id, claimed[0].uid, DeliveryKind.SUMMARY)
    assert len(merged.alerts) == 30
    assert [d.id for d in store.deliveries()] == [merged.id]
    assert claim(store) == [], "it is claimed as its parts were"
    store.record_delivery(merged.id, Sent(), now=NOW, next_attempt=None)
    assert store.recently_sent(NOW, 60) == {("desk", ""): 1}
    with pytest.raises(StorageError, match="taken by another process"):
        store.merge_deliveries([d.id for d in claimed[1:]], DeliveryKind.SUMMARY, NOW)


def test_since_when_a_channel_waits(store: Store) -> None:
    digest = Planner("mail", due=NOW + timedelta(hours=9))
    fill(store, digest)
    fill(store, Planner("desk", due=NOW + MINUTE), at=NOW + MINUTE)
    assert store.oldest_due_deliveries(NOW + MINUTE) == {"desk": NOW + MINUTE}
    assert store.oldest_due_deliveries(digest.due) == {"desk": NOW + MINUTE, "mail": digest.due}
    [delivery] = claim(store, NOW + MINUTE)
    assert store.oldest_due_deliveries(NOW + MINUTE) == {}
    store.record_delivery(delivery.id, Retry("busy"), now=NOW, next_attempt=NOW + 3 * MINUTE)
    created = NOW + MINUTE + timedelta(seconds=2)
    assert store.oldest_due_deliveries(NOW + 3 * MINUTE) == {"desk": created}


def test_a_follow_up_goes_below_the_first_message_for_a_day(store: Store) -> None:
    planner = Planner("desk")

    def send(at: datetime, provider_id: str) -> str:
        fill(store, planner, at=at)
        [delivery] = claim(store, at + MINUTE)
        store.record_delivery(delivery.id, Sent(provider_id), now=at + MINUTE, next_attempt=None)
        return delivery.thread

    hour = timedelta(hours=1)
    assert send(NOW, "ts-1") == ""
    assert send(NOW + hour, "ts-1") == "ts-1", "Slack names the thread's first message, whatever follows"
    assert send(NOW + 23 * hour, "ts-1") == "ts-1"
    assert send(NOW + 25 * hour, "ts-2") == "", "a day later a new thread begins"
    assert send(NOW + 26 * hour, "ts-2") == "ts-2"
    assert send(NOW + 27 * hour, "ts-3") == "ts-2", "the first message was deleted: Slack began another"
    assert send(NOW + 28 * hour, "ts-3") == "ts-3"
    assert [d.thread for d in store.deliveries()] == [""] * 7
