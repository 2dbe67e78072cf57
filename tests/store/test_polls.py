from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.errors import StorageError
from monitor.model.feeds import FeedState, Validators
from monitor.store import HitQuery, Store
from tests.store.support import LISTS, MINUTE, NOW, Planner, new, nobody, poll, source


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world"), source("trade")], NOW)
    return store


def test_what_a_poll_found_is_stored_with_its_evidence(store: Store) -> None:
    recorded = store.record_poll(
        poll(
            new("Refinery fire is out", "Crews from Rosneft put the fire out overnight.", path="/fire"),
            new("Harbour wins prize", "The old town celebrates."),
        ),
        nobody,
    )
    assert (recorded.entries, recorded.edited, recorded.deliveries) == (2, 0, 0)
    [hit_id] = recorded.hits
    record = store.hit(hit_id)
    assert record is not None
    assert record.hit.entity.names[1].text == "Роснефть"
    assert record.hit.article == str(record.article.id)
    [match] = record.hit.matches
    assert match.snippet.text[match.snippet.start : match.snippet.end] == "Rosneft"
    assert (record.article.url, record.article.feed) == ("https://paper.example/fire", "world")
    assert record.found_at == NOW + timedelta(seconds=2)
    assert record.article.published == NOW - MINUTE
    assert store.hits() == [record]


def test_the_same_outcome_again_adds_nothing(store: Store) -> None:
    planner = Planner()
    outcome = poll(new("Rosneft in court", "Rosneft appeared.", path="/c"), new("Lukoil sells", "Lukoil sold."))
    assert len(store.record_poll(outcome, planner).hits) == 2
    again = store.record_poll(outcome, planner)
    assert (again.entries, again.edited, again.hits, again.deliveries) == (0, 0, (), 0)
    assert len(store.hits()) == 2
    assert store.feeds()[0].entries == 2


def test_what_two_processes_find_in_the_same_moment_is_stored_once(store: Store, url: str) -> None:
    other = Store.open(url, now=NOW)
    article = new("Rosneft in court", "Rosneft appeared.", guid="c1")
    store.record_poll(poll(article), nobody)
    late = poll(article, at=NOW + timedelta(seconds=1))
    assert other.record_poll(late, nobody).entries == 0
    assert len(other.hits()) == 1
    other.close()


def test_a_feed_that_gives_an_entry_twice_has_it_once(store: Store) -> None:
    article = new("Rosneft in court", "Rosneft appeared.", guid="c1")
    assert store.record_poll(poll(article, article), nobody).entries == 1
    assert len(store.hits()) == 1


def test_two_entries_that_share_only_a_weak_key_are_two(store: Store) -> None:
    one = new("Market close", "Rosneft fell two percent by the close.", guid="monday")
    two = new("Market close", "Rosneft rose three percent by the close.", guid="tuesday")
    assert store.record_poll(poll(one, two), nobody).entries == 2
    assert len(store.hits()) == 2


def test_a_reused_key_stands_for_its_newest_article(store: Store) -> None:
    store.record_poll(poll(new("First", guid="latest")), nobody)
    first = store.known_entries("world", ["guid:latest"])["guid:latest"]
    store.record_poll(poll(new("Second", guid="latest"), at=NOW + MINUTE), nobody)
    second = store.known_entries("world", ["guid:latest"])["guid:latest"]
    assert second.article != first.article
    assert second.first_seen > first.first_seen


def test_keys_are_a_feeds_own(store: Store) -> None:
    store.record_poll(poll(new("Rosneft in court", guid="1")), nobody)
    assert store.known_entries("world", ["guid:1"])
    assert not store.known_entries("trade", ["guid:1"])


