"""read_page: an article's page fetched, with its site's leave, and its text extracted. The room's only effects."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from monitor.articles.robots import Rules, product, read_rules
from monitor.articles.text import Page, extract_page, refuse_other_types
from monitor.errors import FetchError

if TYPE_CHECKING:
    from monitor.client import Client, Leg
    from monitor.workers import Workers

__all__ = ["Page", "extract_page", "read_page"]

MAX_BYTES = 5_000_000
"""Bytes of a page, decompressed: ten times the largest newspaper page that was measured."""

DEADLINE = 20.0
"""Seconds for extraction. Pages take 0.05 s; 400 kB of unclosed paragraphs were seen to take 6 s."""

RULES_BYTES = 2_000_000
RULES_KEPT = 86_400.0  # seconds; the longest that RFC 9309 allows
RULES_RETRY = 240.0  # seconds that a robots.txt which could not be read is left alone: less than until a page's retry
SITES = 500  # whose rules are remembered

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


def read_page(
    client: Client, workers: Workers, url: str, *, timeout: float, leg: Leg | None = None, stay: bool = False
) -> Page:
    """Fetch a page, if its site's robots.txt allows it, and extract its article. What is not to be kept says so.

    timeout: seconds for the page's fetch; its site's robots.txt, asked for once a day, has as much again. Raises
    FetchError (also where robots.txt forbids it), ParseError for what is no page, WorkError when extraction fails.
    leg, stay: as in `Client.get`, which raises Elsewhere then.
    """
    response = client.get(
        url,
        {"accept": ACCEPT},
        timeout=timeout,
        max_bytes=min(MAX_BYTES, client.max_bytes),
        check=lambda each: _leave(client).ask(each, timeout),
        spool=True,
        leg=leg,
        stay=stay,
    )
    content_type = response.headers.get("content-type", "")
    if response.spooled is None:
        refuse_other_types(response.body, content_type)
    page = workers.run(extract_page, response.spooled or response.body, content_type, timeout=DEADLINE)
    if page.keep and not forbids_keeping(response.headers.get("x-robots-tag", ""), product(client.user_agent)):
        return page
    return replace(page, keep=False)


def forbids_keeping(tag: str, name: str) -> bool:
    """Whether an X-Robots-Tag header says noarchive to all robots or to the one called `name`."""
    for part in tag.lower().split(","):
        robot, _, directive = part.rpartition(":")
        if directive.strip() == "noarchive" and robot.strip() in ("", name):
            return True
    return False


class _Leave:
    """Asks sites for leave, and remembers what they said."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._name = product(client.user_agent)
        self._known: OrderedDict[str, tuple[float, Rules | FetchError]] = OrderedDict()  # origin → until when, what
        self._lock = threading.Lock()

    def ask(self, url: str, timeout: float) -> None:
        """Raises FetchError when the site forbids the URL, or has rules that cannot be read just now."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        said = self._rules(origin, timeout)
        if isinstance(said, FetchError):
            raise FetchError(
                f"its robots.txt cannot be read: {said}",
                retryable=said.retryable,
                status=said.status,
                retry_after=said.retry_after,
            )
        if not said.allow((parts.path or "/") + (f"?{parts.query}" if parts.query else "")):
            raise FetchError(f"{parts.hostname}: its robots.txt asks not to fetch this page", retryable=False)

    def _rules(self, origin: str, timeout: float) -> Rules | FetchError:
        now = time.monotonic()
        with self._lock:
            until, said = self._known.get(origin, (0.0, Rules()))
        if now < until:
            return said
        said = self._read(origin, timeout)
        kept = RULES_RETRY if isinstance(said, FetchError) else RULES_KEPT
        with self._lock:
            self._known[origin] = (now + kept, said)
            self._known.move_to_end(origin)
            while len(self._known) > SITES:
                self._known.popitem(last=False)
        return said

    def _read(self, origin: str, timeout: float) -> Rules | FetchError:
        try:
            response = self._client.get(f"{origin}/robots.txt", timeout=timeout, max_bytes=RULES_BYTES)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return Rules()  # RFC 9309, 2.3.1.3: no rules
            return error
        return read_rules(response.body, self._name)


_leaves: WeakKeyDictionary[Client, _Leave] = WeakKeyDictionary()
_leaves_lock = threading.Lock()


def _leave(client: Client) -> _Leave:
    """What sites said belongs to the client that asked them, and goes with it."""
    with _leaves_lock:
        return _leaves.setdefault(client, _Leave(client))
