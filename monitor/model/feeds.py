"""Feeds as they are known to the database, and what one poll found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.articles import Article, Entry
from monitor.model.matches import Hit
from monitor.model.settings import FeedSource


class FeedState(StrEnum):
    NEW = "new"  # never answered so far, and not to blame for it
    OK = "ok"
    FAILING = "failing"
    GONE = "gone"  # answered 410; still tried, rarely
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional. Stored in the same transaction as the entries they stand for."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed's server says that it has moved for good (301, 308)."""

    to: str = ""  # "": nowhere
    since: datetime | None = None  # when that was first said
    polls: int = 0  # that said so, in a row
    followed: bool = False  # said for long enough: it is asked for there


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed and how it is doing."""

    source: FeedSource
    state: FeedState
    validators: Validators
    failures: int  # in a row
    last_polled: datetime | None
    last_success: datetime | None
    last_error: str
    entries: int  # stored so far
    next_poll: datetime | None = None
    move: Move = Move()
    pace: float | None = None  # seconds between two of its entries, as they usually come; None: unknown


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What the database knows of an entry with one of the keys asked for."""

    article: int
    digest: str  # of the feed's own title and text, as last seen (feeds.identity.digest)
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An entry that is unseen, or was edited, as screened."""

    entry: Entry
    keys: tuple[str, ...]  # its identity keys within the feed
    digest: str  # feeds.identity.digest of the entry
    article: Article  # id "" until stored
    hits: tuple[Hit, ...]
    known: int | None = None  # the stored article's id when this is an edit
    page_due: bool = False  # its page is to be read for the full text


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll of one feed came to. Exactly one of: unchanged, fetched with entries, failed with an error."""

    feed: str
    started: datetime
    finished: datetime
    validators: Validators
    next_poll: datetime
    status: int | None = None  # HTTP status
    unchanged: bool = False
    seen: int = 0  # entries in the document
    articles: tuple[NewArticle, ...] = ()
    problems: tuple[str, ...] = ()  # entries skipped, dates not understood …
    error: str = ""
    gone: bool = False
    excused: bool = False  # it failed because our network is down: held against no feed
    title: str = ""  # as the feed calls itself
    move: Move = Move()
    pace: float | None = None  # as in FeedStatus
    list_versions: tuple[tuple[str, str], ...] = ()  # (watchlist, version) screened against
    matcher_version: str = ""


@dataclass(frozen=True, slots=True)
class DuePage:
    """An article whose page is to be read."""

    article_id: int
    url: str
    feed: str
    entry_title: str
    entry_text: str
    lang: str
    attempts: int


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What reading one page came to."""

    article_id: int
    finished: datetime
    article: Article | None = None  # with the full text; None when the page failed
    hits: tuple[Hit, ...] = ()
    error: str = ""
    retry_at: datetime | None = None  # None with an error: given up, the feed's own text stands
    list_versions: tuple[tuple[str, str], ...] = ()
    matcher_version: str = ""
    keep: bool = True  # False: of the text nothing is stored but the sentences of its hits


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a transaction added."""

    entries: int = 0
    edited: int = 0
    hits: tuple[int, ...] = ()  # ids of new hits
    deliveries: int = 0
    articles: tuple[int, ...] = ()  # of a poll: the number of each of its articles, in their order
