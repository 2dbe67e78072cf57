"""Hits as they come, for those who follow: by id, which grows with the order in which hits are recorded."""

from __future__ import annotations

from sqlalchemy import func, select

from monitor.model.matches import HitRecord
from monitor.store.engine import Database
from monitor.store.hits import HitQuery, conditions, hit_record, joined
from monitor.store.tables import hits


class Stream:
    db: Database

    def newest_hit(self) -> int:
        """Its id; 0 when there is none."""
        with self.db.read() as connection:
            return int(connection.execute(select(func.coalesce(func.max(hits.c.id), 0))).scalar_one())

    def hits_after(self, id: int, query: HitQuery | None = None) -> list[HitRecord]:
        """A page of the hits recorded after this one, the oldest first. Recording is done one at a time, so that a
        lower id never appears later."""
        query = query or HitQuery()
        wanted = joined().where(hits.c.id > id, *conditions(query)).order_by(hits.c.id).limit(query.limit)
        with self.db.read() as connection:
            return [hit_record(row) for row in connection.execute(wanted)]