def test_an_edit_adds_hits_only_for_entities_new_to_it(store: Store) -> None:
    planner = Planner()
    store.record_poll(poll(new("Fuel prices", "Rosneft raised its prices.", guid="e1")), planner)
    known = store.known_entries("world", ["guid:e1"])["guid:e1"]
    edit = new("Fuel prices", "Rosneft and Lukoil raised their prices.", guid="e1", known=known.article)
    recorded = store.record_poll(poll(edit, at=NOW + 15 * MINUTE), planner)
    assert (recorded.entries, recorded.edited, len(recorded.hits), recorded.deliveries) == (0, 1, 1, 1)
    assert [record.hit.entity.id for record in store.hits()] == ["lukoil", "rosneft"]
    assert store.known_entries("world", ["guid:e1"])["guid:e1"].digest == edit.digest
    undone = new("Fuel prices", "Rosneft raised its prices.", guid="e1", known=known.article)
    recorded = store.record_poll(poll(undone, at=NOW + 30 * MINUTE), planner)
    assert (recorded.edited, recorded.hits) == (1, ())


def test_texts_that_no_database_takes_are_stored_all_the_same(store: Store) -> None:
    title = "Rosneft \x00 \ud800 fined"
    [hit_id] = store.record_poll(poll(new(title, "Роснефть: 俄罗斯石油 \U0001f6e2", guid="\x00")), nobody).hits
    record = store.hit(hit_id)
    assert record is not None
    assert len(record.article.title) == len(title)
    assert record.hit.matches[0].mention.start == 0


def test_a_failed_poll_keeps_what_was_and_says_why(store: Store) -> None:
    store.record_poll(poll(new("Calm seas")), nobody)
    store.record_poll(
        poll(at=NOW + MINUTE, status=503, error="HTTP 503 from world.example", validators=Validators('"1"')), nobody
    )
    feed = store.feeds()[0]
    assert (feed.state, feed.failures, feed.last_error) == (FeedState.FAILING, 1, "HTTP 503 from world.example")
    assert feed.last_success == NOW + timedelta(seconds=2)
    assert feed.last_polled == NOW + MINUTE + timedelta(seconds=2)
    assert feed.validators.etag == '"1"'
    store.record_poll(poll(at=NOW + 2 * MINUTE, unchanged=True, status=304), nobody)
    assert (store.feeds()[0].state, store.feeds()[0].last_error) == (FeedState.OK, "")


def test_an_address_that_changes_during_a_poll_keeps_nothing_of_the_old_one(store: Store) -> None:
    outcome = poll(new("Rosneft in court"), at=NOW + MINUTE)
    moved = source("world").model_copy(update={"url": "https://moved.example/rss"})
    store.sync_feeds([moved, source("trade")], NOW + MINUTE + timedelta(seconds=1))
    assert store.record_poll(outcome, nobody).entries == 1
    feed = store.feeds()[0]
    assert feed.validators == Validators()
    assert feed.next_poll is not None
    assert feed.next_poll <= NOW + MINUTE + timedelta(seconds=1)


def test_when_the_policy_fails_nothing_is_stored(store: Store) -> None:
    def broken(*_: object) -> list[object]:
        raise ZeroDivisionError

    outcome = poll(new("Rosneft in court"))
    with pytest.raises(ZeroDivisionError):
        store.record_poll(outcome, broken)  # type: ignore[arg-type]
    assert store.hits() == []
    assert not store.known_entries("world", outcome.articles[0].keys)
    assert store.feeds()[0].validators == Validators()
    assert len(store.record_poll(outcome, nobody).hits) == 1


def test_a_feed_that_is_not_there(store: Store) -> None:
    with pytest.raises(StorageError, match="'nowhere'"):
        store.record_poll(poll(feed="nowhere"), nobody)


def test_many_entries_and_keys_in_one_poll(store: Store) -> None:
    articles = [new(f"Cargo {n} of Rosneft seized", f"Customs seized cargo {n}.", path=f"/{n}") for n in range(700)]
    assert store.record_poll(poll(*articles), nobody).entries == 700
    assert store.count_hits(HitQuery(watchlist=LISTS[0][0])) == 700
    assert len(store.known_entries("world", [key for article in articles for key in article.keys])) == 1400
