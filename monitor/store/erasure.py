"""Erasing what is stored of an entity on request, with word of what was kept and why.

    preview ─→ counts          erase ─ step by step: hits, their evidence, texts, decisions' words ─→ counts

The trail keeps that something was erased, when, by whom and on whose request, and names nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, select, update

from monitor.errors import UsageError
from monitor.store.engine import Database
from monitor.store.holds import is_of
from monitor.store.removal import empty_articles, empty_records, remove_hits
from monitor.store.tables import (
    articles,
    audit,
    dispositions,
    hits,
    holds,
    silences,
    suppressions,
    threads,
    versions,
)

STEP = 200
"""Hits erased in one transaction."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is erased of an entity (or was), and what is kept."""

    hits: int
    articles: int  # in which nobody else was found: their titles, addresses and texts
    shared: int  # in which others were found too: their texts; titles and addresses are kept
    records: int  # of the audit trail: their words
    rules: int  # suppressions and silences
    kept: tuple[str, ...]  # in words, with the reason

    def __str__(self) -> str:
        parts = [
            f"{self.hits} hits with their evidence",
            f"{self.articles + self.shared} articles' texts, {self.articles} of them with titles and addresses",
            f"the words of {self.records} records of the audit trail",
            f"{self.rules} suppressions and silences",
        ]
        return "; ".join(parts)


class Erasing:
    db: Database

    def preview_erasure(self, watchlist: str, entity: str) -> Erasure:
        """What `erase` would do now. Raises UsageError where the entity is on legal hold."""
        with self.db.read() as connection:
            _refuse_held(connection, watchlist, entity)
            mine = is_of([(watchlist, entity)])
            count = int(connection.execute(select(func.count()).select_from(hits).where(mine)).scalar_one())
            found_in = select(hits.c.article_id).where(mine)
            others = exists().where(hits.c.article_id == articles.c.id, ~mine)
            both = select(func.count()).select_from(articles).where(articles.c.id.in_(found_in))
            shared = int(connection.execute(both.where(others)).scalar_one())
            whole = int(connection.execute(both).scalar_one()) - shared
            decided = select(func.count()).select_from(dispositions)
            of_hits = dispositions.c.hit_id.in_(select(hits.c.id).where(mine))
            records = int(connection.execute(decided.where(of_hits, dispositions.c.salt.is_not(None))).scalar_one())
            records += len(_deeds_about(connection, watchlist, entity))
            rules = sum(
                int(connection.execute(select(func.count()).select_from(table).where(is_of_it)).scalar_one())
                for table, is_of_it in _rules_of(watchlist, entity)
            )
        return Erasure(count, whole, shared, records, rules, _kept(shared, records))

    def erase(self, watchlist: str, entity: str, *, who: str, reason: str, now: datetime) -> Erasure:
        """Erase what is stored of the entity, in small steps. Raises UsageError where it is on legal hold.

        reason: on whose request, in words that name nobody; it stays in the trail.
        """
        planned = self.preview_erasure(watchlist, entity)
        about = f"on request: {reason}"
        while True:
            with self._unrecoverable() as connection:
                _refuse_held(connection, watchlist, entity)
                wanted = select(hits.c.id, hits.c.article_id).where(is_of([(watchlist, entity)]))
                rows = connection.execute(wanted.order_by(hits.c.id).limit(STEP).with_for_update()).all()
                if not rows:
                    break
                ids, of = [row.id for row in rows], sorted({row.article_id for row in rows})
                connection.execute(update(versions).where(versions.c.article_id.in_(of)).values(text=None))
                remove_hits(connection, ids)
                empty_articles(connection, of)
                decided = select(dispositions.c.id).where(dispositions.c.hit_id.in_(ids))
                decisions = list(connection.execute(decided).scalars())
                empty_records(
                    self.db, connection, deeds=[], decisions=decisions, what="erase", who=who, about=about, now=now
                )
        with self._unrecoverable() as connection:
            self._rules(connection, watchlist, entity, who=who, about=f"{about} (done: {planned.hits} hits)", now=now)
        if self.db.sqlite:
            with self.db.faults(), self.db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return planned

    def _rules(
        self, connection: Connection, watchlist: str, entity: str, *, who: str, about: str, now: datetime
    ) -> None:
        """What people wrote about the entity elsewhere: suppressions, silences, holds, threads, deeds that name it."""
        (_, suppressed), (_, silenced) = _rules_of(watchlist, entity)
        over = func.coalesce(suppressions.c.ended, now)
        nothing = {"entity": "", "name": "", "pattern": "", "reason": "", "ended": over}
        connection.execute(update(suppressions).where(suppressed).values(nothing))
        connection.execute(update(silences).where(silenced, silences.c.ends > now).values(ends=now))
        connection.execute(update(silences).where(silenced).values(entity="", text="", reason=""))
        connection.execute(update(holds).where(_holds_of(watchlist, entity)).values(entity="", reason=""))
        connection.execute(delete(threads).where(threads.c.subject == f"{watchlist}/{entity}"))
        deeds = _deeds_about(connection, watchlist, entity)
        empty_records(self.db, connection, deeds=deeds, decisions=[], what="erase", who=who, about=about, now=now)

    @contextmanager
    def _unrecoverable(self) -> Iterator[Connection]:
        """A transaction after which what it took away is not in the file any more."""
        with self.db.write() as connection:
            if self.db.sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            yield connection
            if self.db.sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete = OFF")


def _refuse_held(connection: Connection, watchlist: str, entity: str) -> None:
    row = connection.execute(
        select(holds).where(_holds_of(watchlist, entity), holds.c.ended.is_(None)).order_by(holds.c.id).limit(1)
    ).first()
    if row:
        raise UsageError(
            f"{watchlist}/{entity} is on legal hold {row.id} since {row.since:%Y-%m-%d} ({row.reason}): nothing was "
            f"erased; `monitor hold end {row.id}` first"
        )


def _holds_of(watchlist: str, entity: str) -> ColumnElement[bool]:
    return and_(holds.c.watchlist == watchlist, holds.c.entity == entity)


def _rules_of(watchlist: str, entity: str) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Suppressions and silences that name the entity; a silence may name it without its list."""
    named = silences.c.entity.in_([entity, f"{watchlist}/{entity}"])
    return (
        (suppressions, and_(suppressions.c.watchlist == watchlist, suppressions.c.entity == entity)),
        (silences, and_(named, silences.c.watchlist.in_(["", watchlist]))),
    )


def _deeds_about(connection: Connection, watchlist: str, entity: str) -> list[int]:
    """Deeds whose details name the entity."""
    names = {entity, f"{watchlist}/{entity}"}
    wanted = select(audit.c.id, audit.c.details).where(audit.c.details.contains('"entity":'), audit.c.salt.is_not(None))
    return [row.id for row in connection.execute(wanted) if json.loads(row.details).get("entity") in names]


def _kept(shared: int, records: int) -> tuple[str, ...]:
    kept = [
        "digests of entries and stories, so that the same articles are not read and stored again",
        "polls, with their counts: what was looked at, and when; they name nobody",
        "what the lists' publishers said: list versions and their changes",
        "messages that went out: whom they went to, and when; what they told is with those who got them",
    ]
    if records:
        kept.insert(0, f"{records} records of the audit trail without their words: times, kinds, digests")
    if shared:
        kept.insert(0, f"{shared} articles' titles and addresses: others were found there, whose evidence they are")
    return tuple(kept)
