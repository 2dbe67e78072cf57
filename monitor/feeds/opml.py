"""OPML, the exchange format of feed lists (http://opml.org/spec2.opml): read forgivingly, written strictly. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from lxml import etree

from monitor.errors import ParseError
from monitor.model.settings import FeedSource

MAX_BYTES = 20_000_000
"""Ten thousand feeds take about 3 MB."""


def read_opml(document: bytes) -> tuple[list[FeedSource], list[str]]:
    """The feeds of an OPML document, and a line for each outline that was left out.

    Many published files are not well-formed XML; what can be read is read. Raises ParseError when nothing can.
    """
    if len(document) > MAX_BYTES:
        raise ParseError(f"the OPML file has {len(document)} bytes; at most {MAX_BYTES} are read")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"not an OPML file: {error}") from error
    if root is None or str(root.tag).lower() != "opml":
        raise ParseError("not an OPML file: its first element is not <opml>")
    feeds: list[FeedSource] = []
    problems: list[str] = []
    seen: set[str] = set()
    for outline in root.iter("outline"):
        attributes = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
        url = attributes.get("xmlurl", "").strip()
        if not url:
            continue
        where = f"line {outline.sourceline}"
        if not url.startswith(("http://", "https://")):
            problems.append(f"{where}: {url[:100]!r} is not an http(s) address")
            continue
        if url in seen:
            problems.append(f"{where}: {url} is listed twice")
            continue
        seen.add(url)
        title = (attributes.get("title") or attributes.get("text") or "").strip()[:200]
        feeds.append(FeedSource(id=feed_id(title or url, {feed.id for feed in feeds}), url=url, title=title))
    return feeds, problems


def feed_id(title: str, taken: Iterable[str]) -> str:
    """An id made from a title or address: ASCII letters, digits and hyphens, not among `taken`."""
    plain = unicodedata.normalize("NFKD", title.removeprefix("https://").removeprefix("http://").removeprefix("www."))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().casefold()).strip("-")[:60] or "feed"
    names, number, candidate = set(taken), 2, slug
    while candidate in names:
        candidate, number = f"{slug}-{number}", number + 1
    return candidate


def write_opml(feeds: Iterable[FeedSource]) -> str:
    """The feeds as an OPML 2.0 document."""
    rows = "".join(
        f'    <outline type="rss" text={quoteattr(feed.title or feed.id)} xmlUrl={quoteattr(feed.url)}/>\n'
        for feed in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head><title>Watched feeds</title></head>\n  <body>\n{rows}  </body>\n</opml>\n"
    )
