"""What the desk asks of an entity: how often it was found and dismissed, when, and by which of its names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from monitor.model.matches import Disposition
from monitor.model.watchlists import Entity
from monitor.store.engine import Database
from monitor.store.hits import find_hits
from monitor.store.tables import hits, mentions

Key = tuple[str, str]
"""(watchlist, entity's id)"""

MOST = 50_000
"""Hits of one entity that a timeline counts, the newest."""


@dataclass(frozen=True, slots=True)
class EntityCount:
    """An entity that was found at least once."""

    watchlist: str
    id: str
    name: str  # as on the list when it was found last
    hits: int
    open: int
    dismissed: int  # decided to be false positives
    last: datetime

    @property
    def noise(self) -> float | None:
        """The share of what was decided that was dismissed, 0–1; None while nothing is decided."""
        return self.dismissed / (self.hits - self.open) if self.hits > self.open else None


@dataclass(frozen=True, slots=True)
class NameUse:
    """How one of an entity's names did. A hit that several names made counts for each."""

    name: str
    hits: int
    decided: int
    dismissed: int
    last: datetime

    @property
    def noise(self) -> float | None:
        """As in EntityCount."""
        return self.dismissed / self.decided if self.decided else None


class Entities:
    db: Database

    def entities(
        self,
        *,
        keys: Collection[Key] | None = None,
        watchlist: str | None = None,
        since: datetime | None = None,
        before: tuple[int, str, str] | None = None,
        limit: int = 100,
    ) -> list[EntityCount]:
        """Those with most hits first. keys: of these only. since: hits found from then on. before: (hits, watchlist,
        id) of the last of a page."""
        count = func.count().label("hits")
        counted = (
            select(
                hits.c.watchlist,
                hits.c.entity_id,
                count,
                _times(hits.c.disposition == Disposition.OPEN.value).label("open"),
                _times(hits.c.disposition == Disposition.FALSE_POSITIVE.value).label("dismissed"),
                func.max(hits.c.found_at).label("last"),
                func.max(hits.c.id).label("newest"),
            )
            .group_by(hits.c.watchlist, hits.c.entity_id)
            .order_by(count.desc(), hits.c.watchlist, hits.c.entity_id)
            .limit(limit)
        )
        if watchlist is not None:
            counted = counted.where(hits.c.watchlist == watchlist)
        if since is not None:
            counted = counted.where(hits.c.found_at >= since)
        if keys is not None:
            counted = counted.where(tuple_(hits.c.watchlist, hits.c.entity_id).in_(sorted(keys)[:500]))
        if before is not None:
            most, watchlist_before, id_before = before
            same_list = and_(hits.c.watchlist == watchlist_before, hits.c.entity_id > id_before)
            later = or_(hits.c.watchlist > watchlist_before, same_list)
            counted = counted.having(or_(func.count() < most, and_(func.count() == most, later)))
        with self.db.read() as connection:
            rows = connection.execute(counted).all()
            records = find_hits(connection, [row.newest for row in rows])
        return [
            EntityCount(
                row.watchlist,
                row.entity_id,
                records[row.newest].hit.entity.name,
                row.hits,
                row.open,
                row.dismissed,
                row.last,
            )
            for row in rows
        ]

    def entity_as_found(self, key: Key) -> Entity | None:
        """The record as it was when the entity was found last; None when it never was."""
        newest = select(func.max(hits.c.id)).where(*_of(key))
        with self.db.read() as connection:
            hit_id = connection.execute(newest).scalar()
            return find_hits(connection, [hit_id])[hit_id].hit.entity if hit_id else None

    def entity_times(self, key: Key, *, since: datetime) -> list[tuple[datetime, Disposition]]:
        """When the entity was found since then, and what became of each hit, the newest first."""
        wanted = select(hits.c.found_at, hits.c.disposition).where(*_of(key), hits.c.found_at >= since)
        with self.db.read() as connection:
            rows = connection.execute(wanted.order_by(hits.c.found_at.desc()).limit(MOST))
            return [(row.found_at, Disposition(row.disposition)) for row in rows]

    def entity_names(self, key: Key) -> Mapping[str, NameUse]:
        """By name, the most frequent first. Names are as their first 400 code points."""
        made = select(hits.c.id, hits.c.disposition, hits.c.found_at, mentions.c.name)
        each = made.join(mentions, mentions.c.hit_id == hits.c.id).where(*_of(key)).distinct().subquery()
        decided = each.c.disposition != Disposition.OPEN.value
        dismissed = each.c.disposition == Disposition.FALSE_POSITIVE.value
        count = func.count().label("hits")
        wanted = (
            select(
                each.c.name,
                count,
                _times(decided).label("decided"),
                _times(dismissed).label("dismissed"),
                func.max(each.c.found_at).label("last"),
            )
            .group_by(each.c.name)
            .order_by(count.desc(), each.c.name)
        )
        with self.db.read() as connection:
            return {
                row.name: NameUse(row.name, row.hits, row.decided, row.dismissed, row.last)
                for row in connection.execute(wanted)
            }


def _of(key: Key) -> tuple[ColumnElement[bool], ...]:
    return (hits.c.watchlist == key[0], hits.c.entity_id == key[1])


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows are so."""
    return func.count().filter(condition)
