from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.send import backoff
from monitor.alerts.send.backoff import retry_after
from tests.alerts.support import NOW

DAY = 86_400.0


def test_the_first_retry_comes_soon_and_the_last_after_about_two_days() -> None:
    waits = [backoff(attempts, None, 0.5) for attempts in range(1, 20)]
    given_up = waits.index(None)
    kept = [wait for wait in waits[:given_up] if wait is not None]
    assert kept[0] <= 30
    assert kept == sorted(kept)
    assert 1.5 * DAY <= sum(kept) <= 2.5 * DAY
    assert set(waits[given_up:]) == {None}


@given(st.integers(1, 9), st.floats(0, 10 * DAY), st.floats(0, 1))
def test_what_the_provider_asks_for_is_honoured_up_to_a_day(attempts: int, after: float, jitter: float) -> None:
    wait, alone = backoff(attempts, after, jitter), backoff(attempts, None, jitter)
    assert wait is not None
    assert alone is not None
    assert wait == max(alone, min(after, DAY))


def test_tries_that_failed_together_come_back_apart() -> None:
    assert len({backoff(3, None, jitter / 10) for jitter in range(11)}) == 11


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("1.5", 1.5),
        (format_datetime(NOW + timedelta(minutes=2)), 120.0),
        ("Mon, 23 Nov 2026 09:18:00 GMT", 60.0),
        (format_datetime(NOW - timedelta(minutes=2)), 0.0),
        ("99999999999", DAY),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_no_retry_after() -> None:
    assert retry_after({}, NOW) is None
