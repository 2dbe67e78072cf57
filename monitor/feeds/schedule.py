"""When a feed is polled next. Pure: the time and the dice are handed in."""

from __future__ import annotations

from datetime import datetime, timedelta

BACKOFF_CAP = 7200.0
"""Seconds. A feed that was down for a week is read again two hours after it is back, at the latest: it is never given
up, and twelve requests a day trouble nobody."""

GONE_INTERVAL = 86400.0
"""Seconds. A feed that answers 410 is asked once a day: some come back."""

PATIENCE = 86400.0
"""Seconds. A server that asks for more than a day (some say years) gets a day."""

FRESH_CAP = 3600.0
"""Seconds. The publisher's own rhythm (`ttl`, `max-age`) is believed up to an hour: many say a day or a week and then
publish every ten minutes."""


def next_poll(
    now: datetime,
    *,
    interval: float,
    failures: int = 0,
    retry_after: float | None = None,
    gone: bool = False,
    jitter: float = 0.5,
    fresh: float | None = None,
) -> datetime:
    """The time of the next poll.

    interval: seconds, as set. failures: in a row, 0 after a success. retry_after: seconds that the server asked for.
    gone: it answered 410. jitter: 0–1, a throw of the dice that keeps feeds of one interval from marching in step.
    fresh: seconds for which the publisher says nothing changes; to be given only where no person set the interval.
    """
    if gone:
        return now + timedelta(seconds=max(interval, GONE_INTERVAL) * (0.9 + 0.2 * jitter))
    if failures > 0:
        # 0.8–1.2 of the doubled interval; the exponent is bounded so that it stays a number after years
        backoff = interval * 2.0 ** min(failures, 30) * (0.8 + 0.4 * jitter)
        delay = max(interval, min(backoff, BACKOFF_CAP * (0.9 + 0.1 * jitter)))
    else:
        delay = max(interval, min(fresh or 0.0, FRESH_CAP)) * (1 + 0.05 * jitter)
    if retry_after is not None and retry_after > 0:
        delay = max(delay, min(retry_after, PATIENCE))
    return now + timedelta(seconds=delay)
