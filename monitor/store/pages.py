"""The queue of pages to be read for their full text, and what reading one found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.model.alerts import Planner
from monitor.model.feeds import DuePage, PageOutcome, Recorded
from monitor.store import findings, outbox
from monitor.store.engine import Database
from monitor.store.findings import Screened
from monitor.store.packing import unpack_text
from monitor.store.sql import FREE, chunks, unleased
from monitor.store.tables import articles, hits, pages, versions


class Pages:
    db: Database

    def claim_due_pages(
        self,
        now: datetime,
        *,
        limit: int,
        per_feed: int,
        lease: float,
        owner: str,
        exclude: Collection[str] = (),
        feeds_limit: int | None = None,
    ) -> list[DuePage]:
        """Lease up to `limit` due pages to `owner` for `lease` seconds, of each feed at most `per_feed`.

        They are of at most `feeds_limit` feeds, those that wait longest, and of none of `exclude`.
        """
        with self.db.read() as connection:
            if not _waiting(connection, now, exclude, 1):
                return []  # looked at every second: no write transaction when there is nothing to do
        with self.db.write() as connection:
            claimed: list[int] = []
            for feed in _waiting(connection, now, exclude, feeds_limit):
                due = (
                    select(pages.c.article_id)
                    .where(pages.c.feed_id == feed, *page_is_due(now))
                    .order_by(pages.c.due, pages.c.article_id)
                    .limit(min(per_feed, limit - len(claimed)))
                )
                claimed += connection.execute(due.with_for_update(skip_locked=True)).scalars()
                if len(claimed) >= limit:
                    break
            leased = {"lease_until": now + timedelta(seconds=lease), "lease_owner": owner}
            for some in chunks(claimed):
                connection.execute(update(pages).where(pages.c.article_id.in_(some)).values(leased))
            return _due_pages(connection, claimed)

    def record_page(self, outcome: PageOutcome, planner: Planner) -> Recorded:
        """Write what reading a page came to: the full text as a version of its own, hits, alerts, deliveries.

        Raises StorageError; then nothing of it is stored, and the page is read again when its lease has run out.
        """
        text = None
        if outcome.article:
            text = findings.screened(outcome.article, outcome.hits, "page", keep=outcome.keep)
        with self.db.write(alone=True) as connection:
            page = connection.execute(select(pages).where(pages.c.article_id == outcome.article_id)).one()
            recorded = Recorded()
            if text is not None:
                recorded = self._record_text(connection, outcome, text, planner)
            connection.execute(
                update(pages).where(pages.c.article_id == page.article_id).values(_progress(page, outcome))
            )
        return recorded

    def _record_text(self, connection: Connection, outcome: PageOutcome, text: Screened, planner: Planner) -> Recorded:
        article, now = outcome.article_id, outcome.finished
        if text.title:
            connection.execute(
                update(articles).where(articles.c.id == article, articles.c.title == "").values(title=text.title)
            )
        if text.lang:
            for table, of in ((articles, articles.c.id), (hits, hits.c.article_id)):
                connection.execute(update(table).where(of == article, table.c.lang == "").values(lang=text.lang))
        list_set = findings.list_set(self.db, connection, outcome.matcher_version, outcome.list_versions)
        new = findings.record(self.db, connection, [(article, text)], list_set, now)
        made = outbox.plan(self.db, connection, new, planner, now)
        return Recorded(hits=tuple(record.id for record in new), deliveries=made)


def page_is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (pages.c.due.is_not(None), pages.c.due <= now, unleased(pages, now))


def _waiting(connection: Connection, now: datetime, exclude: Collection[str], limit: int | None) -> Sequence[str]:
    """The feeds that have due pages, those first whose pages wait longest."""
    due = select(pages.c.feed_id).where(*page_is_due(now), pages.c.feed_id.not_in(sorted(exclude)))
    longest = due.group_by(pages.c.feed_id).order_by(func.min(pages.c.due), pages.c.feed_id)
    return connection.execute(longest.limit(limit)).scalars().all()


def _due_pages(connection: Connection, ids: Sequence[int]) -> list[DuePage]:
    """With the text that the feed gave last."""
    found: dict[int, DuePage] = {}
    for some in chunks(ids):
        last = (
            select(func.max(versions.c.id))
            .where(versions.c.article_id.in_(some), versions.c.source == "feed")
            .group_by(versions.c.article_id)
        )
        rows = connection.execute(
            select(pages, articles.c.url, versions.c.title, versions.c.text, versions.c.lang)
            .join(articles, articles.c.id == pages.c.article_id)
            .join(versions, versions.c.article_id == pages.c.article_id)
            .where(versions.c.id.in_(last))
        )
        for row in rows:
            found[row.article_id] = DuePage(
                article_id=row.article_id,
                url=row.url,
                feed=row.feed_id,
                entry_title=row.title,
                entry_text=unpack_text(row.text),
                lang=row.lang,
                attempts=row.attempts,
            )
    return [found[id] for id in ids]


def _progress(page: Row[Any], outcome: PageOutcome) -> dict[str, Any]:
    """What the page's row becomes. One that nobody holds was queued anew by an edit meanwhile, and stays queued."""
    values: dict[str, Any] = {"error": outcome.error, **FREE}
    if outcome.article is not None:
        values["read_at"] = outcome.finished
    if page.lease_owner is None and page.due is not None:
        return values
    return values | {"attempts": page.attempts + 1, "due": outcome.retry_at if outcome.article is None else None}
