"""Quiet hours. Pure; what goes in and comes out is aware, results are UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model.settings import AlertPolicy, Channel
from monitor.model.watchlists import Severity


def quiet_until(channel: Channel, severity: Severity, policy: AlertPolicy, moment: datetime) -> datetime | None:
    """When the quiet hours end in which `moment` falls; None when it does not, or `severity` need not wait.

    They follow the clocks of their time zone: a night in which clocks change is an hour longer or shorter.
    """
    quiet = channel.quiet
    if quiet is None or (quiet.except_ is not None and severity.rank >= quiet.except_.rank):
        return None
    zone = ZoneInfo(quiet.timezone or policy.timezone)
    start, end = _time(quiet.from_), _time(quiet.to)
    local = moment.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    within = start <= clock < end if start < end else clock >= start or clock < end
    if start == end or not within:
        return None
    day = local.date() + timedelta(days=0 if clock < end else 1)
    until = datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
    return until if until > moment else None  # a clock that repeats the hour in which they end: they are over


def say_quiet(channel: Channel, policy: AlertPolicy) -> str:
    """`quiet hours 22:00–07:00 Europe/London`."""
    quiet = channel.quiet
    return f"quiet hours {quiet.from_}–{quiet.to} {quiet.timezone or policy.timezone}" if quiet else ""


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
