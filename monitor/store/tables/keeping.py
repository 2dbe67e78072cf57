"""What is kept from people, and what is kept for good."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from monitor.store.tables.base import Base, OutsideText, partial


class SuppressionRow(Base, table=True):
    """Conditions are "" where they are not given. Rows stay when they are over."""

    __tablename__ = "suppressions"
    __table_args__ = (partial("ix_suppressions_entity", "watchlist", "entity", where="ended IS NULL"),)

    id: int | None = Field(default=None, primary_key=True)
    watchlist: str = Field(sa_type=OutsideText)
    entity: str = Field(sa_type=OutsideText)
    name: str = Field(sa_type=OutsideText)
    pattern: str = Field(sa_type=OutsideText)
    record: str  # fingerprint of the list record
    starts: datetime
    ends: datetime
    reason: str = Field(sa_type=OutsideText)
    who: str = Field(sa_type=OutsideText)
    hit_id: int | None = None  # that it was made from
    ended: datetime | None = None  # before its time
    ended_why: str = Field(default="", sa_type=OutsideText)


class HoldRow(Base, table=True):
    """A legal hold. Rows stay when they are over."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_watchlist_entity", "watchlist", "entity"),)

    id: int | None = Field(default=None, primary_key=True)
    watchlist: str = Field(sa_type=OutsideText)
    entity: str = Field(sa_type=OutsideText)
    since: datetime
    who: str = Field(sa_type=OutsideText)
    reason: str = Field(sa_type=OutsideText)
    ended: datetime | None = None


suppressions = SuppressionRow.__table__
holds = HoldRow.__table__
