"""Days and times as a person writes them. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from monitor.errors import UsageError


def period(start: str, end: str = "") -> tuple[datetime, datetime]:
    """From a day or time to a day (with it) or time; without an end, the day of the start. UTC where no zone is given.

    Raises UsageError.
    """
    first = _moment(start, end=False)
    if end:
        return first, _moment(end, end=True)
    return first, datetime.combine(first.date(), time(), UTC) + timedelta(days=1)


def _moment(text: str, *, end: bool) -> datetime:
    """A day is its beginning, or with `end` its end."""
    try:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            parsed = datetime.fromisoformat(text)
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return datetime.combine(day, time(), UTC) + timedelta(days=end)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no day or time; write 2026-11-22, or 2026-11-22T14:00+01:00") from error
