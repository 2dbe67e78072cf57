"""Suppressions: made from a hit, applied to what is found later, ended, reopened when the list record changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from monitor.errors import UsageError
from monitor.model.matches import Disposition, HitRecord
from monitor.model.suppressions import Suppression, fingerprint, suppressed
from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.hits import hit_record, joined
from monitor.store.packing import unpack_hit
from monitor.store.suppressing import suppression
from monitor.store.tables import hits, suppressions

STEP = 500
"""Hits looked at in one transaction."""

MOST = 5_000
"""Stored hits of an entity that a preview looks at, the newest."""


class Suppressions:
    db: Database

    def preview_suppression(self, record: HitRecord, *, name: str, pattern: str, now: datetime) -> list[HitRecord]:
        """Which stored hits of the same entity it would cover, the newest first, whatever was decided about them."""
        wanted = _draft(record, name=name, pattern=pattern, now=now)
        found: list[HitRecord] = []
        before: int | None = None
        for _ in range(MOST // STEP):
            of = joined().where(_of(wanted.key)).order_by(hits.c.id.desc()).limit(STEP)
            with self.db.read() as connection:
                rows = connection.execute(of if before is None else of.where(hits.c.id < before)).all()
            records = [hit_record(row) for row in rows]
            found += [one for one in records if suppressed(one.hit, [wanted], now)]
            if len(rows) < STEP:
                break
            before = rows[-1].hit_id
        return found

    def add_suppression(
        self, record: HitRecord, *, name: str, pattern: str, ends: datetime, reason: str, who: str, now: datetime
    ) -> Suppression:
        """Make one from a false positive. Open hits that it covers are kept from people from now on, as are new ones.

        Raises UsageError where it would cover the entity whole, or not the very hit that it is made from.
        """
        wanted = _draft(record, name=name, pattern=pattern, now=now)
        if not name and not pattern:
            raise UsageError("a suppression needs a name or words; to be told nothing of an entity, make a silence")
        if suppressed(record.hit, [wanted], now) is None:
            raise UsageError(
                f"it would not cover hit {record.id} itself: not all of its mentions are read as that name, in a "
                "sentence with those words"
            )
        values = {
            "watchlist": wanted.watchlist,
            "entity": wanted.entity,
            "name": name,
            "pattern": pattern,
            "record": wanted.record,
            "starts": now,
            "ends": ends,
            "reason": reason,
            "who": who,
            "hit_id": record.id,
        }
        details = {"entity": "/".join(wanted.key), "name": name, "pattern": pattern, "until": ends.isoformat()}
        with self.db.write() as connection:
            made = connection.execute(suppressions.insert().values(values).returning(suppressions)).one()
            about = f"suppression {made.id}, from hit {record.id}: {reason}"
            append(self.db, connection, deed(at=now, who=who, what="suppress", about=about, details=details))
        one = suppression(made)
        self._apply(one, now)
        return one

    def suppressions(self, now: datetime, *, over: bool = False) -> list[tuple[Suppression, int]]:
        """Those in force, the newest first, each with how many hits it keeps from people; `over`: also the others."""
        wanted = select(suppressions).order_by(suppressions.c.id.desc())
        if not over:
            wanted = wanted.where(suppressions.c.ended.is_(None), suppressions.c.ends > now)
        with self.db.read() as connection:
            found = [suppression(row) for row in connection.execute(wanted)]
            kept: dict[int, int] = {}
            marked = select(hits.c.suppressed_by).where(hits.c.suppressed_by.is_not(None))
            for id in connection.execute(marked).scalars():
                kept[id] = kept.get(id, 0) + 1
        return [(one, kept.get(one.id, 0)) for one in found]

    def end_suppression(self, id: int, *, who: str, why: str = "", reopen: bool = False, now: datetime) -> bool:
        """End it now; False when none is in force. reopen: what it kept from people is to be decided by them."""
        with self.db.write() as connection:
            in_force = (suppressions.c.id == id, suppressions.c.ended.is_(None), suppressions.c.ends > now)
            ended = update(suppressions).where(*in_force).values(ended=now, ended_why=why)
            if not connection.execute(ended).rowcount:
                return False
            if reopen:
                connection.execute(update(hits).where(hits.c.suppressed_by == id).values(suppressed_by=None))
            what = "suppression reopened" if reopen else "suppression ended"
            about = f"suppression {id}: {why}" if why else f"suppression {id}"
            append(self.db, connection, deed(at=now, who=who, what=what, about=about))
            return True

    def reopen_changed(self, records: Mapping[tuple[str, str], str | None], now: datetime) -> list[Suppression]:
        """End those whose entity's record is another now, and give their hits back to people; returns them.

        records: (watchlist, entity) → its `fingerprint`, None for one that is not on its list any more; what is not
        there is not known.
        """
        ended = []
        for one, _ in self.suppressions(now):
            if one.key not in records or records[one.key] == one.record:
                continue
            why = "its list record has changed" if records[one.key] else "it was taken off its list"
            if self.end_suppression(one.id, who="monitor", why=why, reopen=True, now=now):
                ended.append(one)
        return ended

    def _apply(self, one: Suppression, now: datetime) -> None:
        """In small steps, so that polling never waits long."""
        after = 0
        while True:
            with self.db.write() as connection:
                of = (_of(one.key), hits.c.id > after, hits.c.disposition == Disposition.OPEN.value)
                evidence = select(hits.c.id, hits.c.article_id, hits.c.evidence).where(
                    *of, hits.c.suppressed_by.is_(None)
                )
                rows = connection.execute(evidence.order_by(hits.c.id).limit(STEP).with_for_update()).all()
                if not rows:
                    return
                covered = [row.id for row in rows if suppressed(unpack_hit(row.evidence, row.article_id), [one], now)]
                if covered:
                    connection.execute(update(hits).where(hits.c.id.in_(covered)).values(suppressed_by=one.id))
            after = rows[-1].id


def _draft(record: HitRecord, *, name: str, pattern: str, now: datetime) -> Suppression:
    entity = record.hit.entity
    return Suppression(
        0, *entity.key, name, pattern, fingerprint(entity), now, datetime.max.replace(tzinfo=now.tzinfo), "", ""
    )


def _of(key: tuple[str, str]) -> Any:
    return (hits.c.watchlist == key[0]) & (hits.c.entity_id == key[1])
