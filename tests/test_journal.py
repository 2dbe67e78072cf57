"""One entry followed from its feed to its delivery, in what a real service prints."""

from __future__ import annotations

import json
import logging
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from monitor.journal import JsonHandler, JsonLines
from monitor.meters import Histogram
from tests.newsroom import Item, Mailbox, Newspaper, write_settings
from tests.test_daemon import Running, until

TEXT = (
    "The court fined Rosneft on Friday after three hours of talk in a hall that was full to the last seat.",
    "Its lawyers said that they would appeal within the month, and that the sum was out of all proportion.",
    "Traders took little notice: the price of oil had fallen in the morning and did not move in the afternoon.",
    "The ministry of finance declined to comment, as it had done when the case was brought two years before.",
)
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def newsroom() -> Iterator[tuple[Newspaper, Mailbox]]:
    paper, mail = Newspaper(), Mailbox()
    yield paper, mail
    paper.close()
    mail.close()


def test_one_entry_is_followed_from_feed_to_delivery(tmp_path: Path, newsroom: tuple[Newspaper, Mailbox]) -> None:
    paper, mail = newsroom
    paper.feeds["quiet"] = [Item("Calm seas", "Nothing sails.", "", "0")]
    paper.feeds["world"] = [
        Item("Weather", "It rains.", "", "1"),
        Item("Oil major fined", "A court has ruled.", "/fined", "2"),
    ]
    paper.page("/fined", "Oil major fined", *TEXT)
    path = write_settings(tmp_path, paper, mail=mail, log={"format": "json"})
    (tmp_path / "feeds.yaml").write_text(
        f"- {{id: quiet, url: '{paper.url}/quiet', interval: 1s}}\n"
        f"- {{id: world, url: '{paper.url}/world', interval: 1s, full_text: true}}\n"
    )
    assert json.loads(path.read_text())["log"] == {"format": "json"}
    daemon = Running(tmp_path)
    try:
        until(lambda: mail.messages, 40, daemon.lines)
        daemon.said('"event": "delivery".*"desk-mail"')
        base = re.search(r"http://127\.0\.0\.1:\d+", daemon.said("dashboard"))
        assert base
        metrics = requests.get(f"{base[0]}/metrics", timeout=5).text
        assert daemon.stop() in (0, 143)
    finally:
        if daemon.process.poll() is None:
            daemon.stop(signal.SIGKILL)

    lines = [json.loads(line) for line in daemon.lines]  # every line is JSON, the console channel's too
    for line in lines:
        at = datetime.fromisoformat(line["time"])
        assert at.utcoffset() == UTC.utcoffset(None)
        assert line["level"] == "info", line
    (entry,) = (line for line in lines if line["event"] == "entry" and line["url"].endswith("/fined"))
    number = entry["article"]
    mine = [line for line in lines if line.get("article") == number or number in line.get("articles", ())]
    order = [line["event"] for line in mine]
    assert order[0] == "entry"
    assert sorted(order) == ["delivery", "delivery", "entry", "hit", "page"], "the console's and the mail's delivery"
    by_event: dict[str, dict[str, Any]] = {line["event"]: line for line in mine if line.get("channel") != "terminal"}
    assert (by_event["page"]["feed"], by_event["page"].get("error")) == ("world", None)
    assert by_event["page"]["hits"] == [by_event["hit"]["hit"]] == by_event["delivery"]["hits"]
    assert by_event["hit"]["entity"] == "rosneft"
    assert by_event["delivery"]["state"] == "sent"
    (message,) = mail.messages
    assert by_event["delivery"]["message"] in str(message["Message-ID"])

    assert 'monitor_alert_seconds_count{channel="desk-mail"} 1' in metrics
    assert 'monitor_page_seconds_count{outcome="ok"} 1' in metrics
    assert 'monitor_texts_24h{text="full"} 1' in metrics
    assert 'monitor_texts_24h{text="feed"} 2' in metrics, "the feed without pages, and the entry without an address"
    assert 'monitor_match_characters_count{of="page"} 1' in metrics
    assert 'monitor_list_entities{watchlist="energy"} 3' in metrics
    assert 'monitor_list_names{watchlist="energy"} 6' in metrics
    assert int(re.search(r"monitor_poll_seconds_count\{outcome=\"ok\"\} (\d+)", metrics)[1]) >= 2  # type: ignore[index]


def test_the_unexpected_goes_into_the_same_lines() -> None:
    written: list[str] = []
    lines = JsonLines(written.append, lambda: NOW)
    logger = logging.getLogger("tests.journal")
    handler = JsonHandler(lines)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        try:
            raise ValueError("seven\nlines")
        except ValueError:
            logger.exception("unexpected error while polling %s", "world")
    finally:
        logger.removeHandler(handler)
    (line,) = written
    assert "\n" not in line
    read = json.loads(line)
    assert (read["time"], read["level"], read["logger"]) == ("2026-03-01T09:30:00.000+00:00", "error", "tests.journal")
    assert read["said"] == "unexpected error while polling world"
    assert "ValueError: seven" in read["trace"]


def test_a_histogram_counts_each_duration_below_every_bound_it_keeps() -> None:
    histogram = Histogram((1.0, 5.0))
    for seconds in (0.5, 1.0, 3.0, 60.0):
        histogram.took(seconds, "mail")
    counts = histogram.read()["mail"]
    assert counts.below == ((1.0, 2), (5.0, 3)), "a bound includes itself (`le`)"
    assert (counts.count, counts.total) == (4, 64.5)
