"""Watchlists as they were last taken up, what changed on them, and the names still to be held against stored texts."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, update

from monitor.model.alerts import Message
from monitor.model.listchanges import ListChange
from monitor.model.matches import Hit, HitRecord
from monitor.model.watchlists import Watchlist
from monitor.store import findings, notices
from monitor.store.engine import Database
from monitor.store.hits import find_hits
from monitor.store.packing import pack_hit
from monitor.store.sql import insert
from monitor.store.tables import hits, list_changes, list_versions, lists, rescreens, storable
from monitor.store.texts import StoredText

Names = Mapping[tuple[str, str], Sequence[str]]
"""(watchlist, entity) → names that are new."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A list as it was last taken up: id → (names, the main one first; programmes)."""

    version: str
    records: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Rescreen:
    """New names that are held against stored articles."""

    id: int
    made: datetime
    since: datetime
    names: Names
    after: int
    articles: int
    hits: int
    finished: datetime | None


class Lists:
    db: Database

    def taken_lists(self) -> dict[str, Taken]:
        """Every list as it was last taken up, by its id."""
        with self.db.read() as connection:
            return {
                row.watchlist: Taken(
                    row.version,
                    {id: (tuple(names), tuple(programmes)) for id, (names, programmes) in _unpack(row.records).items()},
                )
                for row in connection.execute(select(lists))
            }

    def lists_taken(self) -> dict[str, tuple[str, datetime]]:
        """Of every list, the version in use and since when, without what stands on it."""
        with self.db.read() as connection:
            rows = connection.execute(select(lists.c.watchlist, lists.c.version, lists.c.taken))
            return {row.watchlist: (row.version, row.taken) for row in rows}

    def take_lists(
        self,
        taken: Mapping[str, Taken],
        changes: Sequence[ListChange],
        names: Names,
        *,
        since: datetime,
        now: datetime,
        messages: Sequence[Message] = (),
    ) -> None:
        """Note lists that are taken up, their changes, the names to be held against articles since then, at once.

        messages: about the changes; they are made in the same transaction, so that none of these stays untold.
        """
        with self.db.write() as connection:
            for watchlist, one in taken.items():
                values = {"version": one.version, "taken": now, "records": _pack(one.records)}
                put = insert(self.db, lists).values(watchlist=watchlist, **values)
                connection.execute(put.on_conflict_do_update(index_elements=["watchlist"], set_=values))
            rows = [{"watchlist": one.watchlist, "at": one.at, "change": _dump(one)} for one in changes]
            if rows:
                connection.execute(list_changes.insert(), rows)
            if names:
                packed = _pack([[*key, list(some)] for key, some in names.items()])
                connection.execute(rescreens.insert().values(made=now, since=since, names=packed))
            notices.send(self.db, connection, messages, now, key=f"lists {now.isoformat()}")

    def note_list_versions(self, lists: Iterable[Watchlist], now: datetime) -> None:
        """Remember what these versions of lists are, where they were not used before."""
        rows = {
            (one.id, one.version): {
                "watchlist": one.id,
                "version": one.version,
                "title": one.title,
                "licence": one.licence,
                "origin": one.origin,
                "entities": len(one.entities),
                "names": sum(len(entity.names) for entity in one.entities),
                "first_used": now,
            }
            for one in lists
        }
        with self.db.read() as connection:
            known = {
                tuple(row) for row in connection.execute(select(list_versions.c.watchlist, list_versions.c.version))
            }
        new = [row for key, row in rows.items() if key not in known]
        if new:
            with self.db.write() as connection:
                connection.execute(insert(self.db, list_versions).on_conflict_do_nothing(), new)

    def list_changes(self, *, watchlist: str | None = None, limit: int = 100) -> list[ListChange]:
        """What changed on the lists, the newest first."""
        wanted = select(list_changes).order_by(list_changes.c.id.desc()).limit(limit)
        if watchlist is not None:
            wanted = wanted.where(list_changes.c.watchlist == watchlist)
        with self.db.read() as connection:
            return [_changes().validate_json(row.change) for row in connection.execute(wanted)]

    def pending_rescreens(self) -> list[Rescreen]:
        """Those that are not finished, the oldest first."""
        wanted = select(rescreens).where(rescreens.c.finished.is_(None)).order_by(rescreens.c.id)
        with self.db.read() as connection:
            return [_rescreen(row) for row in connection.execute(wanted)]

    def rescreens(self, *, limit: int = 20) -> list[Rescreen]:
        """The newest first."""
        with self.db.read() as connection:
            rows = connection.execute(select(rescreens).order_by(rescreens.c.id.desc()).limit(limit))
            return [_rescreen(row) for row in rows]

    def rescreened_hits(self, rescreen: Rescreen) -> list[HitRecord]:
        """What it found so far, this process or one before it, in the order in which it was found; not what a
        suppression keeps from people."""
        wanted = select(hits.c.id, hits.c.watchlist, hits.c.entity_id).where(
            hits.c.watchlist.in_(sorted({watchlist for watchlist, _ in rescreen.names})),
            hits.c.found_at >= rescreen.made,
        )
        with self.db.read() as connection:
            rows = connection.execute(wanted.order_by(hits.c.id))
            ids = [row.id for row in rows if (row.watchlist, row.entity_id) in rescreen.names]
            records = find_hits(connection, ids)
        return [records[id] for id in ids if records[id].hit.rescreened and not records[id].suppressed]

    def record_rescreen(
        self,
        rescreen: Rescreen,
        texts: Sequence[tuple[StoredText, Sequence[Hit]]],
        *,
        after: int,
        articles: int,
        now: datetime,
        finished: bool = False,
    ) -> list[int]:
        """Note a block that was looked at, and the hits that are new, in one transaction; returns these hits' ids.

        Nobody is alerted: what a rescreen finds is told in one message when it is over.
        """
        placed = [
            (
                text.ref.id,
                text.version,
                [(one, pack_hit(one)) for one in (replace(hit, rescreened=True) for hit in found)],
            )
            for text, found in texts
            if found
        ]
        with self.db.write(alone=True) as connection:
            new = findings.record_found(self.db, connection, placed, now) if placed else []
            row = connection.execute(select(rescreens).where(rescreens.c.id == rescreen.id)).one()
            values: dict[str, Any] = {
                "after": max(after, row.after),
                "articles": row.articles + articles,
                "hits": row.hits + len(new),
            }
            if finished:
                values["finished"] = now
            connection.execute(update(rescreens).where(rescreens.c.id == rescreen.id).values(values))
        return [record.id for record in new]


def _rescreen(row: Row[Any]) -> Rescreen:
    names = {(watchlist, entity): tuple(some) for watchlist, entity, some in _unpack(row.names)}
    return Rescreen(row.id, row.made, row.since, names, row.after, row.articles, row.hits, row.finished)


@cache
def _changes() -> TypeAdapter[ListChange]:
    return TypeAdapter(ListChange)


def _dump(change: ListChange) -> str:
    return storable(json.dumps(_changes().dump_python(change, mode="json", exclude_defaults=True)))


def _pack(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))


__all__ = ["Lists", "Names", "Rescreen", "Taken"]
