"""The audit trail: rows added to the chain, listed, exported, and looked through for tampering.

Every change of state by a person is appended in the transaction that makes it. Appenders wait for each other until
their transactions end, so that the chain never forks; they append last, after every row lock that they need.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, Table, and_, case, cast, exists, func, literal, or_, select, union_all

from monitor.model.audit import BEGINNING, Deed, Head, Kind, Record, Verified, digest, link, verify
from monitor.model.decisions import Step
from monitor.model.matches import Disposition
from monitor.store.engine import Database
from monitor.store.sql import chunks
from monitor.store.tables import audit, chain, dispositions, hits, storable

APPENDING_LOCK = 0x6175646974
"""Key of the PostgreSQL advisory lock that appenders hold until they commit ("audit")."""

BLOCK = 1000
"""Records read at a time."""

_CONTENT: dict[Kind, tuple[Table, tuple[str, ...]]] = {
    Kind.DEED: (audit, ("at", "who", "what", "about", "details")),
    Kind.DECISION: (dispositions, ("hit_id", "at", "who", "was", "became", "reason", "step")),
}
"""Where the content of a record is kept, and which columns it is."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be appended: a row of `audit` or `dispositions`, but for its id and salt."""

    kind: Kind
    values: Mapping[str, Any]


def deed(*, at: datetime, who: str, what: str, about: str = "", details: object = None) -> Content:
    """Something that was done. details: what a program reads of it, as JSON takes it."""
    said = json.dumps(details, separators=(",", ":"), sort_keys=True) if details is not None else ""
    return Content(Kind.DEED, {"at": at, "who": who, "what": what, "about": about, "details": said})


def append(db: Database, connection: Connection, *contents: Content) -> list[int]:
    """Write these and chain them, in this order; returns the rows' ids. It stands last in its transaction."""
    if not contents:
        return []
    if not db.sqlite:
        connection.execute(select(func.pg_advisory_xact_lock(APPENDING_LOCK)))
    last = head_of(connection)
    number, before = last.number, last.link
    links: list[dict[str, Any]] = []
    for one in contents:
        table, columns = _CONTENT[one.kind]
        values = {name: _kept(one.values[name]) for name in columns}
        salt = secrets.token_hex(16)
        row = connection.execute(table.insert().values(**values, salt=salt).returning(table.c.id)).scalar_one()
        number += 1
        of = digest(one.kind, values, salt)
        before = link(before, number, one.kind, row, of)
        links.append({"number": number, "kind": one.kind.value, "row_id": row, "digest": of, "link": before})
    for some in chunks(links):
        connection.execute(chain.insert(), list(some))
    return [one["row_id"] for one in links]


def head_of(connection: Connection) -> Head:
    row = connection.execute(select(chain.c.number, chain.c.link).order_by(chain.c.number.desc()).limit(1)).first()
    return Head(row.number, row.link) if row else Head(0, BEGINNING)


class Audit:
    db: Database

    def note(self, *, who: str, what: str, about: str = "", now: datetime) -> None:
        """Add a deed to the audit trail. What the store does itself is there by itself."""
        with self.db.write() as connection:
            append(self.db, connection, deed(at=now, who=who, what=what, about=about))

    def head(self) -> Head:
        """The end of the chain as it is now."""
        with self.db.read() as connection:
            return head_of(connection)

    def deeds(self, *, before: datetime | None = None, limit: int = 100) -> list[Deed]:
        """The audit trail, the newest first: deeds and decisions, at `before` or earlier."""
        noted = select(audit.c.at, audit.c.who, audit.c.what, audit.c.about, cast(literal(None), audit.c.id.type))
        decided = select(
            dispositions.c.at,
            dispositions.c.who,
            case(
                (dispositions.c.step == Step.DECIDED.value, cast(dispositions.c.became, String)),
                else_=dispositions.c.became + " " + dispositions.c.step,
            ),
            dispositions.c.reason,
            dispositions.c.hit_id,
        )
        if before is not None:
            noted = noted.where(audit.c.at <= before)
            decided = decided.where(dispositions.c.at <= before)
        newest = [
            part.order_by(at.desc()).limit(limit).subquery().select()
            for part, at in ((noted, audit.c.at), (decided, dispositions.c.at))
        ]
        both = union_all(*newest).subquery()
        with self.db.read() as connection:
            rows = connection.execute(select(both).order_by(both.c.at.desc()).limit(limit))
            return [Deed(*row) for row in rows]

    def trail(self, *, after: int = 0, before: int | None = None) -> Iterator[Record]:
        """The chain with its contents, by number, read a block at a time: no transaction stays open between blocks."""
        while True:
            with self.db.read() as connection:
                block = records(connection, after, before)
            if not block:
                return
            yield from block
            after = block[-1].number

    def verify(self, *, noted: str = "") -> Verified:
        """Look through the whole trail. noted: a link that was noted down earlier, which must still be there."""
        verified = verify(self.trail(), noted=noted)
        with self.db.read() as connection:
            beside = unchained(connection) + at_odds(connection)
        return replace(verified, problems=(*verified.problems, *beside))

    def last_records(self, limit: int) -> list[Record]:
        """The newest first."""
        with self.db.read() as connection:
            end = head_of(connection).number
            return records(connection, max(0, end - limit), None, limit)[::-1]


