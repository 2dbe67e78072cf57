from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.schedule import next_poll

NOW = datetime(2025, 10, 22, 12, tzinfo=UTC)
HOUR, DAY = 3600.0, 86400.0


def delay(**given: Any) -> float:
    return (next_poll(NOW, **given) - NOW).total_seconds()


def test_a_feed_set_to_a_second_is_polled_every_second() -> None:
    assert all(1.0 <= delay(interval=1, jitter=dice / 10) <= 1.06 for dice in range(11))


def test_failures_back_off_up_to_a_cap_and_it_is_never_given_up() -> None:
    delays = [delay(interval=600, failures=n) for n in (1, 2, 3, 4, 5, 100, 10_000_000)]
    assert delays[:3] == [1200, 2400, 4800]
    assert delays == sorted(delays)
    assert delays[-1] <= 2 * HOUR


def test_feeds_that_failed_together_are_not_asked_together() -> None:
    for failures in (0, 1, 50):
        assert len({delay(interval=900, failures=failures, jitter=dice / 10) for dice in range(11)}) == 11


def test_a_server_that_asks_for_patience_gets_it_within_limits() -> None:
    assert delay(interval=60, failures=1, retry_after=1800) == 1800
    assert delay(interval=60, retry_after=1800) == 1800, "also after a success"
    assert delay(interval=600, failures=1, retry_after=5, jitter=0.5) == 1200
    assert delay(interval=60, failures=1, retry_after=365 * DAY) == DAY


def test_gone_is_asked_once_a_day() -> None:
    assert 0.8 * DAY < delay(interval=1, failures=3, gone=True, jitter=0.0) <= DAY
    assert delay(interval=7 * DAY, gone=True) == 7 * DAY


@pytest.mark.parametrize(("fresh", "expected"), [(None, 900), (60, 900), (1800, 1800), (7 * DAY, HOUR)])
def test_the_publishers_rhythm_only_lengthens_and_only_to_an_hour(fresh: float | None, expected: float) -> None:
    assert delay(interval=900, fresh=fresh, jitter=0.0) == expected


@given(
    st.floats(0, 30 * DAY),
    st.integers(0, 10**9),
    st.none() | st.floats(0, 1e12),
    st.booleans(),
    st.floats(0, 1),
    st.none() | st.floats(0, 1e12),
)
def test_the_next_poll_always_comes_and_never_before_the_interval(
    interval: float, failures: int, retry_after: float | None, gone: bool, jitter: float, fresh: float | None
) -> None:
    waits = delay(interval=interval, failures=failures, retry_after=retry_after, gone=gone, jitter=jitter, fresh=fresh)
    assert interval * 0.89 <= waits + 1e-5
    assert waits <= max(interval, DAY) * 1.11
    assert isinstance(next_poll(NOW, interval=interval) - NOW, timedelta)
