"""By what hits may be told apart, and totals since the beginning: for a person's filters and for a metrics page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from monitor.store.engine import Database
from monitor.store.tables import deliveries, feeds, hits, list_sets, polls


@dataclass(frozen=True, slots=True)
class Facets:
    """What there are hits of, sorted."""

    watchlists: tuple[str, ...]
    languages: tuple[str, ...]  # BCP 47, as articles have them
    dispositions: Mapping[str, int]  # how many hits of each that people are shown; none of what there is none of


@dataclass(frozen=True, slots=True)
class Totals:
    """Since the database was made; they never shrink, but for a hit that is decided or a delivery that is sent."""

    polls: int
    failed_polls: int
    hits: Mapping[tuple[str, str], int]  # (severity, disposition) → hits
    deliveries: Mapping[tuple[str, str], int]  # (channel, state) → deliveries


@dataclass(frozen=True, slots=True)
class ListUse:
    """A list that texts are screened against."""

    watchlist: str
    version: str  # hex digest of the content it was read from
    hits: int  # stored so far, of any version


def shown_by_disposition(connection: Connection) -> dict[str, int]:
    """How many hits of each disposition people are shown: all but the suppressed ones, which an index has apart."""
    counted = select(hits.c.disposition, func.count()).group_by(hits.c.disposition)
    hidden = {row[0]: row[1] for row in connection.execute(counted.where(hits.c.suppressed_by.is_not(None)))}
    shown = {row[0]: row[1] - hidden.get(row[0], 0) for row in connection.execute(counted)}
    return {disposition: count for disposition, count in shown.items() if count}


class Counted:
    db: Database

    def facets(self) -> Facets:
        languages = select(hits.c.lang).where(hits.c.lang != "").distinct().order_by(hits.c.lang)
        with self.db.read() as connection:
            return Facets(
                tuple(connection.execute(select(hits.c.watchlist).distinct().order_by(hits.c.watchlist)).scalars()),
                tuple(connection.execute(languages).scalars()),
                shown_by_disposition(connection),
            )

    def lists_in_use(self) -> list[ListUse]:
        """The lists that the last text was screened against, in their order; empty before there was any."""
        screened = select(polls.c.list_set_id).where(polls.c.list_set_id.is_not(None))
        newest = screened.order_by(polls.c.id.desc()).limit(1)
        used = select(list_sets.c.versions).where(list_sets.c.id == newest.scalar_subquery())
        found = select(hits.c.watchlist, func.count()).group_by(hits.c.watchlist)
        with self.db.read() as connection:
            versions = json.loads(connection.execute(used).scalar() or "[]")
            counts = {row[0]: row[1] for row in connection.execute(found)}
        return [ListUse(watchlist, version, counts.get(watchlist, 0)) for watchlist, version in versions]

    def totals(self) -> Totals:
        polled = [func.coalesce(func.sum(column), 0) for column in (feeds.c.polls, feeds.c.failed_polls)]
        by_hit = (hits.c.severity, hits.c.disposition)
        by_delivery = (deliveries.c.channel, deliveries.c.state)
        with self.db.read() as connection:
            count, failed = connection.execute(select(*polled)).one()
            found = connection.execute(select(*by_hit, func.count()).group_by(*by_hit)).all()
            told = connection.execute(select(*by_delivery, func.count()).group_by(*by_delivery)).all()
        return Totals(
            int(count),
            int(failed),
            {(severity, disposition): count for severity, disposition, count in found},
            {(channel, state): count for channel, state, count in told},
        )
