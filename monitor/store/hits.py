"""Stored hits: one, a page of them, and what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from monitor.model.audit import Kind
from monitor.model.decisions import Decision, Step, next_step
from monitor.model.matches import Disposition, HitRecord, Proposal, Suppressed
from monitor.store.audit import Content, append
from monitor.store.engine import Database
from monitor.store.findings import article_ref
from monitor.store.packing import unpack_hit
from monitor.store.sql import chunks
from monitor.store.stories import normalised
from monitor.store.tables import articles, dispositions, hits, suppressions

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
    suppressed: bool | None = None  # only those kept from people by a suppression, or only the others
    before: int | None = None
    limit: int = PAGE


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
        self,
        hit_id: int,
        disposition: Disposition,
        *,
        who: str,
        reason: str = "",
        now: datetime,
        four_eyes: bool = False,
    ) -> bool:
        """Decide about a hit and add that to its history; False when there is no such hit.

        The same decision for the same reason by the same person, given twice, is one. four_eyes: dismissing it takes
        a second person; until then the hit stays what it was.
        """
        with self.db.write() as connection:
            row = connection.execute(_standing().where(hits.c.id == hit_id).with_for_update(of=hits)).first()
            if row is None:
                return False
            of_hit = select(dispositions).where(dispositions.c.hit_id == hit_id)
            last = connection.execute(of_hit.order_by(dispositions.c.id.desc()).limit(1)).first()
            if last is None or (last.became, last.who, last.reason) != (disposition.value, who, reason):
                decide(self.db, connection, [row], disposition, who=who, reason=reason, now=now, four_eyes=four_eyes)
            return True

    def history(self, hit_id: int) -> list[Decision]:
        """Every decision about a hit, the first one first."""
        with self.db.read() as connection:
            rows = connection.execute(
                select(dispositions).where(dispositions.c.hit_id == hit_id).order_by(dispositions.c.id)
            )
            return [
                Decision(row.at, row.who, Disposition(row.was), Disposition(row.became), row.reason, Step(row.step))
                for row in rows
            ]


def decide(
    db: Database,
    connection: Connection,
    rows: Sequence[Row[Any]],
    disposition: Disposition,
    *,
    who: str,
    reason: str,
    now: datetime,
    four_eyes: bool,
) -> dict[int, Step]:
    """Write a decision about each of these hits, locked rows of `standing`; what it did, by their ids."""
    steps = {row.hit_id: next_step(disposition, who, proposal(row), four_eyes=four_eyes) for row in rows}
    values = {"at": now, "who": who, "became": disposition.value, "reason": reason}
    contents = [
        Content(
            Kind.DECISION,
            {"hit_id": row.hit_id, "was": row.disposition, "step": steps[row.hit_id].value, **values},
        )
        for row in rows
    ]
    made = dict(zip(steps, append(db, connection, *contents), strict=True))
    proposed = [{"of": id, "row": made[id]} for id, step in steps.items() if step is Step.PROPOSED]
    done = [id for id, step in steps.items() if step is not Step.PROPOSED]
    if proposed:
        waits = update(hits).where(hits.c.id == bindparam("of")).values(proposal_id=bindparam("row"))
        connection.execute(waits, proposed)
    for some in chunks(done):
        decided = {"disposition": disposition.value, "proposal_id": None}
        connection.execute(update(hits).where(hits.c.id.in_(some)).values(decided))
    return steps


def standing(ids: Sequence[int]) -> Select[Any]:
    """These hits as they stand, locked: their disposition, and what is proposed."""
    return _standing().where(hits.c.id.in_(ids)).order_by(hits.c.id).with_for_update(of=hits)


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
        proposed=proposal(row),
        suppressed=Suppressed(row.suppression, row.suppressed_for, row.suppressed_who) if row.suppression else None,
    )


def proposal(row: Row[Any]) -> Proposal | None:
    """What waits for a second person."""
    if row.proposed is None:
        return None
    return Proposal(Disposition(row.proposed), row.proposed_by, row.proposed_at, row.proposed_for)


def joined() -> Select[Any]:
    """Rows that `hit_record` reads."""
    mine = (hits.c.id.label("hit_id"), hits.c.evidence, hits.c.disposition, hits.c.found_at)
    return (
        select(*mine, *_PROPOSED, *_SUPPRESSED, articles)
        .join(articles, articles.c.id == hits.c.article_id)
        .outerjoin(dispositions, dispositions.c.id == hits.c.proposal_id)
        .outerjoin(suppressions, suppressions.c.id == hits.c.suppressed_by)
    )


_PROPOSED = (
    dispositions.c.became.label("proposed"),
    dispositions.c.who.label("proposed_by"),
    dispositions.c.at.label("proposed_at"),
    dispositions.c.reason.label("proposed_for"),
)


_SUPPRESSED = (
    suppressions.c.id.label("suppression"),
    suppressions.c.reason.label("suppressed_for"),
    suppressions.c.who.label("suppressed_who"),
)


def _standing() -> Select[Any]:
    return select(hits.c.id.label("hit_id"), hits.c.disposition, *_PROPOSED).outerjoin(
        dispositions, dispositions.c.id == hits.c.proposal_id
    )


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
    if query.suppressed is not None:
        by = hits.c.suppressed_by
        needed.append(by.is_not(None) if query.suppressed else by.is_(None))
    if query.lang is not None:
        needed.append(or_(hits.c.lang == query.lang, hits.c.lang.startswith(f"{query.lang}-", autoescape=True)))
    needed += [hits.c.words.contains(word, autoescape=True) for word in normalised(query.text).split()]
    return needed
