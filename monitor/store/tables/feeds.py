"""What is polled, and each poll of it: the proof of coverage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables.base import Base, OutsideText, partial


class FeedRow(Base, table=True):
    __tablename__ = "feeds"
    __table_args__ = (partial("ix_feeds_lease_owner", "lease_owner", where="lease_owner IS NOT NULL"),)

    id: str = Field(primary_key=True)
    position: int  # in the settings
    url: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    interval: float | None
    full_text: bool
    tags: str = Field(sa_type=Text)  # JSON array
    lang: str
    enabled: bool  # in the settings, and not switched off there
    disabled_at: datetime | None = None  # since when it is not
    changed: datetime  # when it was first configured, or its URL last changed
    own_title: str = Field(default="", sa_type=OutsideText)  # as the feed calls itself
    etag: str = Field(default="", sa_type=OutsideText)
    last_modified: str = Field(default="", sa_type=OutsideText)
    moved_to: str = Field(default="", sa_type=OutsideText)  # where its server says it has moved for good
    moved_since: datetime | None = None
    moved_polls: int = 0
    moved: bool = False  # confirmed: it is asked for there
    pace: float | None = None  # seconds between two of its entries
    gone: bool = False
    failures: int = 0
    last_polled: datetime | None = None
    last_success: datetime | None = None
    last_error: str = Field(default="", sa_type=OutsideText)
    entries: int = 0
    polls: int = 0  # so far
    failed_polls: int = 0
    next_poll: datetime = Field(index=True)
    lease_until: datetime | None = None
    lease_owner: str | None = None


class ListSetRow(Base, table=True):
    """The list versions and the matcher version that texts were screened against."""

    __tablename__ = "list_sets"

    id: int | None = Field(default=None, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    matcher_version: str
    versions: str = Field(sa_type=Text)  # JSON array of [watchlist, version]


class PollRow(Base, table=True):
    __tablename__ = "polls"
    __table_args__ = (UniqueConstraint("feed_id", "started"),)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: str = Field(foreign_key="feeds.id")
    started: datetime
    finished: datetime = Field(index=True)
    status: int | None  # HTTP
    unchanged: bool
    seen: int
    new: int
    edited: int
    hits: int
    problems: str = Field(sa_type=Text)  # JSON array
    error: str = Field(sa_type=OutsideText)
    list_set_id: int | None = Field(foreign_key="list_sets.id")  # None: it failed, nothing was screened
    known: int | None = None  # entries of the document that had been seen before; None: nobody counted
    next_poll: datetime | None = None  # when the feed was to be polled again, as was then decided


feeds = FeedRow.__table__
list_sets = ListSetRow.__table__
polls = PollRow.__table__
