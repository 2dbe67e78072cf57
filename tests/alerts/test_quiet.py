from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.quiet import quiet_until, say_quiet
from monitor.model.settings import AlertPolicy, ConsoleChannel
from monitor.model.watchlists import Severity


def channel(start: str, end: str, **more: Any) -> ConsoleChannel:
    quiet = {"from": start, "to": end, **more}
    return ConsoleChannel.model_validate({"id": "desk", "type": "console", "quiet": quiet})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T21:59", None),
        ("2026-11-23T22:00", "2026-11-24T07:00"),
        ("2026-11-24T02:30", "2026-11-24T07:00"),
        ("2026-11-24T06:59:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", None),
    ],
)
def test_a_night(now: str, until: str | None) -> None:
    night = channel("22:00", "07:00")
    assert quiet_until(night, Severity.HIGH, AlertPolicy(), at(now)) == (at(until) if until else None)


def test_a_lunch_break_is_the_same_day() -> None:
    lunch = channel("12:00", "13:30")
    assert quiet_until(lunch, Severity.LOW, AlertPolicy(), at("2026-11-23T12:15")) == at("2026-11-23T13:30")
    assert quiet_until(lunch, Severity.LOW, AlertPolicy(), at("2026-11-23T11:59")) is None


def test_they_follow_the_clocks_of_their_own_time_zone() -> None:
    london = channel("22:00", "07:00", timezone="Europe/London")
    summer = quiet_until(london, Severity.HIGH, AlertPolicy(timezone="Asia/Tokyo"), at("2026-07-01T21:30"))
    assert summer == at("2026-07-02T06:00")
    policy = AlertPolicy(timezone="Asia/Kolkata")
    assert quiet_until(channel("22:00", "07:00"), Severity.HIGH, policy, at("2026-07-01T16:45")) == at(
        "2026-07-02T01:30"
    )
    assert say_quiet(london, policy) == "quiet hours 22:00–07:00 Europe/London"


def test_the_night_in_which_clocks_change() -> None:
    berlin = channel("22:00", "07:00", timezone="Europe/Berlin")
    spring, autumn = at("2026-03-28T21:30"), at("2026-10-24T20:30")
    assert quiet_until(berlin, Severity.HIGH, AlertPolicy(), spring) == at("2026-03-29T05:00")
    assert quiet_until(berlin, Severity.HIGH, AlertPolicy(), autumn) == at("2026-10-25T06:00")


def test_an_hour_that_comes_twice_is_quiet_once() -> None:
    rome = channel("22:00", "02:30", timezone="Europe/Rome")
    assert quiet_until(rome, Severity.LOW, AlertPolicy(), at("2026-10-25T00:15")) == at("2026-10-25T00:30")
    assert quiet_until(rome, Severity.LOW, AlertPolicy(), at("2026-10-25T01:15")) is None


def test_the_most_severe_need_not_wait() -> None:
    night = channel("22:00", "07:00", **{"except": "high"})
    now = at("2026-11-24T02:30")
    assert quiet_until(night, Severity.MEDIUM, AlertPolicy(), now)
    assert quiet_until(night, Severity.HIGH, AlertPolicy(), now) is None
    assert quiet_until(night, Severity.CRITICAL, AlertPolicy(), now) is None


TIMES = st.times().map(lambda time: f"{time:%H:%M}")


@given(st.integers(0, 366 * 24 * 60), TIMES, TIMES, st.sampled_from(["UTC", "Europe/Rome"]))
def test_they_end_within_a_day_and_are_then_over(minutes: int, start: str, end: str, zone: str) -> None:
    one, moment = channel(start, end, timezone=zone), at("2026-01-01T00:00") + timedelta(minutes=minutes)
    until = quiet_until(one, Severity.LOW, AlertPolicy(), moment)
    if until is not None:
        assert 0 < (until - moment).total_seconds() <= 25 * 3600
        assert quiet_until(one, Severity.LOW, AlertPolicy(), until) is None
