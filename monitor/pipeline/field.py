"""Fieldwork: what is done of polling and reading away from the database, here or in a worker of a cluster.

A piece of work is a module's own function of `Tools`; it and what it returns pickle, so that it can be done elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from monitor.articles.extract import Page, read_page
from monitor.client import Client, Elsewhere, Leg
from monitor.errors import MonitorError
from monitor.feeds.fetch import Fetched, fetch_feed
from monitor.feeds.parse import ParsedFeed, parse_feed
from monitor.matching import MATCHER_VERSION, Matcher
from monitor.model.articles import Article
from monitor.model.feeds import Validators
from monitor.model.matches import Hit
from monitor.workers import Workers

PARSE_DEADLINE, PARSE_PER_MB = 10.0, 1.0
"""Seconds, and seconds more for each megabyte. A 1.5 MB feed parses in 0.1 s, on a machine that does ten other things
at once in 1 s; what takes so much longer is an attack."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tools:
    """What fieldwork is done with."""

    client: Client
    workers: Workers
    matcher: Matcher
    timeout: float  # seconds, of one fetch
    stay: bool = False  # ask no other host than the one that the work was given for


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A feed's answer, without the bytes; `parsed` is None where nothing changed or `error` says why it is no feed."""

    fetched: Fetched
    parsed: ParsedFeed | None = None
    error: MonitorError | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """The hits of each article, and what they were screened against."""

    hits: tuple[tuple[Hit, ...], ...]
    list_versions: tuple[tuple[str, str], ...]
    seconds: float = 0.0  # of the processor
    matcher_version: str = MATCHER_VERSION


class Hands(Protocol):
    """Who does the fieldwork. Errors of ours that it raises come through as they are."""

    def ask(self, url: str, work: Callable[[Tools, str, Leg | None], T | Leg], /) -> T:
        """The work at the host of this URL, with all manners; where it returns a leg, the rest at the leg's host.

        Raises WorkersGone when nobody is there to do it.
        """

    def do(self, work: Callable[Concatenate[Tools, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Work that asks no host, with the lists of now. Raises WorkersGone."""

    def problems(self) -> list[str]:
        """Why nobody is there; empty when somebody is."""


class Here:
    """Fieldwork in the calling thread."""

    def __init__(self, tools: Callable[[], Tools]) -> None:
        self._tools = tools

    def ask(self, url: str, work: Callable[[Tools, str, Leg | None], T | Leg], /) -> T:
        found = work(self._tools(), url, None)
        if isinstance(found, Leg):
            raise TypeError("work that may go to any host came back with a leg")
        return found

    def do(self, work: Callable[Concatenate[Tools, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return work(self._tools(), *args, **kwargs)

    def problems(self) -> list[str]:
        return []


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """Fetch a feed and parse it. Raises FetchError."""

    validators: Validators

    def __call__(self, tools: Tools, url: str, leg: Leg | None) -> FeedRead | Leg:
        with tools.client.holding():
            try:
                fetched = fetch_feed(tools.client, url, self.validators, leg=leg, stay=tools.stay, spool=True)
            except Elsewhere as led:
                return led.leg
            bare = replace(fetched, body=b"", spooled=None)
            if fetched.unchanged:
                return FeedRead(bare)
            try:
                return FeedRead(bare, read_document(tools.workers, fetched))
            except MonitorError as error:
                return FeedRead(bare, error=error)


def read_document(workers: Workers, fetched: Fetched) -> ParsedFeed:
    """Parse what was fetched, in a process that can be killed. Raises ParseError or WorkError."""
    document = fetched.spooled or fetched.body
    deadline = PARSE_DEADLINE + PARSE_PER_MB * len(document) / 1e6
    return workers.run(parse_feed, document, fetched.content_type, fetched.url, timeout=deadline)


def read_article(tools: Tools, url: str, leg: Leg | None) -> Page | Leg:
    """Fetch an article's page and extract its text. Raises FetchError, ParseError, WorkError."""
    with tools.client.holding():
        try:
            return read_page(tools.client, tools.workers, url, timeout=tools.timeout, leg=leg, stay=tools.stay)
        except Elsewhere as led:
            return led.leg


def screen(tools: Tools, articles: Sequence[Article]) -> Screening:
    matcher, began = tools.matcher, time.thread_time()
    hits = tuple(tuple(some) for some in matcher.screen_many(articles))
    return Screening(hits, matcher.versions, time.thread_time() - began)
