from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.times import Period, full_hour, next_digest, say_duration, say_time


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "period", "at", "zone", "due"),
    [
        ("2026-11-23T06:59:59", "daily", "07:00", "UTC", "2026-11-23T07:00"),
        ("2026-11-23T07:00:00", "daily", "07:00", "UTC", "2026-11-24T07:00"),  # the one of now is on its way
        ("2026-11-23T12:00:00", "daily", "07:00", "America/New_York", "2026-11-24T12:00"),
        ("2026-11-23T11:59:00", "daily", "07:00", "America/New_York", "2026-11-23T12:00"),
        ("2026-11-23T06:00:00", "weekly", "07:00", "UTC", "2026-11-23T07:00"),  # a Monday
        ("2026-11-23T08:00:00", "weekly", "07:00", "UTC", "2026-11-30T07:00"),
        ("2026-11-22T23:30:00", "weekly", "07:00", "Asia/Tokyo", "2026-11-29T22:00"),  # there it is Monday, half past 8
        ("2026-11-23T09:17:00", "hourly", "07:00", "UTC", "2026-11-23T10:00"),
        ("2026-11-23T10:00:00", "hourly", "07:00", "UTC", "2026-11-23T11:00"),
        ("2026-11-23T09:17:00", "hourly", "07:00", "Asia/Kolkata", "2026-11-23T09:30"),
        ("2026-03-28T20:00:00", "daily", "02:30", "Europe/Berlin", "2026-03-29T01:30"),  # 2:30 does not exist: 3:30
        ("2026-10-24T20:00:00", "daily", "02:30", "Europe/Berlin", "2026-10-25T00:30"),  # 2:30 comes twice: the first
        ("2026-10-25T00:30:00", "daily", "02:30", "Europe/Berlin", "2026-10-26T01:30"),
    ],
)
def test_digest_times(now: str, period: Period, at: str, zone: str, due: str) -> None:
    assert next_digest(utc(now), period, at, ZoneInfo(zone)) == utc(due)


@given(
    st.integers(1_600_000_000, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["hourly", "daily", "weekly"]),
    st.sampled_from(["UTC", "Europe/London", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tehran"]),
    st.sampled_from(["00:00", "02:30", "07:00", "23:59"]),
)
def test_a_digest_is_always_ahead_and_never_far(now: datetime, period: Period, zone: str, at: str) -> None:
    due = next_digest(now, period, at, ZoneInfo(zone))
    longest = {"hourly": timedelta(hours=1), "daily": timedelta(hours=26), "weekly": timedelta(days=7, hours=2)}
    assert now < due <= now + longest[period]


def test_a_full_hour_is_its_own() -> None:
    assert full_hour(utc("2026-11-23T10:00"), UTC) == utc("2026-11-23T10:00")


def test_times_and_durations_in_words() -> None:
    assert say_time(utc("2026-11-23T15:00"), ZoneInfo("Europe/Paris")) == "23 Nov 2026, 16:00 CET"
    assert [say_duration(timedelta(seconds=s)) for s in (-1, 0, 40, 60, 7800, 259_200, 90_061)] == [
        "0 s",
        "0 s",
        "40 s",
        "1 min",
        "2 h 10 min",
        "3 d",
        "1 d 1 h",
    ]
