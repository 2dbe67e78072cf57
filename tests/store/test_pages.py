from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.model.feeds import PageOutcome
from monitor.model.matches import Disposition, HitRecord
from monitor.store import HitQuery, Store
from tests.store.support import MINUTE, NOW, Planner, new, nobody, page, poll, source, weaker

LATER = NOW + 10 * MINUTE


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world"), source("trade")], NOW)
    return store


def claim(store: Store, owner: str = "me", **more: object) -> list[int]:
    values = {"limit": 10, "per_feed": 10, "lease": 60.0, "owner": owner} | more
    return [due.article_id for due in store.claim_due_pages(LATER, **values)]  # type: ignore[arg-type]


def only_hit(store: Store) -> HitRecord:
    [record] = store.hits()
    return record


def test_a_due_page_is_claimed_with_what_the_feed_said(store: Store) -> None:
    store.record_poll(poll(new("Talks", "Went on late.", path="/t", page=True), new("No page")), nobody)
    [due] = store.claim_due_pages(LATER, limit=10, per_feed=10, lease=60, owner="me")
    assert (due.url, due.feed, due.entry_title, due.entry_text, due.attempts) == (
        "https://paper.example/t",
        "world",
        "Talks",
        "Went on late.",
        0,
    )
    assert claim(store, "other") == [], "it is claimed"
    store.release("me")
    assert claim(store, "other") == [due.article_id]


def test_each_feed_has_its_share(store: Store) -> None:
    for feed in ("world", "trade"):
        articles = [new(f"{feed} {n}", path=f"/{feed}/{n}", page=True) for n in range(5)]
        store.record_poll(poll(*articles, feed=feed), nobody)
    assert len(claim(store, per_feed=2)) == 4
    assert len(claim(store, limit=3)) == 3
    assert len(claim(store, feeds_limit=1)) <= 3
    assert claim(store, exclude=["world", "trade"]) == []


def test_the_full_text_adds_hits_and_strengthens_those_there_are(store: Store) -> None:
    planner = Planner()
    store.record_poll(poll(new("Fuel", "Rosneft raised prices.", path="/f", page=True)), planner)
    before = only_hit(store)
    [article] = claim(store)
    recorded = store.record_page(
        page(article, "Fuel", "Rosneft raised prices.\n\nRosneft said so on Monday. Lukoil followed."), planner
    )
    assert (len(recorded.hits), recorded.deliveries) == (1, 1)
    lukoil, rosneft = store.hits()
    assert lukoil.hit.entity.id == "lukoil"
    assert rosneft.id == before.id
    assert len(rosneft.hit.matches) == 2
    assert rosneft.found_at == before.found_at
    assert claim(store) == []


def test_weaker_evidence_does_not_replace_stronger(store: Store) -> None:
    store.record_poll(poll(new("Fuel", "Rosneft raised prices.", path="/f", page=True)), nobody)
    before = only_hit(store)
    [article] = claim(store)
    outcome = page(article, "Fuel", "Rosneft raised prices. Rosneft said so.")
    assert store.record_page(weaker(outcome, 90.0), nobody).hits == ()
    assert only_hit(store) == before


def test_what_was_decided_about_keeps_what_was_decided_on(store: Store) -> None:
    store.record_poll(poll(new("Fuel", "Rosneft raised prices.", path="/f", page=True)), nobody)
    store.set_disposition(only_hit(store).id, Disposition.FALSE_POSITIVE, who="ana", reason="a namesake", now=NOW)
    [article] = claim(store)
    store.record_page(page(article, "Fuel", "Rosneft raised prices. Rosneft said so."), nobody)
    assert len(only_hit(store).hit.matches) == 1
    assert only_hit(store).disposition is Disposition.FALSE_POSITIVE


def test_a_page_recorded_twice_adds_nothing(store: Store) -> None:
    planner = Planner()
    store.record_poll(poll(new("Fuel", path="/f", page=True)), planner)
    [article] = claim(store)
    outcome = page(article, "Fuel", "Rosneft raised prices.")
    assert len(store.record_page(outcome, planner).hits) == 1
    assert store.record_page(outcome, planner).hits == ()
    assert len(store.hits()) == len(store.deliveries()) == 1


def test_a_page_that_fails_comes_again_until_it_is_given_up(store: Store) -> None:
    store.record_poll(poll(new("Fuel", path="/f", page=True)), nobody)
    [article] = claim(store)
    store.record_page(PageOutcome(article, LATER, error="timed out", retry_at=LATER + MINUTE), nobody)
    assert claim(store) == []
    [due] = store.claim_due_pages(LATER + MINUTE, limit=1, per_feed=1, lease=60, owner="me")
    assert due.attempts == 1
    store.record_page(PageOutcome(article, LATER + MINUTE, error="404"), nobody)
    assert store.claim_due_pages(LATER + timedelta(days=9), limit=1, per_feed=1, lease=60, owner="me") == []


def test_an_edit_while_its_page_is_read_has_the_page_read_again(store: Store) -> None:
    store.record_poll(poll(new("Fuel", "First version.", guid="e", path="/f", page=True)), nobody)
    [article] = claim(store)
    edit = new("Fuel", "Second version.", guid="e", path="/f", known=article, page=True)
    store.record_poll(poll(edit, at=NOW + 5 * MINUTE), nobody)
    store.record_page(page(article, "Fuel", "First version. Full text."), nobody)
    [due] = store.claim_due_pages(LATER, limit=1, per_feed=1, lease=60, owner="me")
    assert due.entry_text == "Second version."


def test_a_page_gives_the_title_and_the_language_that_the_feed_did_not(store: Store) -> None:
    store.record_poll(poll(new("", "Rosneft raised prices.", guid="e", path="/f", page=True)), nobody)
    [article] = claim(store)
    store.record_page(page(article, "Fuel prices", "Rosneft raised prices.", lang="en-GB"), nobody)
    assert (only_hit(store).article.title, only_hit(store).article.lang) == ("Fuel prices", "en-GB")
    assert store.hits(HitQuery(lang="en")) == store.hits(HitQuery(lang="en-GB")) == store.hits()
    assert store.hits(HitQuery(lang="e")) == []
    assert store.facets().languages == ("en-GB",)
