"""Entries as feeds give them, and articles as they are screened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a feed gave it. Texts are plain text; nothing is dropped for a missing or odd date."""

    guid: str  # "" when the feed gives none
    url: str  # absolute; "" when the feed gives none
    title: str
    summary: str  # the longest of summary, description and content
    published: datetime | None = None  # aware, UTC; None when missing or not understood
    updated: datetime | None = None
    published_raw: str = ""  # what the feed said, kept beside what was understood
    lang: str = ""  # BCP 47, of the entry or else of the feed; "" when unknown


@dataclass(frozen=True, slots=True)
class Article:
    """A text to screen: what mentions' offsets refer to."""

    id: str
    title: str
    text: str
    lang: str = ""
    date: datetime | None = None  # as published


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """Where a stored article came from, as alerts, pages and JSON show it."""

    id: int
    title: str
    url: str
    feed: str  # the feed's id
    published: datetime | None
    first_seen: datetime
    lang: str = ""
    story: int = 0  # near-identical articles share a story
