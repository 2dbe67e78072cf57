"""What the overview shows: whether everything is watched, what was looked at, what was found, what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup

from monitor.alerts.times import MONTHS
from monitor.model.alerts import Delivery, DeliveryState
from monitor.model.feeds import FeedState, FeedStatus
from monitor.model.listchanges import ListChange
from monitor.model.watchlists import Severity
from monitor.store import EntityCount, Overview, Store
from monitor.web.plots import stacked

DAYS = 14
WIDTH = 560
"""Of a plot: half a desk's page, in pixels."""

MONTH = timedelta(days=30)

TROUBLES = 10
"""Rows of feeds and of deliveries in trouble; their own pages have them all."""

ROWS = 8
"""Of entities, lists and changes."""

GAP = timedelta(days=1)
"""A feed without a success for this long has a gap: what it published meanwhile may never be seen."""

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    counts: Overview
    days: Markup  # the plots
    hours: Markup
    failing: tuple[FeedStatus, ...]  # those without success for longest first
    gaps: int  # feeds without any success in the last 24 hours
    unsent: tuple[Delivery, ...]  # dead ones first
    top: tuple[EntityCount, ...]  # of the last 30 days
    lists: tuple[tuple[str, datetime], ...]  # since when each stands as it does, the oldest first
    changes: tuple[ListChange, ...]


def overview(store: Store, now: datetime) -> Page:
    """Raises StorageError."""
    counts = store.overview(now, days=DAYS)
    feeds = [feed for feed in store.feeds() if feed.state is not FeedState.DISABLED]
    failing = sorted((feed for feed in feeds if feed.failures), key=lambda feed: feed.last_success or NEVER)
    dead = store.deliveries(state=DeliveryState.DEAD, limit=TROUBLES)
    waiting = [one for one in store.deliveries(state=DeliveryState.PENDING, limit=TROUBLES) if one.last_error]
    taken = sorted(((name, since) for name, (_, since) in store.lists_taken().items()), key=lambda one: one[1])
    return Page(
        counts=counts,
        days=days_plot(counts.days[::-1]),
        hours=hours_plot(store.articles_by_hour(now)),
        failing=tuple(failing[:TROUBLES]),
        gaps=sum(feed.last_polled is not None and (feed.last_success or NEVER) < now - GAP for feed in feeds),
        unsent=(*dead, *waiting)[:TROUBLES],
        top=tuple(store.entities(since=now - MONTH, limit=ROWS)),
        lists=tuple(taken),
        changes=tuple(store.list_changes(limit=ROWS)),
    )


def days_plot(days: Sequence[tuple[date, Mapping[Severity, int]]]) -> Markup:
    """Hits by day and severity, the most severe at the ground; today last."""
    columns = [f"{day.day} {MONTHS[day.month - 1]}" for day, _ in days]
    series = [(severity.value, [counts.get(severity, 0) for _, counts in days]) for severity in reversed(Severity)]
    said = [f"{column}: {total}" for column, (_, by) in zip(columns, days, strict=True) if (total := sum(by.values()))]
    label = f"Hits found on each of the last {len(days)} days; {'; '.join(said) or 'none'}"
    return stacked(label, columns, series, every=2, width=WIDTH)


def hours_plot(hours: Sequence[tuple[datetime, int]]) -> Markup:
    """New articles by hour: the rhythm of the feeds, and any hour in which nothing came."""
    columns = [f"{hour:%H}:00" for hour, _ in hours]
    total = sum(count for _, count in hours)
    label = f"New articles in each of the last {len(hours)} hours, {total:,} in all"
    return stacked(label, columns, [("articles", [count for _, count in hours])], every=4, width=WIDTH)
