"""Silences: made, ended, listed. They are never deleted: what was silenced, when and by whom stays known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.model.alerts import Silence
from monitor.store.audit import append, deed
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
            made = _silence(connection.execute(silences.insert().values(values).returning(silences)).one())
            said = {name: value for name, value in conditions.items() if value} | {"until": ends.isoformat()}
            about = f"silence {made.id}: {reason}"
            append(self.db, connection, deed(at=now, who=who, what="silence", about=about, details=said))
            return made

    def silences(self, now: datetime, *, over: bool = False) -> list[Silence]:
        """Those in force, the newest first; with those that are over if `over`."""
        wanted = select(silences).order_by(silences.c.id.desc())
        if not over:
            wanted = wanted.where(silences.c.ends > now)
        with self.db.read() as connection:
            return [_silence(row) for row in connection.execute(wanted)]

    def end_silence(self, silence_id: int, now: datetime, *, who: str = "") -> bool:
        """End it now; False when there is none that is still in force."""
        in_force = (silences.c.id == silence_id, silences.c.ends > now)
        with self.db.write() as connection:
            ended = connection.execute(update(silences).where(*in_force).values(ends=now)).rowcount > 0
            if ended:
                about = f"silence {silence_id}"
                append(self.db, connection, deed(at=now, who=who, what="silence ended", about=about))
            return ended


def in_force(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    rows = connection.execute(select(silences).where(silences.c.ends > now).order_by(silences.c.id))
    return tuple(_silence(row) for row in rows)


def _silence(row: Row[Any]) -> Silence:
    return Silence(row.id, row.starts, row.ends, row.reason, row.who, row.watchlist, row.entity, row.feed, row.text)
