"""What was found, what people decided and did, and the chain that shows when somebody tampers with that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables.base import Base, OutsideText, partial


class HitRow(Base, table=True):
    __tablename__ = "hits"
    __table_args__ = (
        UniqueConstraint("article_id", "watchlist", "entity_id"),
        Index("ix_hits_watchlist_id", "watchlist", "id"),
        Index("ix_hits_entity_id_id", "entity_id", "id"),
        Index("ix_hits_feed_id_id", "feed_id", "id"),
        Index("ix_hits_disposition_id", "disposition", "id"),
        Index("ix_hits_severity_id", "severity", "id"),
        Index("ix_hits_lang_id", "lang", "id"),
        Index("ix_hits_found_at_severity", "found_at", "severity"),
        Index("ix_hits_severity_disposition", "severity", "disposition"),
        partial("ix_hits_suppressed_by", "suppressed_by", where="suppressed_by IS NOT NULL"),
        Index("ix_hits_of_entity", "watchlist", "entity_id", "found_at", "disposition"),
        {"sqlite_autoincrement": True},  # a number that was erased never stands for another hit
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="articles.id")
    watchlist: str = Field(sa_type=OutsideText)
    entity_id: str = Field(sa_type=OutsideText)
    subject: str = Field(sa_type=OutsideText)
    feed_id: str = Field(foreign_key="feeds.id")
    lang: str = Field(sa_type=OutsideText)  # the article's
    score: float
    severity: str
    disposition: str
    found_at: datetime
    version_id: int = Field(foreign_key="article_versions.id")  # the text that the evidence's offsets refer to
    list_version: str
    matcher_version: str
    words: str = Field(sa_type=OutsideText)  # what a person may search for, normalised
    evidence: bytes = Field(sa_type=LargeBinary)  # the Hit as JSON, zlib: entity record, matches, sentences
    proposal_id: int | None = None  # the disposition that waits for a second person
    suppressed_by: int | None = None  # the suppression that keeps it from people


class MentionRow(Base, table=True):
    __tablename__ = "mentions"
    __table_args__ = (UniqueConstraint("hit_id", "version_id", "field", "start", "end", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hits.id")
    version_id: int = Field(foreign_key="article_versions.id")
    field: str  # "title" or "text"
    start: int  # code points
    end: int
    surface: str = Field(sa_type=OutsideText)
    name: str = Field(sa_type=OutsideText)
    score: float


class DispositionRow(Base, table=True):
    """One decision about a hit; rows are only ever added, and outlive the hit."""

    __tablename__ = "dispositions"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(index=True)
    at: datetime
    who: str = Field(sa_type=OutsideText)
    was: str
    became: str
    reason: str = Field(sa_type=OutsideText)
    step: str  # "decided", "proposed", "confirmed"
    salt: str | None  # None: erased
    erased_by: int | None = None  # the row of `audit` that says why


class AcknowledgementRow(Base, table=True):
    """Somebody said that they have seen a hit; rows are only ever added."""

    __tablename__ = "acknowledgements"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hits.id", index=True)
    at: datetime
    who: str = Field(sa_type=OutsideText)
    delivery_id: int | None = Field(foreign_key="deliveries.id")  # the message whose link led them there


class AuditRow(Base, table=True):
    """What somebody did that no table of its own tells: a login, a message sent again; rows are only ever added."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    who: str = Field(sa_type=OutsideText)
    what: str  # "login", "silence", "erase" …
    about: str = Field(sa_type=OutsideText)
    details: str = Field(sa_type=OutsideText)  # JSON, "" for none: what a program reads of it
    salt: str | None  # None: erased
    erased_by: int | None = None  # the row of `audit` that says why


class ChainRow(Base, table=True):
    """One link: a digest of a row of `audit` or `dispositions`, bound to the link before it."""

    __tablename__ = "chain"
    __table_args__ = (UniqueConstraint("kind", "row_id"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1, 2 … without gaps
    kind: str  # "deed": of `audit`; "decision": of `dispositions`
    row_id: int
    digest: bytes = Field(sa_type=LargeBinary)  # SHA-256
    link: bytes = Field(sa_type=LargeBinary)  # SHA-256


hits = HitRow.__table__
mentions = MentionRow.__table__
dispositions = DispositionRow.__table__
acknowledgements = AcknowledgementRow.__table__
audit = AuditRow.__table__
chain = ChainRow.__table__
