"""What the overview shows: whether everything is watched, what was looked at, what was found, what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.alerts.times import MONTHS
from monitor.model.alerts import Delivery, DeliveryState
from monitor.model.feeds import FeedState, FeedStatus
from monitor.model.watchlists import Severity
from monitor.store import Overview, Store

DAYS = 14
HEIGHT, STEP = 110, 50
"""Of the plot, in its own units: the highest bar, and from one bar to the next."""

TROUBLES = 10
"""Rows of feeds and of deliveries in trouble; their own pages have them all."""

GAP = timedelta(days=1)
"""A feed without a success for this long has a gap: what it published meanwhile may never be seen."""

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's hits by severity, as stacked pieces from the ground up."""

    left: int
    label: str  # "23 Nov"
    count: int
    top: float
    pieces: tuple[tuple[str, float, float], ...]  # (severity, top, height), in the plot's units


@dataclass(frozen=True, slots=True)
class Page:
    counts: Overview
    bars: tuple[Bar, ...]  # today last
    failing: tuple[FeedStatus, ...]  # those without success for longest first
    gaps: int  # feeds without any success in the last 24 hours
    unsent: tuple[Delivery, ...]  # dead ones first


def overview(store: Store, now: datetime) -> Page:
    """Raises StorageError."""
    counts = store.overview(now, days=DAYS)
    feeds = [feed for feed in store.feeds() if feed.state is not FeedState.DISABLED]
    failing = sorted((feed for feed in feeds if feed.failures), key=lambda feed: feed.last_success or NEVER)
    dead = store.deliveries(state=DeliveryState.DEAD, limit=TROUBLES)
    waiting = [one for one in store.deliveries(state=DeliveryState.PENDING, limit=TROUBLES) if one.last_error]
    return Page(
        counts=counts,
        bars=bars(counts.days[::-1]),
        failing=tuple(failing[:TROUBLES]),
        gaps=sum(feed.last_polled is not None and (feed.last_success or NEVER) < now - GAP for feed in feeds),
        unsent=(*dead, *waiting)[:TROUBLES],
    )


def bars(days: Sequence[tuple[date, Mapping[Severity, int]]]) -> tuple[Bar, ...]:
    """The plot: the day with most hits reaches HEIGHT."""
    most = max((sum(counts.values()) for _, counts in days), default=0) or 1
    return tuple(_bar(number * STEP, day, counts, most) for number, (day, counts) in enumerate(days))


def _bar(left: int, day: date, counts: Mapping[Severity, int], most: int) -> Bar:
    pieces: list[tuple[str, float, float]] = []
    top = float(HEIGHT)
    for severity in reversed(Severity):
        height = HEIGHT * counts.get(severity, 0) / most
        if height:
            top -= height
            pieces.append((severity.value, round(top, 2), round(height, 2)))
    return Bar(left, f"{day.day} {MONTHS[day.month - 1]}", sum(counts.values()), round(top, 2), tuple(pieces))
