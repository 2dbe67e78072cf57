"""RSS 0.9–2.0, RDF and Atom, read by feedparser with everything turned off that touches markup, disk or network. Pure.

Its sanitizer takes time by the square of what it is given, and a string handed to it may be opened as a file: it is
given bytes in memory, already decoded and mended, and its texts become plain text afterwards.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import feedparser

from monitor.errors import ParseError
from monitor.feeds.entries import MAX_ENTRIES, Document, Draft

MAX_TAGS = 300_000
"""Of one document, CDATA included. feedparser takes 20 µs for each; the most that one of 54 newspapers' feeds has are
3,000, and 10,000 entries of a dozen elements have 240,000."""

_UNREAD = re.compile(
    r"<((?:[A-Za-z0-9]{1,20}:)?(?:category|comments|credit|enclosure|keywords|subject|thumbnail))(?:\s[^<>]*)?(?:/>|>"
    r"(?:[^<]*|\s*<!\[CDATA\[[^<]*\]\]>\s*)</\1\s*>)",
    re.IGNORECASE,
)
"""Nothing here reads them, and feedparser takes its time: keywords it compares each with each, 40,000 took 27 s."""

_ENDLESS = re.compile(r"[A-Za-z0-9_.+\-]{1500,}")
"""No word is that long; feedparser's search for an author's address takes time by the square of it."""

_LONG_WORD = re.compile(r"\S{1500}")
_LONG_PIECE = re.compile(r"[^<]{5000}")

_CROWDED = re.compile(r"<([A-Za-z][A-Za-z0-9:_-]{0,50})[^<>]{5000,}>")
"""A tag of many attributes: 25,000 took 9 s. Long ones of few attributes (a picture in its address) are usual."""

_BEGIN = re.compile(r"<(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)
_END = re.compile(r"</(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[A-Za-z0-9]{1,20}:)?(?:rss|feed|RDF|channel)\s*>", re.IGNORECASE)
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}


def read_syndication(text: str) -> Document | None:
    """The feed in a mended document; None when it is none. Addresses stay relative, so that ids stay as they are."""
    text, left_out = _first_entries(text)
    if text.count("<") > MAX_TAGS:
        entries_begun = len(_BEGIN.findall(text))
        raise ParseError(f"more than {MAX_TAGS:,} tags for {entries_begun:,} entries: no feed, but made to harm")
    text = _slimmed(text)
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:
        raise ParseError(f"a document that the parser fails on ({type(error).__name__}: {error})") from error
    entries: list[Any] = parsed.entries
    if not parsed.get("version") and not entries:
        return None
    problems = [f"only the first {MAX_ENTRIES} entries were read, {left_out} left out"] if left_out else []
    truncated = False
    if parsed.bozo:
        problems.append(f"not well-formed XML ({_reason(parsed.get('bozo_exception'))}), read as far as possible")
        truncated = _breaks_off(text)
        if truncated:
            entries = entries[: max(len(entries) - 1, 0)]
            problems.append("the document breaks off in the middle of an entry, which is left out until it is whole")
        whole = len(_END.findall(text))
        if whole > len(entries):
            problems.append(f"{whole - len(entries)} of {whole} entries could not be read")
    feed = parsed.feed
    return Document(
        title=_text(feed, "title"),
        lang=_text(feed, "language") or _detail_language(feed),
        drafts=[_draft(entry) for entry in entries],
        problems=tuple(problems),
        truncated=truncated,
        every=_every(feed),
    )


def _slimmed(text: str) -> str:
    """Without what nothing here reads and what only attackers write; the rare is looked for only where it can be."""
    text = _UNREAD.sub("", text)
    if _LONG_WORD.search(text):
        text = _ENDLESS.sub(" ", text)
    if _LONG_PIECE.search(text):
        text = _CROWDED.sub(_bare, text)
    return text


def _first_entries(text: str) -> tuple[str, int]:
    """The document with at most MAX_ENTRIES entries and what follows the last, and how many that leaves out."""
    ends = [found.end() for found in _END.finditer(text)]
    if len(ends) <= MAX_ENTRIES:
        return text, 0
    return text[: ends[MAX_ENTRIES - 1]] + text[ends[-1] :], len(ends) - MAX_ENTRIES


def _draft(entry: Any) -> Draft:
    texts = [_text(entry, "summary"), *(_text(part, "value") for part in _parts(entry, "content"))]
    return Draft(
        guid=_text(entry, "id"),
        url=_link(entry),
        title=_text(entry, "title"),
        texts=texts,
        published=_text(entry, "published") or _text(entry, "created"),
        updated=_text(entry, "updated"),
        lang=_text(entry, "language") or _detail_language(entry),
    )


def _link(entry: Any) -> str:
    """Where the article is: the publisher's own address before a counter's, the id only where it is an address."""
    guid = _text(entry, "id")
    links = [_text(link, "href") for link in _parts(entry, "links") if _text(link, "rel") in ("alternate", "")]
    for link in (_text(entry, "feedburner_origlink"), _text(entry, "link"), *links, guid):
        if link and (link != guid or link.startswith(("http://", "https://", "/"))):
            return link
    return ""


def _bare(tag: re.Match[str]) -> str:
    if tag[0].count("=") <= 200:
        return tag[0]
    return f"<{tag[1]}/>" if tag[0].endswith("/>") else f"<{tag[1]}>"


def _text(node: Any, key: str) -> str:
    if key not in node:
        return ""  # get() would answer `updated` with `published`
    value = node[key]
    return value if isinstance(value, str) else ""


def _parts(node: Any, key: str) -> Iterable[Any]:
    return node[key] if key in node and isinstance(node[key], list) else ()


def _detail_language(node: Any) -> str:
    return _text(node["title_detail"], "language") if "title_detail" in node else ""


def _breaks_off(text: str) -> bool:
    """Whether the document ends inside an entry; one that only forgets to close its entries does not."""
    if _ROOT_END.search(text, max(len(text) - 1000, 0)):
        return False
    begins = [found.end() for found in _BEGIN.finditer(text)]
    ends = [found.start() for found in _END.finditer(text)]
    return bool(begins) and (not ends or begins[-1] > ends[-1])


def _every(feed: Any) -> float | None:
    """Seconds between changes by `ttl` (minutes) or the syndication module (http://purl.org/rss/1.0/modules/syndication)."""
    try:
        if ttl := _text(feed, "ttl"):
            return float(ttl) * 60
        if period := _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower()):
            return period / max(float(_text(feed, "sy_updatefrequency") or 1), 1)
    except ValueError:
        pass  # a word where a number belongs: no hint then
    return None


def _reason(error: Any) -> str:
    line = getattr(error, "getLineNumber", lambda: None)()
    message = getattr(error, "getMessage", lambda: str(error))()
    return f"{message}, line {line}" if line else str(message)
