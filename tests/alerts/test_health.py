from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from monitor.alerts.health import State, longest_pause, route, troubles, turn
from monitor.model.alerts import ChannelState, Notice, Trouble, Turn
from monitor.model.feeds import FeedState, FeedStatus, Validators
from monitor.model.settings import Channel, FeedSource, Route
from monitor.model.watchlists import Severity
from tests.alerts.support import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def feed(name: str = "harbour-gazette", **more: Any) -> FeedStatus:
    values: dict[str, Any] = {
        "source": FeedSource(id=name, url=f"https://{name}.example/rss", tags=("shipping",)),
        "state": FeedState.OK,
        "validators": Validators(),
        "failures": 0,
        "last_polled": NOW - timedelta(minutes=3),
        "last_success": NOW - timedelta(minutes=3),
        "last_error": "",
        "entries": 40,
    }
    return FeedStatus(**values | more)


def failing(name: str, ago: timedelta, **more: Any) -> FeedStatus:
    return feed(
        name,
        state=FeedState.FAILING,
        failures=9,
        last_success=NOW - ago,
        last_error=f"https://{name}.example answered 503",
        **more,
    )


def state(*feeds: FeedStatus, **more: Any) -> State:
    values: dict[str, Any] = {
        "now": NOW,
        "started": NOW - 5 * DAY,
        "interval": 900.0,
        "feeds": feeds or (feed(),),
        "silent": {},
        "stale_lists": (),
        "channels": (),
    }
    return State(**values | more)


def test_when_all_is_well_nothing_is_said() -> None:
    assert troubles(state()) == []


def test_a_feed_that_is_dead_for_longer_than_a_nights_maintenance() -> None:
    assert troubles(state(feed("good"), failing("al-mina", 5 * HOUR))) == []
    (found,) = troubles(state(feed("good"), failing("al-mina", 7 * HOUR)))
    assert found.said == (
        "feed al-mina is dead: last read 23 Nov 2026, 02:17 UTC; https://al-mina.example answered 503"
    )
    assert (found.feed, found.severity, found.since) == ("al-mina", Severity.MEDIUM, NOW - 7 * HOUR)


def test_a_feed_that_is_asked_for_daily_may_fail_for_days() -> None:
    weekly = FeedSource(id="weekly", url="https://weekly.example/rss", interval=86400.0)
    slow = replace(failing("weekly", 3 * DAY), source=weekly)
    assert troubles(state(feed("good"), slow)) == []
    assert troubles(state(feed("good"), replace(slow, last_success=NOW - 7 * DAY)))


def test_a_feed_that_was_never_read_and_one_that_is_switched_off() -> None:
    never = replace(failing("new", DAY), last_success=None)
    assert "never read so far" in troubles(state(feed("good"), never))[0].said
    assert troubles(state(feed("good"), replace(never, state=FeedState.DISABLED))) == []


def test_when_all_feeds_fail_it_is_one_trouble() -> None:
    feeds = [failing(name, timedelta(minutes=20)) for name in ("a", "b", "c")]
    (found,) = troubles(state(*feeds))
    assert found.said.startswith("every feed fails")
    assert found.severity is Severity.CRITICAL


def test_a_feed_is_silent_only_beyond_its_own_rhythm() -> None:
    silent = {"harbour-gazette": (NOW - 3 * DAY, timedelta(days=2))}
    assert troubles(state(silent=silent)) == [], "it is silent every weekend"
    silent = {"harbour-gazette": (NOW - 3 * DAY, timedelta(hours=10))}
    (found,) = troubles(state(silent=silent))
    assert found.said == (
        "feed harbour-gazette answers, but brought nothing new since 20 Nov 2026, 09:17 UTC; "
        "its longest pause before was 10 h"
    )


def test_a_rhythm_needs_some_news() -> None:
    times = [NOW - n * HOUR for n in (30, 29, 26, 25, 24, 20)]
    assert longest_pause(times) == 4 * HOUR
    assert longest_pause(times[1:]) is None
    assert longest_pause([]) is None


def test_nothing_polled() -> None:
    (found,) = troubles(state(feed(last_polled=NOW - HOUR)))
    assert found.said == "no feed was polled since 23 Nov 2026, 08:17 UTC"
    assert troubles(state(feed(last_polled=NOW - HOUR), started=NOW)) == [], "it has only just begun"


def test_a_list_that_is_stale_is_told_after_its_first_download_had_time() -> None:
    (found,) = troubles(state(stale_lists=["ofac-sdn"]))
    assert (found.watchlist, found.severity) == ("ofac-sdn", Severity.HIGH)
    assert troubles(state(stale_lists=["ofac-sdn"], started=NOW - timedelta(minutes=5))) == []


def channel_state(ago: timedelta, **more: Any) -> ChannelState:
    return replace(ChannelState("mail", "a@x.org", NOW - ago, 0, None, "connection refused"), **more)


