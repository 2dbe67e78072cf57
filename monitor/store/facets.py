"""By what hits may be told apart, and totals since the beginning: for a person's filters and for a metrics page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, func, select

from monitor.store.engine import Database
from monitor.store.tables import articles, deliveries, hits, polls


@dataclass(frozen=True, slots=True)
class Facets:
    """What there are hits of, sorted."""

    watchlists: tuple[str, ...]
    languages: tuple[str, ...]  # BCP 47, as articles have them
    dispositions: Mapping[str, int]  # how many hits of each; none of what there is none of


@dataclass(frozen=True, slots=True)
class Totals:
    """Since the database was made; they never shrink, but for a hit that is decided or a delivery that is sent."""

    polls: int
    failed_polls: int
    hits: Mapping[tuple[str, str], int]  # (severity, disposition) → hits
    deliveries: Mapping[tuple[str, str], int]  # (channel, state) → deliveries


class Counted:
    db: Database

    def facets(self) -> Facets:
        languages = select(articles.c.lang).where(articles.c.id.in_(select(hits.c.article_id)), articles.c.lang != "")
        decided = select(hits.c.disposition, func.count()).group_by(hits.c.disposition)
        with self.db.read() as connection:
            return Facets(
                tuple(connection.execute(select(hits.c.watchlist).distinct().order_by(hits.c.watchlist)).scalars()),
                tuple(connection.execute(languages.distinct().order_by(articles.c.lang)).scalars()),
                {row[0]: row[1] for row in connection.execute(decided)},
            )

    def totals(self) -> Totals:
        failed = func.coalesce(func.sum(case((polls.c.error != "", 1), else_=0)), 0)
        by_hit = (hits.c.severity, hits.c.disposition)
        by_delivery = (deliveries.c.channel, deliveries.c.state)
        with self.db.read() as connection:
            polled = connection.execute(select(func.count(), failed).select_from(polls)).one()
            found = connection.execute(select(*by_hit, func.count()).group_by(*by_hit)).all()
            told = connection.execute(select(*by_delivery, func.count()).group_by(*by_delivery)).all()
        return Totals(
            int(polled[0]),
            int(polled[1]),
            {(severity, disposition): count for severity, disposition, count in found},
            {(channel, state): count for channel, state, count in told},
        )
