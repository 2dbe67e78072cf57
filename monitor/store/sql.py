"""What SQLite and PostgreSQL say differently, and small clauses that several modules need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Table, or_
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


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def unleased(table: Table, now: datetime) -> ColumnElement[bool]:
    """Nobody has claimed the row, or has let the claim run out."""
    until = table.c.lease_until
    return or_(until.is_(None), until <= now, until > now + LONGEST_LEASE)


FREE = {"lease_until": None, "lease_owner": None}
"""Values that give a lease up."""
