"""read_pages: the full text of articles already recorded, from the pages their feeds link to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.articles.extract import Page
from monitor.errors import FetchError, MonitorError, WorkersGone
from monitor.languages import language_of
from monitor.model.articles import Article
from monitor.model.feeds import DuePage, PageOutcome
from monitor.pipeline.field import read_article
from monitor.pipeline.service import Service

RETRY_AFTER = (300.0, 1800.0, 7200.0, 28800.0)
"""Seconds before the next try of a page that failed in a way that may pass; after the last the feed's text stands."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PagesRead:
    """Counts of one run."""

    read: int = 0
    failed: int = 0
    hits: int = 0


def read_pages(service: Service, pages: Sequence[DuePage], *, stopping: Callable[[], bool]) -> PagesRead:
    """Read claimed pages one after the other (they are one feed's, so mostly one host's) and record each.

    Stops early when asked to; what is left stays claimed until `release` or the lease's end. Raises StorageError, and
    WorkersGone where nobody is left to read them.
    """
    read = failed = hits = 0
    for page in pages:
        if stopping():
            break
        began = service.clock()
        outcome = _read(service, page)
        recorded = service.store.record_page(outcome, service.plan)
        seconds = (outcome.finished - began).total_seconds()
        service.meters.pages.took(seconds, "failed" if outcome.error else "ok")
        service.note(
            "page",
            article=page.article_id,
            feed=page.feed,
            url=page.url,
            seconds=round(seconds, 3),
            error=outcome.error or None,
            characters=len(outcome.article.text) if outcome.article else None,
            hits=recorded.hits,
        )
        service.tell_hits(recorded.hits)
        read += not outcome.error
        failed += bool(outcome.error)
        hits += len(recorded.hits)
    if pages:
        service.echo(f"pages {pages[0].feed}: {read} read in full, {failed} failed, {hits} further hits")
    return PagesRead(read, failed, hits)


def _read(service: Service, page: DuePage) -> PageOutcome:
    try:
        found = service.hands.ask(page.url, read_article)
    except WorkersGone:
        raise
    except MonitorError as error:
        return _failure(service, page, error)
    except Exception as error:  # one page's surprise must not stop the others; logged whole, recorded by name
        log.exception("unexpected error while reading %s", page.url)
        return _failure(service, page, MonitorError(f"unexpected {type(error).__name__}: {error}"))
    title, text = page.entry_title or found.title, _whole(page.entry_text, found.text)
    article = Article(
        id=str(page.article_id), title=title, text=text, lang=language_of(found.text, page.lang or found.lang)
    )
    screened = service.screen([article], "page")
    return PageOutcome(
        article_id=page.article_id,
        finished=service.clock(),
        article=article,
        keep=found.keep or not found.text,
        hits=screened.hits[0],
        error=_problem(found),
        list_versions=screened.list_versions,
        matcher_version=screened.matcher_version,
    )


def _problem(found: Page) -> str:
    if found.keep or not found.text:
        return found.problem
    return "; ".join(filter(None, ("noarchive: text not kept", found.problem)))


def _whole(summary: str, full: str) -> str:
    """The page's text, after the feed's own where the page does not repeat it: nothing the feed said is lost."""
    if not summary or summary in full:
        return full
    return f"{summary}\n\n{full}"


def _failure(service: Service, page: DuePage, error: MonitorError) -> PageOutcome:
    now = service.clock()
    retry_at = None
    if error.retryable and page.attempts < len(RETRY_AFTER):
        wait = RETRY_AFTER[page.attempts]
        if isinstance(error, FetchError) and error.retry_after is not None:
            wait = max(wait, min(error.retry_after, RETRY_AFTER[-1]))
        retry_at = now + timedelta(seconds=wait)
    return PageOutcome(article_id=page.article_id, finished=now, error=str(error), retry_at=retry_at)
