"""What the feeds brought: entries, their versions and stories, and the queue of pages to be read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables.base import Base, OutsideText, partial


class StoryRow(Base, table=True):
    __tablename__ = "stories"
    __table_args__ = (partial("ix_stories_sketched", "first_seen", where="sketch IS NOT NULL"),)

    id: int | None = Field(default=None, primary_key=True)
    first_seen: datetime
    sketch: bytes | None = Field(default=None, sa_type=LargeBinary)  # of its first article, while copies may come


class StoryKeyRow(Base, table=True):
    __tablename__ = "story_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: bytes = Field(sa_type=LargeBinary, primary_key=True)
    story_id: int = Field(foreign_key="stories.id")


class StoryProbeRow(Base, table=True):
    """What stories that may be nearly the same have in common."""

    __tablename__ = "story_probes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    probe: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    story_id: int = Field(foreign_key="stories.id", primary_key=True, index=True)


class ArticleRow(Base, table=True):
    __tablename__ = "articles"
    __table_args__ = (Index("ix_articles_story_id_feed_id", "story_id", "feed_id"),)

    id: int | None = Field(default=None, primary_key=True)
    feed_id: str = Field(foreign_key="feeds.id")
    story_id: int = Field(foreign_key="stories.id")
    url: str = Field(sa_type=OutsideText)
    title: str = Field(sa_type=OutsideText)
    published: datetime | None
    published_raw: str = Field(sa_type=OutsideText)
    updated: datetime | None
    first_seen: datetime = Field(index=True)
    lang: str = Field(sa_type=OutsideText)
    digest: str  # feeds.identity.digest of the entry as last seen
    version: int  # number of the version that stands


class EntryKeyRow(Base, table=True):
    __tablename__ = "entry_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: bytes = Field(sa_type=LargeBinary, primary_key=True)  # of feed and key
    article_id: int = Field(foreign_key="articles.id")


class VersionRow(Base, table=True):
    __tablename__ = "article_versions"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        UniqueConstraint("article_id", "digest"),
        partial("ix_article_versions_texts", "created", where="text IS NOT NULL"),
        Index("ix_article_versions_created", "created"),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="articles.id")
    number: int  # 1, 2 …
    source: str  # "feed" or "page"
    created: datetime
    digest: bytes = Field(sa_type=LargeBinary)  # of title and text
    title: str = Field(sa_type=OutsideText)
    text: bytes | None = Field(sa_type=LargeBinary)  # zlib; None: emptied, its time being over, or not to be kept
    length: int  # code points of the text that was screened
    lang: str = Field(sa_type=OutsideText)
    list_set_id: int = Field(foreign_key="list_sets.id")


class PageRow(Base, table=True):
    """An article whose page is, or was, to be read."""

    __tablename__ = "pages"
    __table_args__ = (
        partial("ix_pages_due", "feed_id", "due", where="due IS NOT NULL"),
        partial("ix_pages_lease_owner", "lease_owner", where="lease_owner IS NOT NULL"),
    )

    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_column_kwargs={"autoincrement": False})
    feed_id: str = Field(foreign_key="feeds.id")
    due: datetime | None  # None: read, or given up
    attempts: int = 0
    read_at: datetime | None = None
    error: str = Field(default="", sa_type=OutsideText)
    lease_until: datetime | None = None
    lease_owner: str | None = None


stories = StoryRow.__table__
story_keys = StoryKeyRow.__table__
story_probes = StoryProbeRow.__table__
articles = ArticleRow.__table__
entry_keys = EntryKeyRow.__table__
versions = VersionRow.__table__
pages = PageRow.__table__
