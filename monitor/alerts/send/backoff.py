"""How long to wait before the next try, and what a provider's answer says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

WAITS = (10.0, 60.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 50_400.0)
"""Seconds after the first, second … failed try: the schedule of Standard Webhooks with a quicker start and one more day
half, 46 hours in all, so that a mail server may be down over a day and a night."""
JITTER = 0.2  # of a wait, at most: tries that failed together must not all come back together
LONGEST_ASKED = 86_400.0  # seconds; who asks for more is asked again after a day


def backoff(attempts: int, after: float | None, jitter: float) -> float | None:
    """Seconds until the next try after `attempts` failed ones (≥ 1); None: given up, the delivery is dead.

    `after`: what the provider asked for (Retry-After, seconds); it makes the wait longer, never shorter, so that a
    provider that always says "in a second" does not use up all tries in a minute. `jitter`: 0…1, random.
    """
    if attempts > len(WAITS):
        return None
    wait = WAITS[max(attempts, 1) - 1] * (1 + JITTER * jitter)
    return max(wait, min(after or 0.0, LONGEST_ASKED))


def failing_for(attempts: int) -> float:
    """Seconds, at least, between the first and the last of so many failed tries."""
    return sum(WAITS[: max(attempts - 1, 0)])


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a `retry-after` header asks for (RFC 9110: a number or a date); None without one or if it is odd."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return min(float(value), LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_ASKED)
