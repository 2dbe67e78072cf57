"""Stored hits: one, a page of them, and what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from monitor.model.matches import Disposition, HitRecord
from monitor.store.engine import Database
from monitor.store.findings import article_ref
from monitor.store.packing import unpack_hit
from monitor.store.sql import chunks
from monitor.store.stories import normalised
from monitor.store.tables import articles, dispositions, hits

PAGE = 50
"""Hits on one page of a listing, where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class HitQuery:
    """Which hits. Every given condition must hold; none given is every hit.

    The next page is asked for with `before` the last id of this one: pages stay put while new hits come in.
    """

    watchlist: str | None = None
    entity: str | None = None  # its id
    feed: str | None = None
    severity: str | None = None
    lang: str | None = None  # the article's; `en` also means `en-GB`
    disposition: str | None = None
    since: datetime | None = None  # found at or after; aware
    until: datetime | None = None  # found before; aware
    text: str = ""  # words, or parts of them, all of which the names, the mentions or the title have
    before: int | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of a hit's history."""

    at: datetime
    who: str
    was: Disposition
    became: Disposition
    reason: str


class Hits:
    db: Database

    def hit(self, hit_id: int) -> HitRecord | None:
        """None when there is no such hit."""
        with self.db.read() as connection:
            return find_hits(connection, [hit_id]).get(hit_id)

    def hits(self, query: HitQuery | None = None) -> list[HitRecord]:
        """A page of hits, the newest first."""
        query = query or HitQuery()
        wanted = joined().where(*conditions(query)).order_by(hits.c.id.desc()).limit(query.limit)
        if query.before is not None:
            wanted = wanted.where(hits.c.id < query.before)
        with self.db.read() as connection:
            return [hit_record(row) for row in connection.execute(wanted)]

    def count_hits(self, query: HitQuery | None = None) -> int:
        """How many there are in all, whatever `before` and `limit` say."""
        with self.db.read() as connection:
            wanted = select(func.count()).select_from(hits).where(*conditions(query or HitQuery()))
            return int(connection.execute(wanted).scalar_one())

    def set_disposition(
        self, hit_id: int, disposition: Disposition, *, who: str, reason: str = "", now: datetime
    ) -> bool:
        """Decide about a hit and add that to its history; False when there is no such hit.

        The same decision for the same reason by the same person, given twice, is one.
        """
        with self.db.write() as connection:
            row = connection.execute(select(hits.c.disposition).where(hits.c.id == hit_id).with_for_update()).first()
            if row is None:
                return False
            of_hit = select(dispositions).where(dispositions.c.hit_id == hit_id)
            last = connection.execute(of_hit.order_by(dispositions.c.id.desc()).limit(1)).first()
            if last is None or (last.became, last.who, last.reason) != (disposition.value, who, reason):
                values = {"at": now, "who": who, "was": row.disposition, "became": disposition.value, "reason": reason}
                connection.execute(dispositions.insert().values(hit_id=hit_id, **values))
                connection.execute(update(hits).where(hits.c.id == hit_id).values(disposition=disposition.value))
            return True

    def history(self, hit_id: int) -> list[Decision]:
        """Every decision about a hit, the first one first."""
        return self.histories([hit_id]).get(hit_id, [])

    def histories(self, ids: Sequence[int]) -> dict[int, list[Decision]]:
        """Hit → every decision about it, the first one first; without those about which nobody has decided."""
        found: dict[int, list[Decision]] = {}
        with self.db.read() as connection:
            for some in chunks(ids):
                about = select(dispositions).where(dispositions.c.hit_id.in_(some)).order_by(dispositions.c.id)
                for row in connection.execute(about):
                    one = Decision(row.at, row.who, Disposition(row.was), Disposition(row.became), row.reason)
                    found.setdefault(row.hit_id, []).append(one)
        return found


def find_hits(connection: Connection, ids: list[int]) -> dict[int, HitRecord]:
    """Those of these hits that there are."""
    found: dict[int, HitRecord] = {}
    for some in chunks(ids):
        for row in connection.execute(joined().where(hits.c.id.in_(some))):
            found[row.hit_id] = hit_record(row)
    return found


def hit_record(row: Row[Any]) -> HitRecord:
    """A row of hits and articles joined, as the rest of the program knows it."""
    return HitRecord(
        id=row.hit_id,
        hit=unpack_hit(row.evidence, row.id),
        article=article_ref(row),
        disposition=Disposition(row.disposition),
        found_at=row.found_at,
    )


def joined() -> Select[Any]:
    """Rows that `hit_record` reads."""
    mine = (hits.c.id.label("hit_id"), hits.c.evidence, hits.c.disposition, hits.c.found_at)
    return select(*mine, articles).join(articles, articles.c.id == hits.c.article_id)


def conditions(query: HitQuery, hits: FromClause = hits) -> list[ColumnElement[bool]]:
    """What a row of `hits` (or an alias of it) must fulfil, but for `before`."""
    equal = {
        hits.c.watchlist: query.watchlist,
        hits.c.entity_id: query.entity,
        hits.c.feed_id: query.feed,
        hits.c.severity: query.severity,
        hits.c.disposition: query.disposition,
    }
    needed = [column == str(wanted) for column, wanted in equal.items() if wanted is not None]
    if query.since is not None:
        needed.append(hits.c.found_at >= query.since)
    if query.until is not None:
        needed.append(hits.c.found_at < query.until)
    if query.lang is not None:
        needed.append(or_(hits.c.lang == query.lang, hits.c.lang.startswith(f"{query.lang}-", autoescape=True)))
    needed += [hits.c.words.contains(word, autoescape=True) for word in normalised(query.text).split()]
    return needed
