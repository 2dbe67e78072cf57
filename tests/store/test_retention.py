"""What is old goes by kind, what is held stays, and polling goes on meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from monitor.model.alerts import Sent
from monitor.model.matches import Disposition
from monitor.model.settings import Retention
from monitor.store import HitQuery, Store
from monitor.store.tables import articles, audit, deliveries, dispositions, mentions, polls, versions
from tests.store.support import MINUTE, NOW, Planner, new, nobody, poll, source

DAY = timedelta(days=1)
FOR_EVER = 10**11
KEEP = Retention(articles=FOR_EVER, entries=FOR_EVER, hits=FOR_EVER, messages=FOR_EVER, polls=FOR_EVER, audit=FOR_EVER)


@pytest.fixture
def store(store: Store) -> Store:
    """Two years of news: an old hit on each of two firms, an old article on neither, and new ones."""
    store.sync_feeds([source("world")], NOW)
    old = [
        new("Rosneft fined", "A court fined Rosneft."),
        new("Lukoil sells", "Lukoil sold it."),
        new("Calm seas", "Calm."),
    ]
    store.record_poll(poll(*old), Planner("desk"))
    store.set_disposition(1, Disposition.FALSE_POSITIVE, who="ana", reason="a namesake", now=NOW)
    [first, *_] = store.claim_due_deliveries(NOW, lease=1, owner="me", limit=9, channels=["desk"])
    store.record_delivery(first.id, Sent("1"), now=NOW, next_attempt=None)
    store.record_poll(poll(new("Rosneft appeals", "Rosneft appealed."), at=NOW + 700 * DAY), Planner("desk"))
    return store


def count(store: Store, table: object, *where: object) -> int:
    with store.db.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[call-overload]


def keep(**more: float) -> Retention:
    return KEEP.model_copy(update=more)


LATER = NOW + 701 * DAY
YEAR = 365 * 86400.0


def test_nothing_is_old(store: Store) -> None:
    assert str(store.prune(LATER, KEEP)) == "0 texts emptied"
    assert len(store.hits()) == 3


def test_texts(store: Store) -> None:
    assert store.prune(LATER, keep(articles=YEAR)).texts == 3
    assert count(store, versions, versions.c.text.is_not(None)) == 1
    assert len(store.hits()) == 3


def test_titles_and_addresses_go_but_what_was_seen_is_known(store: Store) -> None:
    done = store.prune(LATER, keep(entries=YEAR))
    assert str(done) == "0 texts emptied, 1 titles emptied"
    assert count(store, articles, articles.c.title == "") == 1
    seen = new("Calm seas", "Calm.")
    assert [one.digest for one in store.known_entries("world", seen.keys).values()] == [seen.digest] * 2
    assert store.prune(LATER + MINUTE, keep(entries=YEAR)).entries == 0


def test_hits_go_whole_and_their_decisions_stay(store: Store) -> None:
    done = store.prune(LATER, keep(hits=YEAR))
    assert done.hits == 2
    assert [hit.article.title for hit in store.hits()] == ["Rosneft appeals"]
    assert (count(store, mentions, mentions.c.hit_id < 3), count(store, articles, articles.c.title == "")) == (0, 2)
    assert [one.reason for one in store.history(1)] == ["a namesake"]
    told = store.deliveries()
    assert [len(delivery.alerts) for delivery in told] == [1, 0], "what went out stays, what waited is taken back"
    assert store.verify().problems == ()
    assert (store.deeds(limit=1)[0].what, store.deeds(limit=1)[0].about) == ("prune", str(done))


def test_messages_and_polls(store: Store) -> None:
    assert store.prune(LATER, keep(messages=YEAR, polls=YEAR)).messages == 1
    assert (count(store, deliveries), count(store, polls)) == (2, 1), "what still waits is never old"


def test_the_trail_loses_its_words_and_still_verifies(store: Store) -> None:
    store.note(who="ana", what="login", about="10.0.0.7", now=NOW)
    noted = str(store.head())
    assert store.prune(LATER, keep(audit=YEAR)).records == 2
    assert (
        count(store, audit, audit.c.about == "10.0.0.7") + count(store, dispositions, dispositions.c.reason != "") == 0
    )
    verified = store.verify(noted=noted)
    assert (verified.problems, verified.erased, verified.noted) == ((), 2, 2)
    assert store.prune(LATER + 800 * DAY, keep(audit=YEAR)).records == 0, "what tells of pruning is not pruned"


def test_what_is_held_stays_whole(store: Store) -> None:
    hold = store.add_hold("energy", "rosneft", who="ana", reason="a lawsuit", now=LATER)
    keep_nothing = Retention(articles=1, entries=1, hits=1, messages=1, polls=FOR_EVER, audit=1)
    store.prune(LATER + DAY, keep_nothing)
    assert [hit.hit.entity.id for hit in store.hits()] == ["rosneft", "rosneft"]
    assert count(store, versions, versions.c.text.is_not(None)) == 2
    assert [one.reason for one in store.history(1)] == ["a namesake"]
    assert len(store.deliveries()[-1].alerts) == 1
    assert store.verify().problems == ()
    assert store.end_hold(hold.id, who="ben", why="settled", now=LATER + DAY)
    assert not store.end_hold(hold.id, who="ben", now=LATER + DAY)
    assert (store.holds(), len(store.holds(over=True))) == ([], 1)
    assert store.prune(LATER + 2 * DAY, keep_nothing).hits == 2
    assert store.hits() == []
    assert store.verify().problems == ()


def test_polling_goes_on_while_it_prunes(store: Store) -> None:
    many = [new(f"Rosneft story {n}", f"Rosneft did {n}.") for n in range(600)]
    store.record_poll(poll(*many, at=NOW + MINUTE), nobody)
    pruned: list[int] = []
    pruning = threading.Thread(target=lambda: pruned.append(store.prune(LATER, keep(hits=YEAR, articles=YEAR)).hits))
    pruning.start()
    polled = 0
    while pruning.is_alive() or not polled:
        at = LATER + polled * MINUTE
        assert store.record_poll(poll(new(f"Rosneft today {polled}"), at=at), nobody).entries == 1
        polled += 1
    pruning.join()
    assert pruned == [602]
    assert polled > 1, "polls were recorded between its steps"
    assert store.count_hits(HitQuery(entity="rosneft")) == polled + 1
