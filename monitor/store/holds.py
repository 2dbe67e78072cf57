"""Legal holds: begun, ended, listed. What is held is neither pruned nor erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.model.holds import Hold
from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.tables import hits, holds


class Holds:
    db: Database

    def add_hold(self, watchlist: str, entity: str, *, who: str, reason: str, now: datetime) -> Hold:
        """Keep everything of an entity until the hold ends. Several may hold the same one."""
        values = {"watchlist": watchlist, "entity": entity, "since": now, "who": who, "reason": reason}
        with self.db.write() as connection:
            made = _hold(connection.execute(holds.insert().values(values).returning(holds)).one())
            details = {"entity": f"{watchlist}/{entity}"}
            about = f"hold {made.id}: {reason}"
            append(self.db, connection, deed(at=now, who=who, what="hold", about=about, details=details))
            return made

    def end_hold(self, hold_id: int, *, who: str, why: str = "", now: datetime) -> bool:
        """End it now; False when there is none in force."""
        with self.db.write() as connection:
            in_force = (holds.c.id == hold_id, holds.c.ended.is_(None))
            ended = connection.execute(update(holds).where(*in_force).values(ended=now)).rowcount > 0
            if ended:
                about = f"hold {hold_id}: {why}" if why else f"hold {hold_id}"
                append(self.db, connection, deed(at=now, who=who, what="hold ended", about=about))
            return ended

    def holds(self, *, over: bool = False) -> list[Hold]:
        """Those in force, the newest first; `over`: also the others."""
        wanted = select(holds).order_by(holds.c.id.desc())
        with self.db.read() as connection:
            rows = connection.execute(wanted if over else wanted.where(holds.c.ended.is_(None)))
            return [_hold(row) for row in rows]


def held(connection: Connection) -> list[tuple[str, str]]:
    """(watchlist, entity) of everything that is held now."""
    rows = connection.execute(select(holds.c.watchlist, holds.c.entity).where(holds.c.ended.is_(None)).distinct())
    return [(row.watchlist, row.entity) for row in rows]


def is_of(keys: list[tuple[str, str]]) -> ColumnElement[bool]:
    """Whether a hit is of one of these entities."""
    return or_(*(and_(hits.c.watchlist == watchlist, hits.c.entity_id == entity) for watchlist, entity in keys))


def free(article: ColumnElement[int], keys: list[tuple[str, str]]) -> list[ColumnElement[bool]]:
    """That no hit of these entities is in the article; no condition at all where nothing is held."""
    return [~exists().where(hits.c.article_id == article, is_of(keys))] if keys else []


def _hold(row: Row[Any]) -> Hold:
    return Hold(row.id, row.watchlist, row.entity, row.since, row.who, row.reason, row.ended)
