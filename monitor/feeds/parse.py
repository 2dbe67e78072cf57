"""Bytes to entries: RSS, RDF, Atom, JSON Feed and news sitemaps, told apart by what they are, not their labels. Pure.

One broken entry costs that entry and is told; a document that is no feed is refused in words that say what it is.
Runs in a worker process that can be killed; the limits here make that a last resort.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.errors import ParseError
from monitor.feeds.decode import decode, mend
from monitor.feeds.entries import MAX_ENTRIES, Document, Draft, finish, language, text_of
from monitor.feeds.jsonfeed import read_json
from monitor.feeds.sitemap import read_sitemap
from monitor.feeds.syndication import read_syndication
from monitor.model.articles import Entry

MAX_PROBLEMS = 20
"""Told one by one; the rest as a number."""

MAX_UNPACKED = 20_000_000
"""Bytes of a document that its server keeps compressed (`sitemap.xml.gz`)."""

_HTML_ROOTS = frozenset(
    {"a", "b", "body", "br", "center", "div", "font", "h1", "head", "html", "link", "meta", "p", "script", "style"}
)
_FIRST_ELEMENT = re.compile(r"<\s*(!doctype\s+)?([A-Za-z][A-Za-z0-9:._-]*)", re.IGNORECASE)
_OTHER_FILES = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a document says."""

    title: str
    entries: tuple[Entry, ...]  # in the document's order; exact repetitions once
    problems: tuple[str, ...] = ()  # in words, for a person
    lang: str = ""  # BCP 47
    truncated: bool = False  # it breaks off: asking again may give the rest
    every: float | None = None  # seconds between changes, as the publisher says


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """The entries of a fetched document. `url` is where it was found, for relative links.

    Raises ParseError, with a reason a person understands, for what is no feed.
    """
    text = decode(_unpacked(body), content_type)
    document = _read(text, body)
    lang = language(document.lang)
    problems = list(document.problems)
    entries = tuple(_finished(document.drafts, url, lang, problems))
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"and {len(problems) - MAX_PROBLEMS} more problems"]
    title = text_of(document.title).replace("\n", " ")[:200]
    return ParsedFeed(title, entries, tuple(problems), lang, document.truncated, document.every)


def _read(text: str, body: bytes) -> Document:
    text = text.strip("\ufeff \t\r\n\0")
    if not text:
        raise ParseError("an empty body, not a feed")
    if text.startswith(("{", "[")):
        return read_json(text)
    mended = mend(text)
    root = _root(mended)
    if root == "urlset":
        return read_sitemap(mended)
    if root == "sitemapindex":
        first = re.search(r"<(?:\w+:)?loc>\s*([^<\s]{1,500})", mended)
        raise ParseError(
            f"a list of sitemaps, not a feed; poll one of them, such as {first[1] if first else 'its first'}"
        )
    if root in ("", "html") or (document := read_syndication(mended)) is None:
        raise ParseError(_what_it_is(text, body, root))
    return document


def _root(text: str) -> str:
    """The local name of the first element, lower case; "html" also for HTML's doctype."""
    found = _FIRST_ELEMENT.search(text, 0, 100_000)
    return found[2].lower().rpartition(":")[2] if found else ""


def _what_it_is(text: str, body: bytes, root: str) -> str:
    head = text[:100_000].lower()
    if root in _HTML_ROOTS or "<html" in head or "<!doctype html" in head:
        return "an HTML page, not a feed; `monitor feeds discover` with its address finds the feeds it links to"
    for start, name in _OTHER_FILES:
        if body.startswith(start):
            return f"{name}, not a feed"
    if root:
        return f"a document of <{root[:40]}>, neither RSS, Atom, JSON Feed nor a news sitemap"
    return f"no feed: it begins with {' '.join(text[:60].split())!r}"


def _finished(drafts: Iterable[Draft], url: str, lang: str, problems: list[str]) -> Iterable[Entry]:
    seen: set[tuple[str, ...]] = set()
    for number, draft in enumerate(drafts, 1):
        if number > MAX_ENTRIES:
            problems.append(f"only the first {MAX_ENTRIES} entries were read")
            return
        entry, odd = finish(draft, base=url, lang=lang)
        if odd:
            problems.append(f"entry {number}: {odd}")
        same: tuple[str, ...] = (entry.url, entry.title, entry.summary)
        if not (entry.url and (entry.title or entry.summary)):
            same += (entry.guid, entry.published_raw)
        if same not in seen:
            seen.add(same)
            yield entry


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise ParseError(f"a compressed file that is damaged ({error}), not a feed") from error
    if unpacker.unconsumed_tail:
        raise ParseError(f"a compressed file of more than {MAX_UNPACKED} bytes")
    return unpacked
