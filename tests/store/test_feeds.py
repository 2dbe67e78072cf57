from __future__ import annotations

from monitor.model.feeds import FeedState, Validators
from monitor.store import Store
from tests.store.support import MINUTE, NOW, new, nobody, poll, source


def test_feeds_come_in_the_order_of_the_settings(store: Store) -> None:
    configured = [
        source("zeta", tags=("energy", "«нефть»"), interval=60.0, title="The Zeta"),
        source("alpha", lang="ru"),
        source("off", enabled=False),
    ]
    store.sync_feeds(configured, NOW)
    assert [status.source for status in store.feeds()] == configured
    assert [status.state for status in store.feeds()] == [FeedState.NEW, FeedState.NEW, FeedState.DISABLED]


def test_what_is_no_longer_configured_is_kept_but_not_polled(store: Store) -> None:
    store.sync_feeds([source("one"), source("two")], NOW)
    store.record_poll(poll(new("Rosneft fined"), feed="one"), nobody)
    store.sync_feeds([source("two")], NOW)
    assert [(status.source.id, status.state) for status in store.feeds()] == [
        ("two", FeedState.NEW),
        ("one", FeedState.DISABLED),
    ]
    assert len(store.hits()) == 1
    store.sync_feeds([source("one"), source("two")], NOW + MINUTE)
    status = store.feeds()[0]
    assert (status.source.id, status.state, status.entries) == ("one", FeedState.OK, 1)
    assert status.next_poll == NOW + MINUTE


def test_a_changed_address_starts_afresh_and_keeps_what_was_seen(store: Store) -> None:
    store.sync_feeds([source("one")], NOW)
    article = new("Rosneft fined")
    store.record_poll(poll(article, feed="one"), nobody)
    assert store.feeds()[0].validators.etag
    store.sync_feeds([source("one").model_copy(update={"url": "https://new.example/rss"})], NOW + MINUTE)
    status = store.feeds()[0]
    assert (status.validators, status.next_poll, status.entries) == (Validators(), NOW + MINUTE, 1)
    assert store.known_entries("one", article.keys)


def test_a_feed_that_is_gone_says_so_and_comes_back(store: Store) -> None:
    store.sync_feeds([source("one")], NOW)
    store.record_poll(poll(feed="one", error="HTTP 410", gone=True, title=""), nobody)
    assert store.feeds()[0].state is FeedState.GONE
    store.record_poll(poll(feed="one", at=NOW + MINUTE, title="The One"), nobody)
    assert (store.feeds()[0].state, store.feeds()[0].source.title) == (FeedState.OK, "The One")
