"""The tables. They never leave this room: outward the store speaks the types of `monitor.model`.

    feeds ─< polls >─ list_sets            what was looked at, when, against what: the proof of coverage
    feeds ─< articles ─< article_versions  an entry's text, each edit and each page read a version of its own
             articles >─ stories           near-identical articles
    entry_keys → articles, story_keys → stories     digests by which they are known again; they outlive texts
    story_probes → stories                          hashes by which near copies are found, for days
    pages → articles                       the queue of pages to be read
    hits → articles, mentions → hits, dispositions → hits
    audit                                  what people did besides
    lists, list_changes, rescreens         what the lists were, what changed on them, what is to be looked at again
    alerts >─< hits, deliveries >─< alerts, threads; untold → hits; silences, troubles

Times are UTC, durations seconds, scores 0–100. Digests are BLAKE2b, 16 bytes. Unique constraints, not code, are what
makes duplicates impossible.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, Table, Text, TypeDecorator, UniqueConstraint, text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class OutsideText(TypeDecorator[str]):
    """Text from outside. What no database takes (NUL, lone surrogates) becomes U+FFFD or `?`, one for one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value if value is None else storable(value)


def storable(value: str) -> str:
    """The text with the characters that no database takes replaced, one for one, so that offsets stay."""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


class Base(SQLModel, registry=registry(metadata=metadata)):
    __table__: ClassVar[Table]


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index on the few rows that are asked for every second, among millions that are not."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class FeedRow(Base, table=True):
    __tablename__ = "feeds"
    __table_args__ = (_partial("ix_feeds_lease_owner", "lease_owner", where="lease_owner IS NOT NULL"),)

    id: str = Field(primary_key=True)
    position: int  # in the settings
    url: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    interval: float | None
    full_text: bool
    tags: str = Field(sa_type=Text)  # JSON array
    lang: str
    enabled: bool  # in the settings, and not switched off there
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


class StoryRow(Base, table=True):
    __tablename__ = "stories"
    __table_args__ = (_partial("ix_stories_sketched", "first_seen", where="sketch IS NOT NULL"),)

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
        _partial("ix_article_versions_texts", "created", where="text IS NOT NULL"),
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
        _partial("ix_pages_due", "feed_id", "due", where="due IS NOT NULL"),
        _partial("ix_pages_lease_owner", "lease_owner", where="lease_owner IS NOT NULL"),
    )

    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_column_kwargs={"autoincrement": False})
    feed_id: str = Field(foreign_key="feeds.id")
    due: datetime | None  # None: read, or given up
    attempts: int = 0
    read_at: datetime | None = None
    error: str = Field(default="", sa_type=OutsideText)
    lease_until: datetime | None = None
    lease_owner: str | None = None


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
    """One decision about a hit; rows are only ever added."""

    __tablename__ = "dispositions"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hits.id", index=True)
    at: datetime
    who: str = Field(sa_type=OutsideText)
    was: str
    became: str
    reason: str = Field(sa_type=OutsideText)


