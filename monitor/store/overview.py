"""Counts for a person's overview, and for a metrics page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, case, func, select, true

from monitor.model.alerts import DeliveryState
from monitor.model.matches import Disposition
from monitor.model.watchlists import Severity
from monitor.store.deliveries import delivery_is_due
from monitor.store.engine import Database
from monitor.store.facets import shown_by_disposition
from monitor.store.feeds import feed_is_due
from monitor.store.pages import page_is_due
from monitor.store.sql import unleased
from monitor.store.tables import articles, deliveries, feeds, hits, pages, polls


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand. Every severity, disposition and state is named, if only with 0."""

    days: tuple[tuple[date, Mapping[Severity, int]], ...]  # hits found on each UTC day, today first
    severities: Mapping[Severity, int]  # of all hits
    dispositions: Mapping[Disposition, int]  # of all hits that people are shown: no suppressed ones
    deliveries: Mapping[DeliveryState, int]
    due_deliveries: int  # pending, and their time has come
    due_pages: int
    entries: int  # stored so far
    feeds: int  # enabled
    failing_feeds: int
    last_poll: datetime | None
    polls: int  # in the last 24 hours, as are the following
    failed_polls: int
    articles: int  # screened
    full_articles: int  # of them, with the full text of their page


class Overviews:
    db: Database

    def overview(self, now: datetime, *, days: int = 14) -> Overview:
        """`days`: how many, with today."""
        today = now.astimezone(UTC).date()
        with self.db.read() as connection:
            by_severity = _counts(connection, hits.c.severity)
            by_disposition = shown_by_disposition(connection)
            by_state = _counts(connection, deliveries.c.state)
            enabled = feeds.c.enabled == true()
            lately = polls.c.finished > now - timedelta(days=1)
            fresh = articles.c.first_seen > now - timedelta(days=1)
            whole = select(func.count()).select_from(articles.join(pages)).where(fresh, pages.c.read_at.is_not(None))
            return Overview(
                days=tuple(_day(connection, today - timedelta(days=back)) for back in range(days)),
                severities={severity: by_severity.get(severity, 0) for severity in Severity},
                dispositions={disposition: by_disposition.get(disposition, 0) for disposition in Disposition},
                deliveries={state: by_state.get(state, 0) for state in DeliveryState},
                due_deliveries=_count(connection, *delivery_is_due(now)),
                due_pages=_count(connection, *page_is_due(now)),
                entries=int(connection.execute(select(func.coalesce(func.sum(feeds.c.entries), 0))).scalar_one()),
                feeds=_count(connection, enabled),
                failing_feeds=_count(connection, enabled, feeds.c.failures > 0),
                last_poll=connection.execute(select(func.max(feeds.c.last_polled))).scalar(),
                polls=_count(connection, lately),
                failed_polls=_count(connection, lately, polls.c.error != ""),
                articles=_count(connection, fresh),
                full_articles=int(connection.execute(whole).scalar_one()),
            )

    def texts(self, now: datetime) -> Mapping[str, int]:
        """Articles first seen in the last 24 hours, by what of them was screened.

        `full`: their page; `waiting`: the feed's text so far, the page is to be read; `failed`: the feed's text, the
        page could not be read; `feed`: the feed's text, no page was asked for.
        """
        fresh = articles.c.first_seen > now - timedelta(days=1)
        kind = case(
            (pages.c.article_id.is_(None), "feed"),
            (pages.c.read_at.is_not(None), "full"),
            (pages.c.due.is_not(None), "waiting"),
            else_="failed",
        )
        read = select(kind, func.count()).select_from(articles.outerjoin(pages)).where(fresh).group_by(kind)
        with self.db.read() as connection:
            counted = {row[0]: row[1] for row in connection.execute(read)}
        return {name: counted.get(name, 0) for name in ("full", "waiting", "failed", "feed")}

    def due_feeds(self, now: datetime) -> int:
        """How many feeds wait for their poll: due, and nobody has begun."""
        with self.db.read() as connection:
            return _count(connection, feeds.c.enabled == true(), feed_is_due(now), unleased(feeds, now))

    def articles_by_hour(self, now: datetime, *, hours: int = 24) -> list[tuple[datetime, int]]:
        """How many articles were first seen in each hour (of UTC), the one that is not over last."""
        last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        begins = [last - timedelta(hours=back) for back in reversed(range(hours))]
        seen = articles.c.first_seen
        with self.db.read() as connection:
            return [(hour, _count(connection, seen >= hour, seen < hour + timedelta(hours=1))) for hour in begins]


def _day(connection: Connection, day: date) -> tuple[date, Mapping[Severity, int]]:
    start = datetime.combine(day, time(), UTC)
    found = _counts(connection, hits.c.severity, hits.c.found_at >= start, hits.c.found_at < start + timedelta(days=1))
    return day, {severity: found.get(severity, 0) for severity in Severity}


def _counts(connection: Connection, column: ColumnElement[str], *conditions: ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).where(*conditions).group_by(column))
    return {row[0]: row[1] for row in rows}


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).where(*conditions)).scalar_one())
