"""Entries made of what the formats give: plain text, absolute addresses, dates, everything bounded. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

from monitor.feeds.dates import parse_date
from monitor.htmltext import plain_text
from monitor.model.articles import Entry

MAX_ENTRIES = 10_000
"""Of one document; a news sitemap has at most 1,000."""

MAX_MARKUP, MAX_TEXT, MAX_TITLE = 1_000_000, 200_000, 2_000
"""Code points: of an entry's markup that is looked at, of its text and of its title. A long book chapter has 60,000."""

MAX_URL = 4_000
"""Code points of an address or id; servers refuse longer ones."""

_STILL_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_REDIRECTORS = re.compile(
    r"https?://(?:www\.)?(?:google\.[a-z.]{2,6}/url|bing\.com/news/apiclick\.aspx)\?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as a format gives it. Texts may hold markup; addresses may be relative to the feed's."""

    guid: str = ""
    url: str = ""
    title: str = ""
    texts: Sequence[str] = ()  # summary, description, content …
    published: str = ""
    updated: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as its format gives it."""

    title: str = ""
    lang: str = ""
    drafts: Sequence[Draft] = ()
    problems: tuple[str, ...] = ()
    truncated: bool = False  # it breaks off; what it breaks off in is not among the drafts
    every: float | None = None  # seconds between its changes, as the publisher says


def finish(draft: Draft, *, base: str, lang: str) -> tuple[Entry, str]:
    """The entry, and what is odd about it in words ("" for nothing).

    base: the feed's address; lang: the feed's, for entries that name none.
    """
    title = text_of(draft.title).replace("\n", " ")
    summary = max((text_of(text) for text in draft.texts), key=len, default="")
    published_raw = " ".join((draft.published or draft.updated)[:100].split())
    published = parse_date(published_raw)
    odd = []
    if published_raw and not published:
        odd.append(f"date {published_raw!r} not understood")
    if len(title) > MAX_TITLE or len(summary) > MAX_TEXT or any(len(text) > MAX_MARKUP for text in draft.texts):
        odd.append("text cut, it is too long")
    entry = Entry(
        guid=_bounded(draft.guid),
        url=address(draft.url, base),
        title=title[:MAX_TITLE],
        summary=summary[:MAX_TEXT],
        published=published,
        updated=parse_date(draft.updated),
        published_raw=published_raw,
        lang=language(draft.lang) or lang,
    )
    return entry, ", ".join(odd)


def text_of(markup: str) -> str:
    """Plain text of markup, also where publishers escaped it twice."""
    text = plain_text(markup[:MAX_MARKUP])
    for _ in range(2):
        if not _STILL_ESCAPED.search(text):
            break
        text = plain_text(text)
    return text


def address(url: str, base: str) -> str:
    """An absolute http(s) address; "" for anything else. Search engines' redirectors give way to where they lead."""
    url = "".join(url.split()) if len(url) <= MAX_URL else ""
    if not url:
        return ""
    try:
        url = urljoin(base, url)
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
        if _REDIRECTORS.match(url):
            query = parse_qs(parts.query, max_num_fields=30)
            target = next((query[key][0] for key in ("url", "q") if key in query), "")
            if target.startswith(("http://", "https://")) and urlsplit(target).hostname:
                return target
    except ValueError:  # a broken IPv6 address, a port that is no number
        return ""
    return url


def language(tag: str) -> str:
    """A BCP 47 tag, "" for what is none."""
    tag = tag.strip().replace("_", "-")
    return tag if _LANG.fullmatch(tag) else ""


def _bounded(guid: str) -> str:
    return " ".join(guid[:MAX_URL].split())
