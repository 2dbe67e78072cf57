"""poll_due, one feed at a time: fetch, parse, tell new from seen, screen, record."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from monitor.errors import FetchError, MonitorError
from monitor.feeds import identity, schedule
from monitor.feeds.fetch import Fetched, fetch_feed
from monitor.feeds.parse import ParsedFeed, parse_feed
from monitor.matching import MATCHER_VERSION
from monitor.model.articles import Article, Entry
from monitor.model.feeds import FeedStatus, NewArticle, PollOutcome, Recorded, Validators
from monitor.model.settings import FeedSource
from monitor.pipeline.service import Service

PARSE_DEADLINE = 20.0
"""Seconds. A 1.5 MB feed parses in 0.1 s, a hostile one was seen to take 11 s: what takes longer is an attack."""

GONE_STATUS = 410

log = logging.getLogger(__name__)


def poll_feed(service: Service, feed: FeedStatus) -> tuple[PollOutcome, Recorded]:
    """Poll one claimed feed and record what was found, in one transaction with its validators.

    Every failure ends in the feed's record, not in an exception: only a database that cannot be reached raises
    (StorageError); the claim then runs out and the feed is polled again.
    """
    outcome = _poll(service, feed)
    recorded = service.store.record_poll(outcome, service.plan)
    service.echo(describe(outcome, recorded))
    service.tell_hits(recorded.hits)
    return outcome, recorded


def _poll(service: Service, feed: FeedStatus) -> PollOutcome:
    started = service.clock()
    try:
        fetched = fetch_feed(service.client, feed.source.url, feed.validators)
        if fetched.unchanged:
            return _outcome(service, feed, started, fetched)
        parsed: ParsedFeed = service.workers.run(
            parse_feed, fetched.body, fetched.content_type, fetched.url, timeout=PARSE_DEADLINE
        )
        articles = _screen_new(service, feed.source, parsed.entries)
        return _outcome(service, feed, started, fetched, parsed=parsed, articles=articles)
    except MonitorError as error:
        return _failure(service, feed, started, error)
    except Exception as error:  # one feed's surprise must not stop the others; logged whole, shown by name
        log.exception("unexpected error while polling %s", feed.source.id)
        return _failure(service, feed, started, MonitorError(f"unexpected {type(error).__name__}: {error}"))


def _screen_new(service: Service, source: FeedSource, entries: Sequence[Entry]) -> list[NewArticle]:
    """The entries that are unseen or edited, screened."""
    keys = identity.keys(entries)
    known = service.store.known_entries(source.id, {key for some in keys for key in some})
    decided = [(entry, some, identity.decide(entry, some, known)) for entry, some in zip(entries, keys, strict=True)]
    fresh = [(entry, some, decision) for entry, some, decision in decided if decision.known is None or decision.edited]
    articles = [
        Article(id="", title=e.title, text=e.summary, lang=e.lang or source.lang, date=e.published) for e, _, _ in fresh
    ]
    return [
        NewArticle(
            entry=entry,
            keys=some,
            digest=identity.digest(entry),
            article=article,
            hits=tuple(hits),
            known=decision.known.article if decision.known else None,
            page_due=source.full_text and entry.url.startswith(("http://", "https://")),
        )
        for (entry, some, decision), article, hits in zip(
            fresh, articles, service.matcher.screen_many(articles), strict=True
        )
    ]


def _outcome(
    service: Service,
    feed: FeedStatus,
    started: datetime,
    fetched: Fetched,
    *,
    parsed: ParsedFeed | None = None,
    articles: Sequence[NewArticle] = (),
) -> PollOutcome:
    finished = service.clock()
    # a document that broke off is asked for whole again: a "not modified" would hide for good what it left out
    whole = parsed is None or not parsed.truncated
    fresh = max(fetched.fresh or 0.0, (parsed.every or 0.0) if parsed else 0.0)
    return PollOutcome(
        feed=feed.source.id,
        started=started,
        finished=finished,
        validators=fetched.validators if whole else Validators(),
        next_poll=_next_poll(service, feed, finished, failures=0, retry_after=fetched.retry_after, fresh=fresh),
        status=fetched.status,
        unchanged=fetched.unchanged,
        seen=len(parsed.entries) if parsed else 0,
        articles=tuple(articles),
        problems=parsed.problems if parsed else (),
        title=parsed.title if parsed else "",
        list_versions=service.matcher.versions,
        matcher_version=MATCHER_VERSION,
    )


def _failure(service: Service, feed: FeedStatus, started: datetime, error: MonitorError) -> PollOutcome:
    finished = service.clock()
    status = error.status if isinstance(error, FetchError) else None
    gone = status == GONE_STATUS
    retry_after = error.retry_after if isinstance(error, FetchError) else None
    return PollOutcome(
        feed=feed.source.id,
        started=started,
        finished=finished,
        validators=feed.validators,
        next_poll=_next_poll(service, feed, finished, failures=feed.failures + 1, retry_after=retry_after, gone=gone),
        status=status,
        error=str(error),
        gone=gone,
    )


def _next_poll(
    service: Service,
    feed: FeedStatus,
    now: datetime,
    *,
    failures: int,
    retry_after: float | None,
    gone: bool = False,
    fresh: float = 0.0,
) -> datetime:
    """`fresh`: seconds for which the publisher says nothing changes; an interval that a person set comes before it."""
    own = feed.source.interval
    return schedule.next_poll(
        now,
        interval=service.polling.interval if own is None else own,
        failures=failures,
        retry_after=retry_after,
        gone=gone,
        fresh=fresh if own is None and fresh else None,
        jitter=service.rng.random(),
    )


def describe(outcome: PollOutcome, recorded: Recorded) -> str:
    """One line for a person: what this poll came to."""
    seconds = (outcome.finished - outcome.started).total_seconds()
    if outcome.error:
        what = f"FAILED: {outcome.error}; next try {outcome.next_poll:%H:%M:%S} UTC"
    elif outcome.unchanged:
        what = "unchanged"
    else:
        what = f"{outcome.seen} entries, {recorded.entries} new, {recorded.edited} edited, {len(recorded.hits)} hits"
        if outcome.problems:
            what += f", {len(outcome.problems)} problems (first: {outcome.problems[0]})"
    return f"poll {outcome.feed}: {what} ({seconds:.1f} s)"