class AuditRow(Base, table=True):
    """What somebody did that no table of its own tells: a login, a message sent again; rows are only ever added."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    who: str = Field(sa_type=OutsideText)
    what: str  # "login", "login refused", "logout", "retry"
    about: str = Field(sa_type=OutsideText)


class AlertRow(Base, table=True):
    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("story_id", "subject", "channel"),
        Index("ix_alerts_subject_kind_channel_id", "subject", "kind", "channel", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(sa_type=OutsideText)
    story_id: int = Field(foreign_key="stories.id")
    channel: str
    kind: str  # "alert": made at once; "digest": held
    severity: str  # the most severe of its hits
    made: datetime
    reason: str = Field(sa_type=OutsideText)


class UntoldRow(Base, table=True):
    """Why a channel was not told of a hit; channel "": why nobody was."""

    __tablename__ = "untold"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hits.id", index=True)
    at: datetime
    channel: str
    reason: str = Field(sa_type=OutsideText)


class SilenceRow(Base, table=True):
    """Conditions are "" where they are not given."""

    __tablename__ = "silences"

    id: int | None = Field(default=None, primary_key=True)
    starts: datetime
    ends: datetime = Field(index=True)
    reason: str = Field(sa_type=OutsideText)
    who: str = Field(sa_type=OutsideText)
    watchlist: str = Field(sa_type=OutsideText)
    entity: str = Field(sa_type=OutsideText)
    feed: str = Field(sa_type=OutsideText)
    text: str = Field(sa_type=OutsideText)


class TroubleRow(Base, table=True):
    """Something wrong with the monitor that people were told of, until it is over."""

    __tablename__ = "troubles"

    key: str = Field(primary_key=True, sa_type=OutsideText)
    said: str = Field(sa_type=OutsideText)
    since: datetime
    severity: str
    feed: str = Field(sa_type=OutsideText)
    watchlist: str = Field(sa_type=OutsideText)
    channel: str


class AlertHitRow(Base, table=True):
    __tablename__ = "alert_hits"

    alert_id: int = Field(primary_key=True, foreign_key="alerts.id")
    hit_id: int = Field(primary_key=True, foreign_key="hits.id", index=True)


class DeliveryRow(Base, table=True):
    __tablename__ = "deliveries"
    __table_args__ = (
        _partial("ix_deliveries_due", "channel", "next_attempt", where="state = 'pending'"),
        _partial("ix_deliveries_lease_owner", "lease_owner", where="lease_owner IS NOT NULL"),
        Index("ix_deliveries_state_id", "state", "id"),
        Index("ix_deliveries_sent_at", "sent_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    channel: str
    recipient: str = Field(sa_type=OutsideText)
    kind: str
    note: str = Field(default="", sa_type=OutsideText)  # why it comes as it does
    notice: str = Field(default="", sa_type=OutsideText)  # of kind "notice": JSON
    state: str
    attempts: int = 0
    handed: bool = False  # handed out to be sent at least once: it may have gone out, so its uid must stay
    created: datetime
    next_attempt: datetime | None
    last_error: str = Field(default="", sa_type=OutsideText)
    sent_at: datetime | None = None
    provider_id: str = Field(default="", sa_type=OutsideText)
    lease_until: datetime | None = None
    lease_owner: str | None = None


class DeliveryAlertRow(Base, table=True):
    __tablename__ = "delivery_alerts"

    delivery_id: int = Field(primary_key=True, foreign_key="deliveries.id")
    alert_id: int = Field(primary_key=True, foreign_key="alerts.id", index=True)


class ThreadRow(Base, table=True):
    """The message that began the latest thread about a subject at a recipient, for later ones to follow below it."""

    __tablename__ = "threads"

    channel: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True, sa_type=OutsideText)
    subject: str = Field(primary_key=True, sa_type=OutsideText)
    provider_id: str = Field(sa_type=OutsideText)
    started: datetime


class ListRow(Base, table=True):
    """A watchlist as it was last taken up: what the next version of it is compared with."""

    __tablename__ = "lists"

    watchlist: str = Field(primary_key=True, sa_type=OutsideText)
    version: str
    taken: datetime
    records: bytes = Field(sa_type=LargeBinary)  # JSON, zlib: {id: [[name …], [programme …]]}


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


feeds = FeedRow.__table__
list_sets = ListSetRow.__table__
polls = PollRow.__table__
stories = StoryRow.__table__
story_keys = StoryKeyRow.__table__
story_probes = StoryProbeRow.__table__
articles = ArticleRow.__table__
entry_keys = EntryKeyRow.__table__
versions = VersionRow.__table__
pages = PageRow.__table__
hits = HitRow.__table__
mentions = MentionRow.__table__
dispositions = DispositionRow.__table__
audit = AuditRow.__table__
alerts = AlertRow.__table__
alert_hits = AlertHitRow.__table__
untold = UntoldRow.__table__
silences = SilenceRow.__table__
troubles = TroubleRow.__table__
deliveries = DeliveryRow.__table__
delivery_alerts = DeliveryAlertRow.__table__
threads = ThreadRow.__table__
lists = ListRow.__table__
list_changes = ListChangeRow.__table__
rescreens = RescreenRow.__table__
