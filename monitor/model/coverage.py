"""What was looked at: polls, gaps between them, texts that were screened, lists that they were screened against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WatchedFeed:
    """A feed, and since when it is watched."""

    id: str
    title: str
    url: str
    since: datetime  # first configured, or first polled
    until: datetime | None = None  # since when it is not watched any more
    interval: float | None = None  # seconds, where a person set it


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a feed, as it was recorded."""

    feed: str
    started: datetime
    finished: datetime
    error: str = ""
    unchanged: bool = False
    seen: int = 0  # entries in the document
    new: int = 0
    edited: int = 0
    known: int | None = None  # entries that had been seen before; None: nobody counted
    next_poll: datetime | None = None  # when the next was to be; None: it was not noted
    list_set: int | None = None  # what was screened against


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a feed had no successful poll for longer than its interval explains."""

    feed: str
    since: datetime  # the last success before it, or when watching began
    due: datetime  # when a poll was to be
    until: datetime | None  # the next success, or when watching ended; None: there was none yet
    failed: int = 0  # polls that failed meanwhile
    said: str = ""  # the last failure's
    down: bool = False  # the monitor itself was not running for a part of it
    caught_up: bool | None = None
    """Whether the next success still listed entries that were known before: then none was missed. None: not known."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch in which no feed at all was polled though some were due: the monitor was not running."""

    since: datetime  # the last poll before it
    until: datetime | None  # the next one; None: there was none yet


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that were screened."""

    articles: int = 0
    full: int = 0  # of these, with the full text of their page
    characters: int = 0  # code points, title not counted

    def __add__(self, other: Texts) -> Texts:
        return Texts(
            self.articles + other.articles, self.full + other.full, self.characters + other.characters
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedCoverage:
    """What was looked at of one feed."""

    feed: WatchedFeed
    polls: int
    failed: int
    unchanged: int  # polls that brought nothing new
    entries: int  # that were new
    edited: int
    last_success: datetime | None
    gaps: tuple[Gap, ...]
    texts: Texts = Texts()

    @property
    def healthy(self) -> bool:
        """Polled throughout: each gap, if there was any, was caught up."""
        return self.polls > self.failed and all(gap.caught_up for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class ListUsed:
    """A version of a list that texts were screened against. What is not known of it is "" or None."""

    watchlist: str
    version: str
    first: datetime  # in the period
    last: datetime
    title: str = ""
    licence: str = ""
    origin: str = ""
    entities: int | None = None
    names: int | None = None


@dataclass(frozen=True, slots=True)
class MatcherUsed:
    version: str
    first: datetime  # in the period
    last: datetime


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """New names held against articles that were stored already."""

    made: datetime
    since: datetime  # articles first seen from then on
    names: int
    articles: int  # looked at so far
    hits: int
    finished: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A hit's way to one recipient."""

    channel: str
    recipient: str
    state: str  # "pending", "sent", "dead"
    sent_at: datetime | None
