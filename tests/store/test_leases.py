from __future__ import annotations

from datetime import timedelta

from monitor.store import Store
from tests.store.support import MINUTE, NOW, Planner, new, nobody, poll, source

DAY = timedelta(days=1)


def claim(store: Store, owner: str = "me", at=NOW, **more: object) -> list[str]:  # type: ignore[no-untyped-def]
    values = {"limit": 9, "lease": 60.0, "owner": owner} | more
    return [feed.source.id for feed in store.claim_due_feeds(at, **values)]  # type: ignore[arg-type]


def test_claims_of_feeds(store: Store) -> None:
    assert claim(store) == []
    store.sync_feeds([source("one"), source("two"), source("off", enabled=False)], NOW)
    assert claim(store, limit=1) == ["one"]
    assert claim(store, "other") == ["two"]
    assert claim(store, force=True) == [], "a feed that somebody has in hand is left to them"
    assert store.lease_owners() == ["me", "other"]
    assert not store.work_due(NOW)
    store.release("me")
    assert store.lease_owners() == ["other"]
    assert store.work_due(NOW)
    assert claim(store, only=["two"]) == []
    assert claim(store, only=[]) == []
    assert claim(store, only=["one"]) == ["one"]
    assert claim(store, at=NOW + 2 * MINUTE) == ["one", "two"], "leases run out"


def test_a_polled_feed_is_due_when_its_time_has_come_or_when_forced(store: Store) -> None:
    store.sync_feeds([source("one")], NOW)
    claim(store)
    store.record_poll(poll(feed="one"), nobody)
    assert claim(store, at=NOW + MINUTE) == []
    assert not store.work_due(NOW + MINUTE)
    assert claim(store, at=NOW + MINUTE, force=True) == ["one"]
    store.release("me")
    assert claim(store, at=NOW + 15 * MINUTE) == ["one"]


def test_after_a_start_healthy_feeds_are_polled_soon_and_failing_ones_wait(store: Store) -> None:
    store.sync_feeds([source("good"), source("bad")], NOW)
    store.record_poll(poll(feed="good"), nobody)
    store.record_poll(poll(feed="bad", error="timed out"), nobody)
    assert store.poll_soon(NOW + MINUTE / 2, older_than=MINUTE) == 0
    assert store.poll_soon(NOW + 2 * MINUTE, older_than=MINUTE) == 1
    assert claim(store, at=NOW + 2 * MINUTE) == ["good"]


def test_pages_and_deliveries_are_work_and_are_released(store: Store) -> None:
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(new("Rosneft fined", path="/f", page=True)), Planner("desk"))
    at = NOW + MINUTE
    assert store.work_due(at)
    store.claim_due_pages(at, limit=9, per_feed=9, lease=60, owner="pages")
    assert store.work_due(at)
    store.claim_due_deliveries(at, lease=60, owner="mails", limit=9, channels=["desk"])
    assert not store.work_due(at)
    assert store.lease_owners() == ["mails", "pages"]
    store.release("pages")
    store.release("mails")
    assert store.lease_owners() == []
    assert store.work_due(at)


def test_a_clock_that_steps_back_stops_nothing(store: Store, url: str) -> None:
    """Everything was written by a clock that ran a year ahead; then it was set right."""
    ahead = NOW + 365 * DAY
    store.sync_feeds([source("polled"), source("leased")], ahead)
    store.record_poll(poll(new("Rosneft fined", path="/f", page=True), feed="polled", at=ahead), Planner(due=ahead))
    claim(store, at=ahead, only=["leased"])
    again = Store.open(url, now=NOW)
    assert set(claim(again)) == {"polled", "leased"}
    assert len(again.claim_due_pages(NOW, limit=9, per_feed=9, lease=60, owner="me")) == 1
    assert len(again.claim_due_deliveries(NOW, lease=60, owner="me", limit=9, channels=["desk"])) == 1
    for feed in ("polled", "leased"):
        again.record_poll(poll(feed=feed), nobody)
    assert claim(again, at=NOW + MINUTE) == [], "from then on all is as usual"
    again.close()
