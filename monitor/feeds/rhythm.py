"""A feed's own rhythm: how often it brings news, and so how often it is worth asking. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

LATELY = timedelta(days=14)
"""How far back entries say something about the present."""

NEWEST = 60
"""Entries that are looked at: where there are many, those of today."""

ENOUGH = 8
"""Different times below which there is no rhythm to speak of."""

FASTER, SLOWER = 3.0, 4.0
"""How far the usual interval is left, as divisor and factor: the guess is from the past, and the news are not."""

SHORTEST, LONGEST = 60.0, 3600.0
"""Seconds between which an interval is chosen, unless the usual one lies beyond: an hour misses nothing of a feed that
holds a day, and no publisher minds a minute's."""


def pace(times: Sequence[datetime], now: datetime) -> float | None:
    """Seconds between two entries, as they usually come (the median, which nights do not change); None: unknown.

    times: of entries, in any order. Those in the future, and what was published at one stroke, count once or not.
    """
    seen = sorted({moment.replace(microsecond=0) for moment in times if now - LATELY <= moment <= now})[-NEWEST:]
    if len(seen) < ENOUGH:
        return None
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(seen)]
    return max(median(gaps), (now - seen[-1]).total_seconds() / 4)  # one that has gone to sleep is let sleep


def interval(usual: float, pace: float | None) -> float:
    """Seconds between polls of a feed with this pace. usual: seconds, the interval of feeds that say nothing."""
    if pace is None:
        return usual
    least = min(usual, max(SHORTEST, usual / FASTER))
    most = max(usual, min(LONGEST, usual * SLOWER))
    return min(max(pace, least), most)
