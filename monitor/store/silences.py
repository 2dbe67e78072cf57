"""Silences: made, ended, listed. They are never deleted: what was silenced, when and by whom stays known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.model.alerts import Silence
from monitor.store.engine import Database
from monitor.store.tables import silences


class Silences:
    db: Database

    def add_silence(
        self,
        *,
        now: datetime,
        ends: datetime,
        reason: str,
        who: str,
        watchlist: str = "",
        entity: str = "",
        feed: str = "",
        text: str = "",
    ) -> Silence:
        conditions = {"watchlist": watchlist, "entity": entity, "feed": feed, "text": text}
        values: dict[str, Any] = {"starts": now, "ends": ends, "reason": reason, "who": who, **conditions}
        with self.db.write() as connection:
            made = connection.execute(silences.insert().values(values).returning(silences))
            return _silence(made.one())

    def silences(self, now: datetime, *, over: bool = False) -> list[Silence]:
        """Those in force, the newest first; with those that are over if `over`."""
        wanted = select(silences).order_by(silences.c.id.desc())
        if not over:
            wanted = wanted.where(silences.c.ends > now)
        with self.db.read() as connection:
            return [_silence(row) for row in connection.execute(wanted)]

    def end_silence(self, silence_id: int, now: datetime) -> bool:
        """End it now; False when there is none that is still in force."""
        in_force = (silences.c.id == silence_id, silences.c.ends > now)
        with self.db.write() as connection:
            return connection.execute(update(silences).where(*in_force).values(ends=now)).rowcount > 0


def in_force(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    rows = connection.execute(select(silences).where(silences.c.ends > now).order_by(silences.c.id))
    return tuple(_silence(row) for row in rows)


def _silence(row: Row[Any]) -> Silence:
    return Silence(row.id, row.starts, row.ends, row.reason, row.who, row.watchlist, row.entity, row.feed, row.text)
