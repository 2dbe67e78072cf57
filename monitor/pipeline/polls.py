"""poll_due, one feed at a time: fetch, parse, tell new from seen, screen, record."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.errors import FetchError, MonitorError, WorkersGone
from monitor.feeds import identity, moves, rhythm, schedule
from monitor.feeds.fetch import Fetched
from monitor.feeds.network import RETRY
from monitor.feeds.parse import ParsedFeed
from monitor.languages import language_of
from monitor.model.articles import Article, Entry
from monitor.model.feeds import FeedStatus, NewArticle, PollOutcome, Recorded, Validators
from monitor.model.settings import FeedSource
from monitor.pipeline.field import ReadFeed, Screening
from monitor.pipeline.network import host_of, unanswered
from monitor.pipeline.service import Service

GONE_STATUS = 410

log = logging.getLogger(__name__)


def poll_feed(service: Service, feed: FeedStatus) -> tuple[PollOutcome, Recorded]:
    """Poll one claimed feed and record what was found, in one transaction with its validators.

    Every failure ends in the feed's record, not in an exception: only a database that cannot be reached raises
    (StorageError), and workers of which none is left (WorkersGone); the feed is then polled again.
    """
    with service.client.holding():  # what a large feed becomes is large as well
        outcome = _poll(service, feed)
    recorded = service.store.record_poll(outcome, service.plan)
    if outcome.error and not outcome.excused and service.network.excuses(feed.source.id):
        # while this failure was being written, other feeds showed that the network is down
        service.store.excuse_feeds([feed.source.id], _soon(service, service.polling.interval))
    seconds = (outcome.finished - outcome.started).total_seconds()
    service.meters.polls.took(seconds, "failed" if outcome.error else "ok")
    service.note(
        "poll",
        describe(outcome, recorded),
        feed=outcome.feed,
        status=outcome.status,
        seconds=round(seconds, 3),
        error=outcome.error or None,
        seen=outcome.seen,
        new=recorded.entries,
        edited=recorded.edited,
        hits=recorded.hits,
    )
    for new, article in zip(outcome.articles, recorded.articles, strict=True):
        service.note(
            "entry",
            article=article,
            feed=outcome.feed,
            url=new.entry.url,
            edited=new.known is not None,
            page_due=new.page_due,
        )
    if outcome.move.followed and not feed.move.followed:
        service.echo(
            f"feed {feed.source.id} has moved for good, and is read from {outcome.move.to} from now on; "
            "change its url in the settings"
        )
    service.tell_hits(recorded.hits)
    return outcome, recorded


def _poll(service: Service, feed: FeedStatus) -> PollOutcome:
    started = service.clock()
    try:
        read = service.hands.ask(moves.address(feed.source.url, feed.move), ReadFeed(feed.validators))
        service.network.answered(service.clock(), service.echo)
        if read.error:
            raise read.error
        if read.parsed is None:
            return _outcome(service, feed, started, read.fetched, screened=service.screen((), "feed"))
        articles, screened = _screen_new(service, feed.source, read.parsed.entries)
        return _outcome(service, feed, started, read.fetched, parsed=read.parsed, articles=articles, screened=screened)
    except WorkersGone:
        raise
    except MonitorError as error:
        return _failure(service, feed, started, error)
    except Exception as error:  # one feed's surprise must not stop the others; logged whole, shown by name
        log.exception("unexpected error while polling %s", feed.source.id)
        return _failure(service, feed, started, MonitorError(f"unexpected {type(error).__name__}: {error}"))


def _screen_new(service: Service, source: FeedSource, entries: Sequence[Entry]) -> tuple[list[NewArticle], Screening]:
    """The entries that are unseen or edited, screened; and what against."""
    keys = identity.keys(entries)
    known = service.store.known_entries(source.id, {key for some in keys for key in some})
    decided = [(entry, some, identity.decide(entry, some, known)) for entry, some in zip(entries, keys, strict=True)]
    fresh = [(entry, some, decision) for entry, some, decision in decided if decision.known is None or decision.edited]
    articles = [
        Article(
            id="",
            title=e.title,
            text=e.summary,
            lang=language_of(f"{e.title}\n{e.summary}", e.lang or source.lang),
            date=e.published,
        )
        for e, _, _ in fresh
    ]
    screened = service.screen(articles, "feed")
    return [
        NewArticle(
            entry=entry,
            keys=some,
            digest=identity.digest(entry),
            article=article,
            hits=hits,
            known=decision.known.article if decision.known else None,
            page_due=source.full_text and entry.url.startswith(("http://", "https://")),
        )
        for (entry, some, decision), article, hits in zip(fresh, articles, screened.hits, strict=True)
    ], screened


def _outcome(
    service: Service,
    feed: FeedStatus,
    started: datetime,
    fetched: Fetched,
    *,
    screened: Screening,
    parsed: ParsedFeed | None = None,
    articles: Sequence[NewArticle] = (),
) -> PollOutcome:
    finished = service.clock()
    # a document that broke off is asked for whole again: a "not modified" would hide for good what it left out
    whole = parsed is None or not parsed.truncated
    fresh = max(fetched.fresh or 0.0, (parsed.every or 0.0) if parsed else 0.0)
    pace = _pace(service, feed, parsed, finished) if articles and parsed else feed.pace
    return PollOutcome(
        feed=feed.source.id,
        started=started,
        finished=finished,
        validators=fetched.validators if whole else Validators(),
        next_poll=schedule.next_poll(
            finished,
            interval=_interval(service, feed, pace),
            retry_after=fetched.retry_after,
            fresh=fresh if feed.source.interval is None and fresh else None,
            jitter=service.rng.random(),
        ),
        status=fetched.status,
        unchanged=fetched.unchanged,
        seen=len(parsed.entries) if parsed else 0,
        articles=tuple(articles),
        problems=parsed.problems if parsed else (),
        title=parsed.title if parsed else "",
        move=moves.after_success(feed.source.url, feed.move, fetched.moved, finished),
        pace=pace,
        list_versions=screened.list_versions,
        matcher_version=screened.matcher_version,
    )


def _failure(service: Service, feed: FeedStatus, started: datetime, error: MonitorError) -> PollOutcome:
    finished = service.clock()
    status = error.status if isinstance(error, FetchError) else None
    gone = status == GONE_STATUS
    retry_after = error.retry_after if isinstance(error, FetchError) else None
    excused = _network_is_down(service, feed, error, finished)
    interval = _interval(service, feed, feed.pace)
    next_poll = schedule.next_poll(
        finished,
        interval=interval,
        failures=feed.failures + 1,
        retry_after=retry_after,
        gone=gone,
        jitter=service.rng.random(),
    )
    return PollOutcome(
        feed=feed.source.id,
        started=started,
        finished=finished,
        validators=feed.validators,
        next_poll=_soon(service, interval) if excused else next_poll,
        status=status,
        error=f"our network is down: {error}" if excused else str(error),
        gone=gone,
        excused=excused,
        move=feed.move if excused else moves.after_failure(feed.move),
        pace=feed.pace,
    )


def _network_is_down(service: Service, feed: FeedStatus, error: MonitorError, now: datetime) -> bool:
    """Take notice of a failure; whether it is our network's, together with others: then those are excused too."""
    if service.client.closed or not unanswered(error):
        if isinstance(error, FetchError) and error.status is not None:
            service.network.answered(now, service.echo)
        return False
    hosts = {host_of(source.url) for source in service.feeds.values() if source.enabled}
    others = service.network.silent(
        feed.source.id,
        moves.address(feed.source.url, feed.move),
        well=feed.failures == 0,
        hosts=len(hosts),
        now=now,
        say=service.echo,
    )
    if others:
        service.store.excuse_feeds(others, _soon(service, service.polling.interval))
    return service.network.down_since is not None


def _interval(service: Service, feed: FeedStatus, pace: float | None) -> float:
    """Seconds between polls: what a person set for this feed, else the usual ones fitted to the feed's rhythm."""
    own = feed.source.interval
    return rhythm.interval(service.polling.interval, pace) if own is None else own


def _pace(service: Service, feed: FeedStatus, parsed: ParsedFeed, now: datetime) -> float | None:
    """By the dates of the entries, or, where they have none, by when polls brought news."""
    if feed.source.interval is not None:
        return None
    dated = rhythm.pace([entry.published for entry in parsed.entries if entry.published], now)
    if dated is not None:
        return dated
    return rhythm.pace([*service.store.news_times(feed.source.id, now, rhythm.LATELY), now], now)


def _soon(service: Service, interval: float) -> datetime:
    seconds = max(min(interval, RETRY), 1.0) * (1 + 0.2 * service.rng.random())
    return service.clock() + timedelta(seconds=seconds)


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
