"""The demonstration's papers: whole, linked, and read by the real readers of feeds and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import requests

from monitor.demo.expected import HITS, SILENT, WATCHLIST
from monitor.demo.press import FEEDS, Press
from monitor.feeds.parse import parse_feed
from monitor.model.articles import Entry
from monitor.watchlists.read import read_paths

NOW = datetime(2026, 11, 23, 9, 17, tzinfo=UTC)


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press(NOW)
    yield made
    made.close()


def entries(press: Press) -> list[Entry]:
    found: list[Entry] = []
    for _, path, _ in FEEDS:
        answer = requests.get(press.url + path, timeout=10)
        parsed = parse_feed(answer.content, answer.headers["Content-Type"], answer.url)
        assert parsed.problems == (), path
        assert (
            "demonstration" in parsed.title
            or "演示" in parsed.title
            or "демонстрация" in parsed.title
            or ("تجريبي" in parsed.title)
        )
        found += parsed.entries
    return found


def test_every_article_of_every_feed_is_there_and_none_is_forgotten(press: Press) -> None:
    found = entries(press)
    assert {urlsplit(entry.url).path for entry in found} == {*HITS, *SILENT}
    assert {entry.lang[:2] for entry in found} == {"en", "ru", "ar", "zh"}
    for entry in found:
        assert entry.published is not None
        assert entry.published < NOW
        page = requests.get(entry.url, timeout=10)
        assert page.status_code == 200
        assert entry.title.replace("’", "'") in page.text.replace("’", "'").replace("&amp;", "&")


def test_what_is_expected_is_on_the_watchlist_and_in_the_pages(press: Press) -> None:
    (watchlist,) = read_paths([WATCHLIST])
    assert {entity for entities in HITS.values() for entity in entities} == set(watchlist.by_id)
    press.edited = True
    for path, ids in HITS.items():
        page = press.answer(path)[2].decode()
        for entity in ids:
            names = [name.text.split()[-1] for name in watchlist.by_id[entity].names]
            assert any(name in page for name in names), (path, entity)


def test_an_edit_changes_one_article(press: Press) -> None:
    before = {entry.url: entry for entry in entries(press)}
    press.edited = True
    changed = [entry.url for entry in entries(press) if entry != before[entry.url]]
    assert [urlsplit(url).path for url in changed] == ["/gazette/quay-live"]


def test_a_feed_that_did_not_change_says_so(press: Press) -> None:
    first = requests.get(press.url + "/wire/feed.xml", timeout=10)
    again = requests.get(press.url + "/wire/feed.xml", headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert again.status_code == 304
    assert again.content == b""
    assert requests.get(press.url + "/wire/none", timeout=10).status_code == 404
