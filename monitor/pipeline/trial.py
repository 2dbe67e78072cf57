"""try_feed: what a feed would bring, as the service would read and screen it. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.client import Client
from monitor.feeds import rhythm
from monitor.feeds.fetch import fetch_feed
from monitor.languages import language_of
from monitor.matching import Matcher
from monitor.model.articles import Article, Entry
from monitor.model.feeds import Validators
from monitor.model.matches import Hit
from monitor.model.serial import screened_json, time_json
from monitor.pipeline.field import read_document
from monitor.workers import Workers


@dataclass(frozen=True, slots=True)
class Trial:
    """One reading of one feed."""

    url: str  # where it was found, after redirects
    moved: str  # where it has moved for good; "" where it has not
    size: int  # bytes
    title: str
    lang: str
    conditional: bool  # it can say that nothing changed
    truncated: bool
    problems: tuple[str, ...]
    pace: float | None  # seconds between two of its entries; None: not enough dates to say
    every: float | None  # seconds between its changes, as the publisher says
    interval: float  # seconds between polls, where no `interval` is set
    entries: tuple[tuple[Entry, tuple[Hit, ...]], ...]


def try_feed(client: Client, workers: Workers, matcher: Matcher, url: str, *, now: datetime, usual: float) -> Trial:
    """Fetch, parse and screen a feed. usual: seconds, `polling.interval`. Raises FetchError, ParseError, WorkError."""
    fetched = fetch_feed(client, url, Validators())
    parsed = read_document(workers, fetched)
    told = [(entry, language_of(f"{entry.title}\n{entry.summary}", entry.lang)) for entry in parsed.entries]
    articles = [Article("", entry.title, entry.summary, lang, entry.published) for entry, lang in told]
    hits = [tuple(found) for found in matcher.screen_many(articles)]
    pace = rhythm.pace([entry.published for entry in parsed.entries if entry.published], now)
    every = max(fetched.fresh or 0.0, parsed.every or 0.0) or None
    return Trial(
        url=fetched.url,
        moved=fetched.moved,
        size=len(fetched.body),
        title=parsed.title,
        lang=parsed.lang,
        conditional=fetched.validators != Validators(),
        truncated=parsed.truncated,
        problems=parsed.problems,
        pace=pace,
        every=every,
        interval=rhythm.interval(usual, pace),
        entries=tuple(zip(parsed.entries, hits, strict=True)),
    )


def trial_json(trial: Trial) -> dict[str, Any]:
    """One object of `monitor feeds test --json` and `POST /api/v1/feeds/test`."""
    entries = [
        {
            "guid": entry.guid,
            "url": entry.url,
            "title": entry.title,
            "text": entry.summary,
            "lang": entry.lang,
            "published": time_json(entry.published),
            "published_raw": entry.published_raw,
            "hits": [screened_json(hit) for hit in hits],
        }
        for entry, hits in trial.entries
    ]
    return {
        "url": trial.url,
        "moved_to": trial.moved,
        "title": trial.title,
        "lang": trial.lang,
        "conditional": trial.conditional,
        "truncated": trial.truncated,
        "problems": list(trial.problems),
        "pace": trial.pace,
        "interval": trial.interval,
        "entries": entries,
    }
