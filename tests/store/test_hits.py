from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.model.matches import Disposition
from monitor.store import Decision, HitQuery, Store
from tests.store.support import MINUTE, NOW, new, nobody, poll, source


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world"), source("trade")], NOW)
    return store


def fill(store: Store) -> None:
    store.record_poll(poll(new("Rosneft in court", "Rosneft appeared."), new("Lukoil sells 100% of it")), nobody)
    store.record_poll(poll(new("Tanker of Rosneft at sea"), feed="trade", at=NOW + MINUTE), nobody)


def test_there_may_be_none(store: Store) -> None:
    assert store.hits() == []
    assert store.hit(1) is None
    assert store.history(1) == []
    assert store.set_disposition(1, Disposition.TRUE_MATCH, who="ana", now=NOW) is False


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({}, ["Tanker of Rosneft at sea", "Lukoil sells 100% of it", "Rosneft in court"]),
        ({"entity": "rosneft"}, ["Tanker of Rosneft at sea", "Rosneft in court"]),
        ({"feed": "trade"}, ["Tanker of Rosneft at sea"]),
        ({"watchlist": "energy", "feed": "world"}, ["Lukoil sells 100% of it", "Rosneft in court"]),
        ({"watchlist": "nobody"}, []),
        ({"severity": "high", "entity": "lukoil"}, ["Lukoil sells 100% of it"]),
        ({"severity": "low"}, []),
        ({"disposition": "open", "limit": 1}, ["Tanker of Rosneft at sea"]),
        ({"disposition": "false_positive"}, []),
        ({"since": NOW + MINUTE}, ["Tanker of Rosneft at sea"]),
        ({"until": NOW + MINUTE}, ["Lukoil sells 100% of it", "Rosneft in court"]),
        ({"text": "ROSNEFT court"}, ["Rosneft in court"]),
        ({"text": "lukoi 100%"}, ["Lukoil sells 100% of it"]),
        ({"text": "_ % '"}, ["Tanker of Rosneft at sea", "Lukoil sells 100% of it", "Rosneft in court"]),
        ({"text": "nowhere"}, []),
    ],
)
def test_filters(store: Store, wanted: dict[str, Any], titles: list[str]) -> None:
    fill(store)
    query = HitQuery(**wanted)
    assert [record.article.title for record in store.hits(query)] == titles
    if "limit" not in wanted:
        assert store.count_hits(query) == len(titles)


def test_pages_follow_each_other_while_hits_come_in(store: Store) -> None:
    fill(store)
    first = store.hits(HitQuery(limit=2))
    store.record_poll(poll(new("Rosneft again"), at=NOW + 2 * MINUTE), nobody)
    rest = store.hits(HitQuery(limit=2, before=first[-1].id))
    assert [record.article.title for record in first + rest] == [
        "Tanker of Rosneft at sea",
        "Lukoil sells 100% of it",
        "Rosneft in court",
    ]


def test_decisions_are_kept_one_below_the_other(store: Store) -> None:
    fill(store)
    hit_id = store.hits()[0].id
    later = NOW + timedelta(hours=1)
    assert store.set_disposition(hit_id, Disposition.ESCALATED, who="ana", reason="ask Ben", now=NOW)
    assert store.set_disposition(hit_id, Disposition.ESCALATED, who="ana", reason="ask Ben", now=NOW)
    assert store.set_disposition(hit_id, Disposition.FALSE_POSITIVE, who="ben", reason="a namesake", now=later)
    assert store.history(hit_id) == [
        Decision(NOW, "ana", Disposition.OPEN, Disposition.ESCALATED, "ask Ben"),
        Decision(later, "ben", Disposition.ESCALATED, Disposition.FALSE_POSITIVE, "a namesake"),
    ]
    record = store.hit(hit_id)
    assert record is not None
    assert record.disposition is Disposition.FALSE_POSITIVE
    assert store.hits(HitQuery(disposition="false_positive")) == [record]
