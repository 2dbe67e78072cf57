"""What SQLite and PostgreSQL say differently, and small clauses that several modules need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from monitor.store.engine import Database

T = TypeVar("T")

CHUNK = 500
"""Values in one IN (…): well below every limit on parameters, and few enough shapes of statement to be cached."""


SKEW = timedelta(minutes=1)
"""How far two machines' clocks may differ; a time further ahead than this was written before the clock stepped back."""

LONGEST_LEASE = timedelta(days=1)
"""No claim is made for longer; one that ends later was made before the clock stepped back."""


def insert(db: Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if db.sqlite else postgresql.insert(table)


def insert_all(db: Database, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert these rows, which all have the same columns but no `id`; returns their ids, in order.

    On SQLite the transaction is the only one that writes, and may number them itself: to be told each row's id it would
    have to send them one by one, six statements for every hit.
    """
    if not rows:
        return []
    if not db.sqlite:
        made = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        return list(connection.execute(made, rows).scalars())
    last = int(connection.execute(select(func.max(table.c.id))).scalar() or 0)
    if table.dialect_options["sqlite"]["autoincrement"]:  # a number that was taken away never stands for another row
        used = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = max(last, int(connection.execute(used, {"name": table.name}).scalar() or 0))
    ids = range(last + 1, last + 1 + len(rows))
    connection.execute(table.insert(), [{"id": id, **row} for id, row in zip(ids, rows, strict=True)])
    return list(ids)


def put_all(db: Database, connection: Connection, put: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Execute an INSERT for all of these rows, which all have the same columns, in as few round trips as may be.

    PostgreSQL is sent many rows in one statement only where something is returned; else it takes thrice as long.
    """
    if rows and db.sqlite:
        connection.execute(put, rows)
    elif rows:
        connection.execute(put.returning(next(iter(put.table.primary_key))), rows)


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def unleased(table: Table, now: datetime) -> ColumnElement[bool]:
    """Nobody has claimed the row, or has let the claim run out."""
    until = table.c.lease_until
    return or_(until.is_(None), until <= now, until > now + LONGEST_LEASE)


FREE = {"lease_until": None, "lease_owner": None}
"""Values that give a lease up."""
