"""The feeds of a site, from the address of any of its pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml import etree

from monitor.errors import FetchError, ParseError
from monitor.feeds.decode import decode
from monitor.feeds.entries import address
from monitor.feeds.fetch import fetch_feed
from monitor.feeds.parse import parse_feed
from monitor.model.feeds import Validators

if TYPE_CHECKING:
    from monitor.client import Client

MAX_TRIED = 12
"""Addresses that one discovery asks; a site's own links come first."""

USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json", "/news-sitemap.xml")
"""Where publishing systems put their feeds; asked only when a page names none."""

_FEED_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:application|text)/xml", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/._=-])(?:rss|atom|feeds?|rdf)(?:$|[/._?&0-9-])", re.IGNORECASE)


def discover(client: Client, url: str) -> list[tuple[str, str]]:
    """(address, title) of the feeds found at `url`, each one fetched and read; the most likely first.

    The address itself when it is a feed; else those that its page links to; else what answers at the usual paths.
    Raises FetchError when the address cannot be fetched.
    """
    page = fetch_feed(client, url, Validators())
    try:
        return [(page.moved or url, parse_feed(page.body, page.content_type, page.url).title)]
    except ParseError:
        links = feed_links(decode(page.body, page.content_type), page.url)
    found = _those_that_are_feeds(client, links)
    if not found:
        usual = [(urljoin(page.url, path), "") for path in USUAL_PATHS]
        found = _those_that_are_feeds(client, [pair for pair in usual if pair not in links])[:1]
    return found


def feed_links(html: str, url: str) -> list[tuple[str, str]]:
    """(address, title) of what a page at `url` calls its feeds, or links to as if it were one. Pure.

    Declared feeds first, comments' feeds last.
    """
    parser = etree.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
    try:
        root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return []
    if root is None:
        return []
    base = urljoin(url, next((node.get("href") or "" for node in root.iter("base")), ""))
    declared = [
        (node.get("href") or "", node.get("title") or "")
        for node in root.iter("link")
        if "alternate" in (node.get("rel") or "").lower().split()
        and _FEED_TYPES.match((node.get("type") or "").strip())
    ]
    linked = [
        (node.get("href") or "", " ".join("".join(node.itertext()).split()))
        for node in root.iter("a")
        if _looks_like_feed(node.get("href") or "")
    ]
    found: dict[str, str] = {}
    for href, title in [*declared, *linked]:
        if where := address(href, base):
            found.setdefault(where, title.strip()[:200])
    return sorted(found.items(), key=lambda pair: "comment" in f"{pair[0]} {pair[1]}".lower())


def _looks_like_feed(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return bool(_LOOKS_LIKE_FEED.search(f"{parts.path}?{parts.query}" if parts.query else parts.path))


def _those_that_are_feeds(client: Client, links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    found = []
    for where, title in links[:MAX_TRIED]:
        try:
            fetched = fetch_feed(client, where, Validators())
            parsed = parse_feed(fetched.body, fetched.content_type, fetched.url)
        except (FetchError, ParseError):
            continue  # a dead or mistaken link is no feed: nothing that a person must hear of
        found.append((where, parsed.title or title))
    return found
