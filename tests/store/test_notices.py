from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from monitor.model.alerts import ChannelState, Dead, DeliveryKind, Notice, Retry, Sent, Trouble, Turn
from monitor.model.watchlists import Severity
from monitor.store import Store
from tests.store.support import MINUTE, NOW, Planner, new, nobody, poll, source

DEAD = Trouble("feed:world", "feed world is dead", NOW, Severity.MEDIUM, feed="world")
NOTICE = Notice(
    "health", "Monitor in trouble: feed world is dead", Severity.MEDIUM, ("feed world is dead",), feed="world"
)


def test_a_trouble_and_its_messages_are_one_transaction_and_are_told_once(store: Store) -> None:
    known: list[Sequence[Trouble]] = []

    def decide(before: Sequence[Trouble]) -> Turn:
        known.append(before)
        return Turn() if before else Turn((DEAD,), (), ((NOTICE, "mail", ("a@x.org", "b@x.org")),))

    assert store.turn_troubles(decide, NOW).began == (DEAD,)
    assert store.turn_troubles(decide, NOW + MINUTE) == Turn()
    assert known == [[], [DEAD]]
    assert store.troubles() == [DEAD]
    made = store.deliveries()
    assert sorted(d.recipient for d in made) == ["a@x.org", "b@x.org"]
    assert {(d.kind, d.notice, d.alerts, d.severity) for d in made} == {
        (DeliveryKind.NOTICE, NOTICE, (), Severity.MEDIUM)
    }
    over = store.turn_troubles(lambda before: Turn((), tuple(before), ()), NOW + MINUTE)
    assert over.ended == (DEAD,)
    assert store.troubles() == []


def test_a_notice_is_made_once_for_its_key(store: Store) -> None:
    messages = [(NOTICE, "mail", ("a@x.org",)), (NOTICE, "slack", ("",))]
    assert store.add_notices(messages, key="heartbeat 2026-03-02", now=NOW) == 2
    assert store.add_notices(messages, key="heartbeat 2026-03-02", now=NOW + MINUTE) == 0
    assert store.add_notices(messages, key="heartbeat 2026-03-03", now=NOW) == 2
    assert len({d.uid for d in store.deliveries()}) == 4


def test_how_channels_do(store: Store) -> None:
    store.sync_feeds([source("world")], NOW)
    assert store.channel_states() == []
    articles = [new(f"Cargo {n} of Rosneft", guid=f"g{n}") for n in range(3)]
    store.record_poll(poll(*articles), Planner("desk"))
    first, second, third = store.claim_due_deliveries(NOW, lease=60, owner="me", limit=9, channels=["desk"])
    store.record_delivery(first.id, Dead("550 unknown"), now=NOW, next_attempt=None)
    store.record_delivery(second.id, Retry("451 busy"), now=NOW, next_attempt=NOW + MINUTE)
    [state] = store.channel_states()
    assert state == ChannelState("desk", "", second.created, 1, first.created, "550 unknown")
    store.record_delivery(third.id, Sent(), now=NOW, next_attempt=None)
    [state] = store.channel_states()
    assert (state.dead, state.dead_since, state.last_error) == (0, None, "451 busy"), "it takes messages again"
    store.record_delivery(second.id, Sent(), now=NOW, next_attempt=None)
    assert store.channel_states() == []


def test_when_feeds_had_news(store: Store) -> None:
    store.sync_feeds([source("world"), source("trade")], NOW)
    times = [NOW + n * timedelta(hours=5) for n in range(3)]
    for at in times:
        store.record_poll(poll(new(f"News of {at}", guid=str(at)), at=at), nobody)
        store.record_poll(poll(at=at + MINUTE), nobody)
    finished = [at + timedelta(seconds=2) for at in times]
    day = timedelta(days=1)
    assert store.last_news(times[-1] + MINUTE, day) == {"world": finished[-1]}
    assert store.news_times("world", times[-1] + MINUTE, day) == finished
    assert store.news_times("trade", NOW, day) == []
    assert store.last_news(NOW + 9 * day, day) == {}