def test_a_channel_that_takes_no_messages() -> None:
    assert troubles(state(channels=[channel_state(timedelta(minutes=10))])) == []
    (found,) = troubles(state(channels=[channel_state(HOUR)]))
    assert found.said == "channel mail a@x.org takes no messages: connection refused"
    (found,) = troubles(state(channels=[channel_state(HOUR, failing_since=None, dead=2, dead_since=NOW - HOUR)]))
    assert "some were given up" in found.said


CHANNELS: dict[str, Channel] = {
    one.id: one
    for one in TypeAdapter(list[Channel]).validate_python(
        [
            {"id": "terminal", "type": "console"},
            {"id": "slack", "type": "slack", "webhook_url": "https://hooks.example.org/1"},
            {"id": "mail", "type": "email", "host": "m", "from": "m@x.org", "to": ["a@x.org", "b@x.org"]},
        ]
    )
}


def turned(known: list[Trouble], found: list[Trouble], *rows: dict[str, Any], now: datetime = NOW) -> Turn:
    routes = [Route.model_validate({"id": f"r{n}"} | row) for n, row in enumerate(rows)]
    tags = {"al-mina": ("shipping",)}
    return turn(known, found, routes=routes, channels=CHANNELS, tags=tags, now=now)


DEAD = Trouble("feed:al-mina", "feed al-mina is dead", NOW - 7 * HOUR, Severity.MEDIUM, feed="al-mina")
STALE = Trouble("list:un", "the official list un is stale", NOW - HOUR, Severity.HIGH, watchlist="un")
BROKEN = Trouble("channel:mail:", "channel mail takes no messages", NOW - HOUR, Severity.HIGH, channel="mail")


def test_an_alarm_once_and_an_all_clear() -> None:
    begun = turned([], [DEAD, STALE], {"channels": ["terminal", "mail"]})
    assert begun.began == (DEAD, STALE)
    assert [(message[1], message[2]) for message in begun.messages] == [
        ("terminal", ("",)),
        ("mail", ("a@x.org", "b@x.org")),
    ]
    notice = begun.messages[0][0]
    assert (notice.topic, notice.title, notice.severity) == ("health", "Monitor in trouble: 2 problems", Severity.HIGH)
    assert notice.lines == ("feed al-mina is dead (for 7 h)", "the official list un is stale (for 1 h)")
    assert turned([DEAD, STALE], [DEAD, STALE], {"channels": ["terminal"]}) == Turn()
    over = turned([DEAD, STALE], [STALE], {"channels": ["terminal"]}, now=NOW + HOUR)
    assert over.ended == (DEAD,)
    assert over.messages[0][0].title == "All clear: feed al-mina is dead"
    assert over.messages[0][0].lines == ("over after 8 h: feed al-mina is dead",)


def test_a_channel_that_fails_is_told_of_over_another() -> None:
    begun = turned([], [BROKEN, DEAD], {"channels": ["mail", "slack"]})
    assert [message[1] for message in begun.messages] == ["slack"]
    assert begun.messages[0][0].lines[0].startswith("channel mail takes no messages")
    alone = turned([], [BROKEN], {"channels": ["mail"]})
    assert (alone.began, alone.messages) == ((BROKEN,), ()), (
        "nobody is left to be told: the log and the dashboard say it"
    )


@pytest.mark.parametrize(
    ("match", "told"),
    [
        ({}, {"feed al-mina is dead", "the official list un is stale"}),
        ({"topics": ["health"]}, {"feed al-mina is dead", "the official list un is stale"}),
        ({"topics": ["hits", "lists"]}, set()),
        ({"feeds": ["al-mina"]}, {"feed al-mina is dead"}),
        ({"tags": ["shipping"]}, {"feed al-mina is dead"}),
        ({"watchlists": ["un"]}, {"the official list un is stale"}),
        ({"watchlists": ["russia-energy"]}, set()),
        ({"min_severity": "high"}, {"the official list un is stale"}),
        ({"entities": ["rosneft"]}, set()),
        ({"languages": ["en"]}, set()),
    ],
)
def test_the_same_routes_as_for_hits(match: dict[str, Any], told: set[str]) -> None:
    begun = turned([], [DEAD, STALE], {"match": match, "channels": ["terminal"]})
    lines = [line.rpartition(" (for")[0] for message in begun.messages for line in message[0].lines]
    assert set(lines) == told


def test_a_notice_goes_to_each_channel_once() -> None:
    rows = [{"id": "a", "channels": ["terminal"], "continue": True}, {"id": "b", "channels": ["terminal", "slack"]}]
    notice = Notice("lists", "Lists changed", Severity.MEDIUM)
    messages = route(notice, [Route.model_validate(row) for row in rows], CHANNELS)
    assert [(channel, to) for _, channel, to in messages] == [("terminal", ("",)), ("slack", ("",))]
