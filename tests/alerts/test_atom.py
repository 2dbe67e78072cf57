from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.render import DISCLAIMER
from monitor.alerts.render.atom import render_atom
from monitor.alerts.send import send
from monitor.client import Client
from monitor.model.alerts import DeliveryKind, Notice, Retry, SendResult, Sent
from monitor.model.settings import AtomChannel
from monitor.model.watchlists import Severity
from tests.alerts.support import BASE, EVERY_LANGUAGE, NOW, RICH, RUSSIAN, delivery, noticed, record


def written(path: Path, one: object, client: Client, entries: int = 200) -> SendResult:
    channel = AtomChannel(id="portal", type="atom", path=str(path), entries=entries)
    return send(one, channel, base_url=BASE, client=client, now=NOW, echo=print)  # type: ignore[arg-type]


def read(path: Path) -> feedparser.FeedParserDict:
    parsed = feedparser.parse(path.read_bytes())
    assert not parsed.bozo
    assert parsed.version == "atom10"
    return parsed


def test_a_feed_reader_finds_the_evidence(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "portal" / "hits.xml"
    assert written(path, delivery(RICH), client) == Sent()
    feed = read(path)
    assert feed.feed.subtitle == DISCLAIMER
    [entry] = feed.entries
    assert entry.title == "Rosneft PJSC (russia-energy, 97): Indian refiner halts Russian crude as tankers turn away"
    assert entry.link == RICH.article.url
    assert "Two tankers chartered by <b>Rosneft</b> turned back" in entry.content[0].value
    assert {tag.term for tag in entry.tags} == {"high", "russia-energy"}
    assert f"{BASE}/hits/1" in [link.href for link in entry.links]


def test_the_newest_come_first_and_the_oldest_go(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "hits.xml"
    for number, one in enumerate(EVERY_LANGUAGE):
        assert written(path, delivery(one, id=number), client, entries=3) == Sent()
    ids = [entry.id.rpartition(":")[2] for entry in read(path).entries]
    assert ids == ["5", "4", "3"]


def test_the_same_again_is_no_second_entry(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "hits.xml"
    for _ in range(3):
        written(path, delivery(RICH, RUSSIAN, kind=DeliveryKind.DIGEST), client)
    assert len(read(path).entries) == 2


def test_notices_are_entries_too(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "hits.xml"
    written(path, noticed(Notice("health", "Monitor in trouble", Severity.HIGH, ("feed a <b> is dead",))), client)
    [entry] = read(path).entries
    assert entry.content[0].value == "<p>feed a &lt;b&gt; is dead</p>"


def test_a_damaged_file_is_begun_anew(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "hits.xml"
    path.write_bytes(b"<feed><entry>")
    assert written(path, delivery(RICH), client) == Sent()
    assert len(read(path).entries) == 1


def test_a_place_that_cannot_be_written_is_tried_again(tmp_path: Path, client: Client) -> None:
    (tmp_path / "file").write_text("")
    result = written(tmp_path / "file" / "hits.xml", delivery(RICH), client)
    assert isinstance(result, Retry)
    assert "check the path" in result.error


def test_several_writers_lose_nothing(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "hits.xml"
    threads = [threading.Thread(target=written, args=(path, delivery(record(n), id=n), client)) for n in range(1, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {int(entry.id.rpartition(":")[2]) for entry in read(path).entries} == set(range(1, 13))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[", 'https://a.example/?x=\x0b\ufffe&y=<">'])
def test_links_are_links_or_left_out(url: str) -> None:
    made = render_atom(delivery(record(url=url)), b"", title="", entries=9, base_url="", now=NOW)
    parsed = feedparser.parse(made)
    assert not parsed.bozo
    assert not parsed.entries[0].get("link", "").startswith("javascript")


@given(st.text(min_size=1), st.text())
def test_it_is_well_formed_whatever_the_news_say(title: str, tail: str) -> None:
    one = record(sentence=f"Rosneft {tail}", title=title)
    made = render_atom(delivery(one), b"", title=title, entries=9, base_url=BASE, now=NOW + timedelta(hours=1))
    again = render_atom(delivery(one), made, title=title, entries=9, base_url=BASE, now=NOW + timedelta(hours=1))
    assert again == made
    parsed = feedparser.parse(made)
    assert not parsed.bozo
    assert len(parsed.entries) == 1
