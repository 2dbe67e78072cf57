"""What the desk asks of entities, on either database."""

from __future__ import annotations

from datetime import timedelta

from monitor.model.matches import Disposition
from monitor.store import HitQuery, Store
from tests.store.support import MINUTE, NOW, Planner, new, poll, source


def fill(store: Store) -> None:
    store.sync_feeds([source()], NOW)
    store.record_poll(poll(new("Rosneft fined", "Rosneft was fined."), new("Rosneft and Lukoil meet")), Planner())
    store.record_poll(poll(new("Rosneft again"), at=NOW + MINUTE), Planner())
    store.set_disposition(1, Disposition.FALSE_POSITIVE, who="dana", reason="A stadium", now=NOW)


def test_entities_are_counted_and_paged(store: Store) -> None:
    fill(store)
    rosneft, lukoil = store.entities()
    assert (rosneft.id, rosneft.name, rosneft.hits, rosneft.open, rosneft.dismissed) == (
        "rosneft",
        "Rosneft PJSC",
        3,
        2,
        1,
    )
    assert (rosneft.noise, lukoil.noise) == (1.0, None)
    assert [one.id for one in store.entities(before=(3, "energy", "rosneft"))] == ["lukoil"]
    assert store.entities(before=(1, "energy", "lukoil")) == []
    assert [one.id for one in store.entities(keys=[("energy", "lukoil"), ("x", "y\ud800\x00")])] == ["lukoil"]
    assert store.entities(keys=[]) == []
    assert store.entities(since=NOW + timedelta(days=1)) == []
    assert store.entities(watchlist="nowhere") == []


def test_names_and_times_of_an_entity(store: Store) -> None:
    fill(store)
    key = ("energy", "rosneft")
    use = store.entity_names(key)["Rosneft PJSC"]
    assert (use.hits, use.decided, use.dismissed, use.noise) == (3, 1, 1, 1.0), "two mentions in one text are one hit"
    times = store.entity_times(key, since=NOW)
    assert sorted(became for _, became in times) == ["false_positive", "open", "open"]
    assert [at for at, _ in times] == sorted((at for at, _ in times), reverse=True)
    found = store.entity_as_found(key)
    assert found
    assert found.name == "Rosneft PJSC"
    assert store.entity_as_found(("energy", "nobody")) is None


def test_hits_are_followed_in_order(store: Store) -> None:
    assert store.newest_hit() == 0
    fill(store)
    assert store.newest_hit() == 4
    assert [one.id for one in store.hits_after(1)] == [2, 3, 4]
    assert [one.id for one in store.hits_after(0, HitQuery(entity="lukoil"))] == [3]
    assert [one.id for one in store.hits_after(0, HitQuery(limit=2))] == [1, 2]


def test_rows_of_the_queue_are_the_newest_of_each_story(store: Store) -> None:
    fill(store)
    assert [row.record.id for row in store.rows(HitQuery(before=4))] == [
        row.id for row in store.hits(HitQuery(before=4))
    ]
    assert [row.record.id for row in store.rows(HitQuery(disposition="open", severity="high", feed="world"))] == [
        4,
        3,
        2,
    ]


def test_articles_by_hour(store: Store) -> None:
    fill(store)
    hours = store.articles_by_hour(NOW, hours=3)
    assert [count for _, count in hours] == [0, 0, 3]
    assert hours[-1][0] == NOW.replace(minute=0)
