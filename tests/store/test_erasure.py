"""What is stored of somebody goes on request; what stays is said."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.errors import UsageError
from monitor.model.matches import Disposition
from monitor.store import Store
from monitor.store.tables import metadata
from tests.store.support import MINUTE, NOW, Planner, new, nobody, poll, source

DAY = timedelta(days=1)
REQUEST: dict[str, Any] = {"who": "ana", "reason": "request 17", "now": NOW + DAY}


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world")], NOW)
    both = new("Rosneft and Lukoil meet", "Rosneft met Lukoil.", path="/both", page=True)
    store.record_poll(poll(new("Rosneft fined", "A court fined Rosneft.", path="/r", page=True), both), Planner("desk"))
    store.set_disposition(1, Disposition.FALSE_POSITIVE, who="ben", reason="not that Rosneft", now=NOW)
    hit = store.hit(1)
    assert hit is not None
    store.add_suppression(hit, name="", pattern="rosneft", ends=NOW + DAY, reason="Rosneft cafe", who="ben", now=NOW)
    store.add_silence(now=NOW, ends=NOW + 9 * DAY, reason="Rosneft meets", who="ben", entity="rosneft")
    store.add_silence(now=NOW, ends=NOW + 9 * DAY, reason="Lukoil meets", who="ben", entity="energy/lukoil")
    return store


def everything(store: Store) -> str:
    with store.db.read() as connection:
        return "\n".join(
            str(value)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            for value in row
            if not isinstance(value, bytes)
        )


def test_a_preview_changes_nothing(store: Store) -> None:
    shown = store.preview_erasure("energy", "rosneft")
    assert (shown.hits, shown.articles, shown.shared, shown.records, shown.rules) == (2, 1, 1, 3, 2)
    assert "1 articles' titles and addresses: others were found there" in shown.kept[0]
    assert store.count_hits() == 3


def test_nothing_of_it_is_left_but_what_is_said(store: Store) -> None:
    noted = str(store.head())
    done = store.erase("energy", "rosneft", **REQUEST)
    assert (done.hits, done.records) == (2, 3)
    assert [hit.hit.entity.id for hit in store.hits()] == ["lukoil"]
    left = [line for line in everything(store).splitlines() if "rosneft" in line.lower()]
    words = "lukoil pjsc lukoil pjsc lukoil rosneft and lukoil meet"
    assert set(left) == {"Rosneft and Lukoil meet", words}, "the other's evidence"
    verified = store.verify(noted=noted)
    assert (verified.problems, verified.erased) == ((), 3)
    deeds = [(deed.who, deed.about) for deed in store.deeds() if deed.what == "erase"]
    assert deeds == [("ana", "on request: request 17 (done: 2 hits)"), ("ana", "on request: request 17")]
    assert [one.entity for one in store.silences(NOW + DAY)] == ["energy/lukoil"]
    assert store.suppressions(NOW) == []
    kept = store.kept_text(store.hits()[0].id)
    assert kept is not None
    assert (kept.text, kept.kept) == ("", False)


def test_what_was_erased_is_not_stored_again_by_the_next_poll(store: Store) -> None:
    store.erase("energy", "rosneft", **REQUEST)
    again = new("Rosneft fined", "A court fined Rosneft.", path="/r", page=True)
    assert [one.digest for one in store.known_entries("world", again.keys).values()] == [again.digest] * 2
    due = store.claim_due_pages(NOW + 2 * DAY, limit=9, per_feed=9, lease=9, owner="me")
    assert [page.url for page in due] == ["https://paper.example/both"], "no page is read of what was erased"


def test_what_waited_to_be_sent_is_taken_back(store: Store) -> None:
    before = len(store.deliveries())
    store.erase("energy", "rosneft", **REQUEST)
    left = store.deliveries()
    assert (before, len(left)) == (3, 1)
    assert all(alert.hits for delivery in left for alert in delivery.alerts)


def test_a_legal_hold_forbids_it(store: Store) -> None:
    hold = store.add_hold("energy", "rosneft", who="ana", reason="a lawsuit", now=NOW)
    for ask in (store.preview_erasure, lambda *key: store.erase(*key, **REQUEST)):
        with pytest.raises(UsageError, match=r"legal hold 1 since 2026-03-02 \(a lawsuit\): nothing was erased"):
            ask("energy", "rosneft")
    store.end_hold(hold.id, who="ana", now=NOW)
    assert store.erase("energy", "rosneft", **REQUEST).hits == 2
    assert "lawsuit" not in everything(store)
    assert store.verify().problems == ()


def test_of_whom_nothing_is_stored(store: Store) -> None:
    assert store.erase("energy", "nobody", **REQUEST).hits == 0
    assert store.count_hits() == 3


def test_it_is_gone_from_the_file(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db", now=NOW)
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(*(new(f"Rosneft fined {n}", "Rosneft") for n in range(50))), Planner("desk"))
    store.record_poll(poll(new("Calm seas"), at=NOW + MINUTE), nobody)
    store.erase("energy", "rosneft", **REQUEST)
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"rosneft" not in left.lower()
    assert b"Calm seas" in left
