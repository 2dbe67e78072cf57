"""False positives that come again are kept from people, stored all the same, and given back when the list changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts import policy
from monitor.errors import UsageError
from monitor.model.alerts import AlertHistory, AlertPlan, Untold
from monitor.model.matches import Disposition, HitRecord
from monitor.model.settings import AlertPolicy, ConsoleChannel, Route
from monitor.model.suppressions import Suppression, fingerprint
from monitor.store import HitQuery, Store
from tests.store.support import LUKOIL, MINUTE, NOW, ROSNEFT, new, page, poll, source

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


def planner(records: list[HitRecord], history: AlertHistory) -> list[AlertPlan | Untold]:
    """The real policy with one console."""
    console = ConsoleChannel(id="desk", type="console")
    return policy.plan(
        records,
        history,
        routes=[Route(id="all", channels=("desk",))],
        channels=[console],
        policy=AlertPolicy(cooldown=0),
        feed_tags={},
        now=LATER,
    )


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(new("Match at Rosneft Stadium", path="/1")), planner)
    store.record_poll(poll(new("Rosneft Stadium is full"), new("Rosneft fined"), at=NOW + MINUTE), planner)
    store.set_disposition(1, Disposition.FALSE_POSITIVE, who="ana", reason="a stadium", now=NOW)
    return store


def record(store: Store, id: int) -> HitRecord:
    found = store.hit(id)
    assert found is not None
    return found


def suppress(store: Store, *, name: str = "Rosneft PJSC", pattern: str = "Rosneft Stadium") -> Suppression:
    return store.add_suppression(
        record(store, 1), name=name, pattern=pattern, ends=NOW + 30 * DAY, reason="a stadium", who="ana", now=LATER
    )


def test_what_it_would_hide_is_shown_before(store: Store) -> None:
    shown = store.preview_suppression(record(store, 1), name="", pattern="stadium", now=LATER)
    assert [one.article.title for one in shown] == ["Rosneft Stadium is full", "Match at Rosneft Stadium"]
    assert store.suppressions(LATER) == []


def test_open_hits_and_new_ones_are_kept_from_people(store: Store) -> None:
    made = suppress(store)
    assert [(one.id, kept) for one, kept in store.suppressions(LATER)] == [(made.id, 1)]
    before = store.count_hits()
    recorded = store.record_poll(poll(new("Rain at Rosneft stadium"), at=LATER), planner)
    assert (len(recorded.hits), recorded.deliveries) == (1, 0)
    [told] = store.verdicts(recorded.hits[0])
    assert (told.told, told.reason) == (None, f"suppression {made.id} (a stadium)")
    hidden = record(store, recorded.hits[0])
    assert hidden.suppressed is not None
    assert (hidden.disposition, hidden.suppressed.reason) == (Disposition.OPEN, "a stadium")
    assert store.count_hits() == before + 1, "stored and counted"
    assert [one.article.title for one in store.hits(HitQuery(disposition="open", suppressed=False))] == [
        "Rosneft fined"
    ]
    assert len(store.hits(HitQuery(suppressed=True))) == 2
    assert store.facets().dispositions == {"open": 1, "false_positive": 1}, "what there is to decide, and no more"
    assert store.overview(LATER).dispositions[Disposition.OPEN] == 1
    other = store.record_poll(poll(new("Rosneft in court"), at=LATER + MINUTE), planner)
    assert other.deliveries == 1
    assert store.verify().problems == ()


def test_fuller_text_with_a_mention_of_another_kind_is_told(store: Store) -> None:
    suppress(store)
    first = store.record_poll(poll(new("Rain at Rosneft Stadium", path="/r", page=True), at=LATER), planner)
    assert first.deliveries == 0
    [due] = store.claim_due_pages(LATER + MINUTE, limit=9, per_feed=9, lease=60, owner="me")
    same = page(due.article_id, "Rain at Rosneft Stadium", "", at=LATER + MINUTE)
    assert store.record_page(same, planner).deliveries == 0
    text = "The court has fined Rosneft for it."
    fuller = page(due.article_id, "Rain at Rosneft Stadium", text, at=LATER + 2 * MINUTE)
    assert store.record_page(fuller, planner).deliveries == 1
    shown = record(store, first.hits[0])
    assert shown.suppressed is None
    assert len(shown.hit.matches) == 2


def test_it_ends_by_itself_or_by_hand(store: Store) -> None:
    made = suppress(store)
    late = NOW + 31 * DAY
    assert store.record_poll(poll(new("Snow at Rosneft Stadium"), at=late), planner).deliveries == 1
    assert store.end_suppression(made.id, who="ben", why="wrong", reopen=True, now=LATER)
    assert not store.end_suppression(made.id, who="ben", now=LATER)
    assert store.hits(HitQuery(suppressed=True)) == []
    [(ended, kept)] = store.suppressions(LATER, over=True)
    assert (ended.ended, ended.ended_why, kept) == (LATER, "wrong", 0)
    assert [deed.what for deed in store.deeds() if deed.what.startswith("supp")] == ["suppression reopened", "suppress"]


def test_a_list_record_that_changed_gives_its_hits_back(store: Store) -> None:
    made = suppress(store)
    unchanged = {ROSNEFT.key: fingerprint(ROSNEFT), LUKOIL.key: None}
    assert store.reopen_changed(unchanged, LATER) == []
    assert store.reopen_changed({}, LATER) == [], "a list that is not there yet says nothing"
    changed = {ROSNEFT.key: fingerprint(replace(ROSNEFT, programmes=("RUSSIA-EO14024",)))}
    assert [one.id for one in store.reopen_changed(changed, LATER)] == [made.id]
    assert store.hits(HitQuery(suppressed=True)) == []
    assert store.record_poll(poll(new("Hail at Rosneft Stadium"), at=LATER), planner).deliveries == 1
    assert store.suppressions(LATER, over=True)[0][0].ended_why == "its list record has changed"


def test_what_cannot_be(store: Store) -> None:
    with pytest.raises(UsageError, match="make a silence"):
        suppress(store, name="", pattern="")
    with pytest.raises(UsageError, match="would not cover hit 1 itself"):
        suppress(store, pattern="a court")
    assert store.suppressions(LATER) == []
