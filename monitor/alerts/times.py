"""When a digest is due, and times in words. Pure; what goes in and comes out is aware, results are UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

Period = Literal["hourly", "daily", "weekly"]
MONDAY = 0
HOUR = timedelta(hours=1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def next_digest(now: datetime, period: Period, at: str, zone: tzinfo) -> datetime:
    """The first digest time after `now`: every full hour, or at `at` ("HH:MM" on the clocks of `zone`).

    Daily, or Mondays. In the night when clocks skip `at`, it is an hour later by the clock; when they repeat it, the
    first of the two.
    """
    if period == "hourly":
        return full_hour(now + timedelta(microseconds=1), zone)
    hour, minute = (int(part) for part in at.split(":"))
    day = now.astimezone(zone).date()
    while True:
        due = datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)
        if due > now and (period == "daily" or day.weekday() == MONDAY):
            return due
        day += timedelta(days=1)


def full_hour(moment: datetime, zone: tzinfo) -> datetime:
    """`moment`, or the next full hour on the clocks of `zone` (which in Kolkata is half past for UTC)."""
    local = moment.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(UTC) + (HOUR - past if past else timedelta())


def say_time(moment: datetime, zone: tzinfo = UTC) -> str:
    """`23 Nov 2026, 15:00 UTC`, without the locale's help so that it is the same on every machine."""
    local = moment.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"


def say_duration(duration: timedelta) -> str:
    """The two largest units: `2 h 10 min`, `3 d`, `40 s`."""
    seconds = max(0, int(duration.total_seconds()))
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count) or "0 s"
