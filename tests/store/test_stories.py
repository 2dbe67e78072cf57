from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from monitor.model.settings import Retention
from monitor.store import Store
from monitor.store.stories import FEWEST, LIFE, NEAR_LIFE, normalised
from monitor.store.tables import story_probes
from tests.store.support import NOW, Planner, new, nobody, page, poll, source


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world"), source("trade"), source("third")], NOW)
    return store


def story(store: Store, feed: str, title: str, text: str = "", path: str = "", at: datetime = NOW) -> int:
    [hit_id] = store.record_poll(poll(new(title, text, guid=f"{feed}{at}", path=path), feed=feed, at=at), nobody).hits
    record = store.hit(hit_id)
    assert record is not None
    return record.article.story


def test_the_same_words_or_the_same_address_in_another_feed_are_one_story(store: Store) -> None:
    fire = story(store, "world", "Rosneft refinery burns", "The fire is out.", "/fire?utm_source=rss")
    assert story(store, "trade", "Rosneft REFINERY burns:", "the fire  is out", "/elsewhere") == fire
    port = story(store, "world", "Rosneft tanker leaves", "It sailed at dawn.", "/tanker", NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    assert story(store, "trade", "Tanker of Rosneft at sea", "Bound for Asia.", "/tanker/#top", later) == port
    assert port != fire


def test_within_a_feed_the_same_words_tell_another_story(store: Store) -> None:
    first = story(store, "world", "Rosneft shares: the day in brief", "All you need to know.")
    assert story(store, "trade", "Rosneft shares: the day in brief", "All you need to know.") == first
    tomorrow = NOW + timedelta(days=1)
    second = story(store, "world", "Rosneft shares: the day in brief", "All you need to know.", at=tomorrow)
    assert second != first
    assert story(store, "trade", "Rosneft shares: the day in brief", "All you need to know.", at=tomorrow) == second


def test_a_few_words_and_words_of_long_ago_tell_nothing(store: Store) -> None:
    assert len("rosneft live") < FEWEST
    assert story(store, "world", "Rosneft live") != story(store, "trade", "Rosneft live")
    old = story(store, "world", "Rosneft opens its annual meeting", at=NOW)
    assert story(store, "trade", "Rosneft opens its annual meeting", at=NOW + LIFE) != old


FIRE = "Crews from Rosneft put out a fire at the refinery early on Tuesday, a spokesman of the regional governor said. "
AFTER = "Nobody was hurt, and the plant will be at work again by the end of the week, the company told its customers."


def test_a_copy_under_another_headline_joins_and_other_news_do_not(store: Store) -> None:
    fire = story(store, "world", "Refinery fire is out", FIRE + AFTER)
    later = NOW + timedelta(hours=5)
    assert story(store, "trade", "Rosneft: plant back this week", f"{FIRE}{AFTER} (Agency)", at=later) == fire
    other = (
        FIRE.replace("Rosneft put out a fire", "Rosneft are to blame for a fire") + "The court sits on Friday at noon."
    )
    assert story(store, "trade", "Refinery: who is to blame", other, at=later + timedelta(hours=1)) != fire


def test_within_a_feed_near_copies_are_stories_of_their_own(store: Store) -> None:
    first = story(store, "world", "Refinery fire is out", FIRE + AFTER)
    assert story(store, "world", "Rosneft fire is out", FIRE + AFTER, at=NOW + timedelta(hours=1)) != first


def test_what_resembles_a_story_of_last_week_is_news(store: Store) -> None:
    fire = story(store, "world", "Refinery fire is out", FIRE + AFTER)
    assert story(store, "trade", "Rosneft fire is out", FIRE + AFTER, at=NOW + NEAR_LIFE) != fire
    store.prune(NOW + 2 * NEAR_LIFE + timedelta(hours=1), Retention(articles=400 * 86400.0))
    with store.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(story_probes)).scalar_one() == 0


def test_the_full_text_leaves_an_article_in_its_story(store: Store) -> None:
    one = store.record_poll(poll(new("Rosneft refinery fire", FIRE + AFTER, guid="1", page=True), feed="world"), nobody)
    story(store, "trade", "Rosneft refinery fire is out", FIRE + AFTER)
    record = store.hit(one.hits[0])
    assert record
    store.record_page(page(record.article.id, "Rosneft refinery fire", "A long report about Rosneft. " * 90), nobody)
    again = store.hit(one.hits[0])
    assert again
    assert again.article.story == record.article.story
    assert story(store, "third", "Rosneft plant", FIRE + AFTER, at=NOW + timedelta(hours=1)) == record.article.story


def test_copies_of_a_story_are_alerted_once_and_told_in_the_same_message(store: Store) -> None:
    planner = Planner("desk")
    article = new("Rosneft refinery burns", "The fire is out.", guid="1")
    assert store.record_poll(poll(article, feed="world"), planner).deliveries == 1
    copied = store.record_poll(poll(article, feed="trade"), planner)
    assert (len(copied.hits), copied.deliveries) == (1, 0)
    [delivery] = store.deliveries()
    [alert] = delivery.alerts
    assert [record.article.feed for record in alert.hits] == ["world", "trade"]


def test_a_copy_does_not_join_what_is_already_on_its_way(store: Store) -> None:
    planner = Planner("desk")
    article = new("Rosneft refinery burns", "The fire is out.", guid="1")
    store.record_poll(poll(article, feed="world"), planner)
    store.claim_due_deliveries(NOW, lease=60, owner="a", limit=10, channels=["desk"])
    store.release("a")
    store.record_poll(poll(article, feed="trade"), planner)
    [delivery] = store.deliveries()
    assert len(delivery.alerts[0].hits) == 1


def test_words_in_every_script() -> None:
    assert normalised("  «Роснефть»,\n Москва ") == "роснефть москва"
    assert normalised("ＲＯＳＮＥＦＴ—俄罗斯石油") == "rosneft 俄罗斯石油"
    assert normalised("शिपिंग") == "शिपिंग"