def records(connection: Connection, after: int, before: int | None = None, limit: int = BLOCK) -> list[Record]:
    """Records with numbers above `after` (and below `before`), with their contents as these stand now."""
    wanted = select(chain).where(chain.c.number > after).order_by(chain.c.number).limit(limit)
    if before is not None:
        wanted = wanted.where(chain.c.number < before)
    links = connection.execute(wanted).all()
    contents: dict[tuple[str, int], Any] = {}
    for kind, (table, _) in _CONTENT.items():
        for some in chunks([row.row_id for row in links if row.kind == kind]):
            for row in connection.execute(select(table).where(table.c.id.in_(some))):
                contents[kind.value, row.id] = row
    found = []
    for row in links:
        kept = contents.get((row.kind, row.row_id))
        _, columns = _CONTENT[Kind(row.kind)]
        content = {name: getattr(kept, name) for name in columns} if kept is not None else None
        salt, erased_by = (kept.salt, kept.erased_by) if kept is not None else (None, None)
        found.append(Record(row.number, Kind(row.kind), row.row_id, row.digest, row.link, content, salt, erased_by))
    return found


def whole_trail(connection: Connection) -> Iterator[Record]:
    """The chain with its contents, inside one transaction."""
    after = 0
    while block := records(connection, after):
        yield from block
        after = block[-1].number


def problems_of(connection: Connection) -> tuple[str, ...]:
    """`Audit.verify` inside one transaction: what shows, a line each."""
    return (*verify(whole_trail(connection)).problems, *unchained(connection), *at_odds(connection))


def unchained(connection: Connection) -> list[str]:
    """Rows that stand in no chain: somebody wrote them there by hand. At most a few of each kind."""
    found = []
    for kind, (table, _) in _CONTENT.items():
        chained = exists().where(and_(chain.c.kind == kind.value, chain.c.row_id == table.c.id))
        rows = connection.execute(select(table.c.id).where(~chained).order_by(table.c.id).limit(20)).scalars()
        found += [f"{kind} {id} stands in no chain: it was not added by this program" for id in rows]
    return found


def at_odds(connection: Connection) -> list[str]:
    """Hits that are not what their history says; at most a few."""
    done = [Step.DECIDED.value, Step.CONFIRMED.value]
    later = dispositions.alias("later")
    superseded = exists().where(
        later.c.hit_id == dispositions.c.hit_id, later.c.id > dispositions.c.id, later.c.step.in_(done)
    )
    last = (
        select(dispositions.c.hit_id, dispositions.c.became)
        .where(dispositions.c.step.in_(done), ~superseded)
        .subquery()
    )
    wanted = (
        select(hits.c.id, hits.c.disposition, last.c.became)
        .outerjoin(last, last.c.hit_id == hits.c.id)
        .where(
            or_(
                hits.c.disposition != last.c.became,
                and_(last.c.became.is_(None), hits.c.disposition != Disposition.OPEN.value),
            )
        )
        .order_by(hits.c.id)
        .limit(20)
    )
    return [
        f"hit {row.id} is {row.disposition}, but its history says {row.became or Disposition.OPEN.value}"
        for row in connection.execute(wanted)
    ]


def _kept(value: object) -> object:
    """As the database will give it back: the digest is of that."""
    return storable(value) if isinstance(value, str) else value
