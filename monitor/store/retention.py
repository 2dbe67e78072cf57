"""Retention: what is old goes, by kind, in steps of some milliseconds, so that polling never waits long for it.

Digests by which entries and stories are known again outlive their texts; what is on legal hold stays whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, exists, select, update

from monitor.model.alerts import DeliveryState
from monitor.model.audit import ERASING
from monitor.model.settings import Retention
from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.holds import free, held, is_of
from monitor.store.removal import empty_articles, empty_records, remove_deliveries, remove_hits
from monitor.store.stories import forget_sketches
from monitor.store.tables import (
    alert_hits,
    articles,
    audit,
    deliveries,
    delivery_alerts,
    dispositions,
    hits,
    polls,
    threads,
    versions,
)

STEP = 200
"""Rows changed in one transaction, some 10 ms."""

Step = Callable[[Connection, datetime], int]
"""Does the next few rows that are older than this; returns how many, 0 when there are none."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What retention took away."""

    texts: int = 0
    entries: int = 0  # titles and addresses of articles in which nothing was found
    hits: int = 0
    messages: int = 0
    polls: int = 0
    records: int = 0  # of the audit trail: their content

    def __str__(self) -> str:
        more = [f"{count} {kind} removed" for kind, count in asdict(self).items() if kind not in _KEPT and count]
        named = [f"{self.entries} titles emptied"] if self.entries else []
        return ", ".join([f"{self.texts} texts emptied", *named, *more])


_KEPT = ("texts", "entries")
"""Kinds whose rows stay, without their content."""


class Pruning:
    db: Database
    _entries_done: datetime | None = None
    """Up to when titles are emptied: what is older is not looked through again by this process."""

    def prune(self, now: datetime, keep: Retention) -> Pruned:
        """Take away what is older than `keep` says. Raises StorageError; what was done until then stays done."""
        forgotten = STEP
        while forgotten == STEP:
            with self.db.write() as connection:
                forgotten = forget_sketches(connection, now, STEP)
        done = Pruned(
            texts=self._all(_texts, now, keep.articles),
            hits=self._all(_hits, now, keep.hits),
            entries=self._entries(now, keep.entries),
            messages=self._all(self._messages, now, keep.messages),
            polls=self._all(_polls, now, keep.polls),
            records=self._all(lambda c, before: self._records(c, before, now), now, keep.audit),
        )
        if done.hits or done.messages or done.polls:
            with self.db.write() as connection:
                append(self.db, connection, deed(at=now, who="monitor", what="prune", about=str(done)))
        return done

    def _all(self, step: Step, now: datetime, age: float) -> int:
        before, total = _before(now, age), 0
        while True:
            with self.db.write() as connection:
                done = step(connection, before)
            if not done:
                return total
            total += done

    def _entries(self, now: datetime, age: float) -> int:
        """Walks by id, not by what is left: rows whose turn has passed are not looked at again in the same walk."""
        before, after, total = _before(now, age), 0, 0
        while True:
            with self.db.read() as connection:
                old = [articles.c.first_seen < before, articles.c.id > after]
                if self._entries_done is not None:
                    old.append(articles.c.first_seen >= self._entries_done)
                wanted = select(articles.c.id, articles.c.url, articles.c.title).where(*old)
                rows = connection.execute(wanted.order_by(articles.c.id).limit(STEP)).all()
            if not rows:
                self._entries_done = before
                return total
            after = rows[-1].id
            named = [row.id for row in rows if row.url or row.title]
            if named:
                with self.db.write() as connection:
                    total += empty_articles(connection, named)

    def _messages(self, connection: Connection, before: datetime) -> int:
        over = [deliveries.c.created < before, deliveries.c.state != DeliveryState.PENDING.value]
        if keys := held(connection):
            about = delivery_alerts.join(alert_hits, alert_hits.c.alert_id == delivery_alerts.c.alert_id).join(hits)
            of_held = select(1).select_from(about).where(delivery_alerts.c.delivery_id == deliveries.c.id, is_of(keys))
            over.append(~of_held.exists())
        ids = list(connection.execute(select(deliveries.c.id).where(*over).limit(STEP)).scalars())
        remove_deliveries(connection, ids)
        if not ids:
            connection.execute(delete(threads).where(threads.c.started < before))
        return len(ids)

    def _records(self, connection: Connection, before: datetime, now: datetime) -> int:
        """Contents of old records; what decided about a held entity's hits stays, and so do deeds about holds."""
        deeds = select(audit.c.id).where(
            audit.c.at < before,
            audit.c.salt.is_not(None),
            audit.c.what.not_in(ERASING),
            ~audit.c.what.startswith("hold"),
        )
        old = and_(dispositions.c.at < before, dispositions.c.salt.is_not(None))
        decisions = select(dispositions.c.id).where(old)
        if keys := held(connection):
            decisions = decisions.where(~exists().where(hits.c.id == dispositions.c.hit_id, is_of(keys)))
        of_deeds = list(connection.execute(deeds.limit(STEP)).scalars())
        of_decisions = list(connection.execute(decisions.limit(STEP)).scalars())
        if not of_deeds and not of_decisions:
            return 0
        return empty_records(
            self.db,
            connection,
            deeds=of_deeds,
            decisions=of_decisions,
            what="prune",
            who="monitor",
            about=f"records from before {before:%Y-%m-%d}",
            now=now,
        )


def _before(now: datetime, age: float) -> datetime:
    try:
        return now - timedelta(seconds=age)
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)


def _texts(connection: Connection, before: datetime) -> int:
    kept = free(versions.c.article_id, held(connection))
    old = select(versions.c.id).where(versions.c.text.is_not(None), versions.c.created < before, *kept)
    ids = list(connection.execute(old.limit(STEP)).scalars())
    return connection.execute(update(versions).where(versions.c.id.in_(ids)).values(text=None)).rowcount if ids else 0


def _hits(connection: Connection, before: datetime) -> int:
    old = [hits.c.found_at < before]
    if keys := held(connection):
        old.append(~is_of(keys))
    rows = connection.execute(select(hits.c.id, hits.c.article_id).where(*old).limit(STEP)).all()
    if rows:
        remove_hits(connection, [row.id for row in rows])
        empty_articles(connection, sorted({row.article_id for row in rows}))
    return len(rows)


def _polls(connection: Connection, before: datetime) -> int:
    ids = list(connection.execute(select(polls.c.id).where(polls.c.finished < before).limit(STEP)).scalars())
    connection.execute(delete(polls).where(polls.c.id.in_(ids)))
    return len(ids)
