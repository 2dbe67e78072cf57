"""The suppressions in force, for whatever finds hits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.model.suppressions import Suppression
from monitor.store.sql import chunks
from monitor.store.tables import suppressions


def for_entities(connection: Connection, keys: Iterable[tuple[str, str]], now: datetime) -> list[Suppression]:
    """Those in force that concern any of these entities."""
    found: list[Suppression] = []
    wanted = sorted({entity for _, entity in keys})
    standing = (suppressions.c.ended.is_(None), suppressions.c.starts <= now, suppressions.c.ends > now)
    for some in chunks(wanted):
        rows = connection.execute(select(suppressions).where(suppressions.c.entity.in_(some), *standing))
        found += [suppression(row) for row in rows]
    return found


def suppression(row: Row[Any]) -> Suppression:
    return Suppression(
        row.id,
        row.watchlist,
        row.entity,
        row.name,
        row.pattern,
        row.record,
        row.starts,
        row.ends,
        row.reason,
        row.who,
        row.hit_id,
        row.ended,
        row.ended_why,
    )
