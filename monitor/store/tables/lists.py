"""What the watchlists were, what changed on them, what is to be looked at again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from monitor.store.tables.base import Base, OutsideText


class ListRow(Base, table=True):
    """A watchlist as it was last taken up: what the next version of it is compared with."""

    __tablename__ = "lists"

    watchlist: str = Field(primary_key=True, sa_type=OutsideText)
    version: str
    taken: datetime
    records: bytes = Field(sa_type=LargeBinary)  # JSON, zlib: {id: [[name …], [programme …]]}


class ListVersionRow(Base, table=True):
    """What one version of a list was: what reports say of it a year later."""

    __tablename__ = "list_versions"

    watchlist: str = Field(primary_key=True, sa_type=OutsideText)
    version: str = Field(primary_key=True)  # as in list_sets and hits
    title: str = Field(sa_type=OutsideText)
    licence: str = Field(sa_type=OutsideText)
    origin: str = Field(sa_type=OutsideText)  # the file's path or the publisher's URL
    entities: int
    names: int
    first_used: datetime


class ListChangeRow(Base, table=True):
    """A record that came, went or became another; rows are only ever added."""

    __tablename__ = "list_changes"
    __table_args__ = (Index("ix_list_changes_watchlist_id", "watchlist", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    watchlist: str = Field(sa_type=OutsideText)
    at: datetime
    change: str = Field(sa_type=OutsideText)  # the ListChange as JSON


class RescreenRow(Base, table=True):
    """Names that are new, to be held against stored articles, and how far that is."""

    __tablename__ = "rescreens"

    id: int | None = Field(default=None, primary_key=True)
    made: datetime
    since: datetime  # articles first seen from then on
    names: bytes = Field(sa_type=LargeBinary)  # JSON, zlib: [[watchlist, entity, [name …]] …]
    after: int = 0  # the last article that was looked at
    articles: int = 0  # looked at
    hits: int = 0  # that are new
    finished: datetime | None = None


lists = ListRow.__table__
list_versions = ListVersionRow.__table__
list_changes = ListChangeRow.__table__
rescreens = RescreenRow.__table__
