from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.rhythm import interval, pace

NOW = datetime(2025, 10, 22, 12, tzinfo=UTC)
MINUTE, HOUR = 60.0, 3600.0


def every(seconds: float, count: int = 30) -> list[datetime]:
    return [NOW - timedelta(seconds=seconds * n) for n in range(count)]


def test_a_feed_of_the_minute_is_asked_more_often_and_a_slow_one_less() -> None:
    assert interval(900, pace(every(2 * MINUTE), NOW)) == 300, "not more than three times as often"
    assert interval(900, pace(every(10 * MINUTE), NOW)) == 600
    assert interval(900, pace(every(12 * HOUR), NOW)) == HOUR, "never so seldom that something scrolls away unseen"


def test_nights_do_not_slow_a_feed_down() -> None:
    days = [day * timedelta(days=1) + n * timedelta(minutes=10) for day in range(3) for n in range(40)]
    assert pace([NOW - ago for ago in days], NOW) == 10 * MINUTE


def test_a_feed_that_has_stopped_is_asked_less() -> None:
    stopped = [moment - timedelta(days=2) for moment in every(10 * MINUTE)]
    assert interval(900, pace(stopped, NOW)) == HOUR


@pytest.mark.parametrize(
    "times",
    [[], every(60, 7), [NOW] * 50, [NOW + timedelta(hours=n) for n in range(1, 40)], every(40 * 86400.0)],
    ids=["none", "few", "all at one stroke", "in the future", "of long ago"],
)
def test_where_there_is_no_rhythm_the_usual_interval_stays(times: list[datetime]) -> None:
    assert pace(times, NOW) is None
    assert interval(900, None) == 900


@given(st.floats(0, 1e6), st.none() | st.floats(0, 1e9))
def test_the_usual_interval_is_never_left_far(usual: float, found: float | None) -> None:
    chosen = interval(usual, found)
    assert usual / 3 <= chosen + 1e-9
    assert chosen <= max(usual, min(4 * usual, HOUR))
    assert usual >= 60 or chosen >= usual, "who polls every second meant it"
