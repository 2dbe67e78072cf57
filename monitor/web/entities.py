"""An entity at the desk: its record, when it was mentioned, and how each of its names did."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter

from monitor.errors import UsageError
from monitor.model.matches import Disposition
from monitor.model.serial import time_json
from monitor.model.watchlists import Entity, Name
from monitor.store import EntityCount, NameUse
from monitor.web.desk import Desk
from monitor.web.evidence import entity_json
from monitor.web.shapes import Json

WEEKS = 26
"""Of the timeline: half a year."""

_CURSOR: TypeAdapter[tuple[int, str, str]] = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**63)], str, str])

LONGEST = 400
"""Code points by which the database knows a name."""


@dataclass(frozen=True, slots=True)
class Dossier:
    entity: Entity
    listed: bool  # it stands on a list in use
    weeks: tuple[tuple[date, Counter[Disposition]], ...]  # by their Mondays, the oldest first
    used: tuple[tuple[Name, NameUse], ...]  # those that find most first
    unused: tuple[Name, ...]  # on the list, and never found
    former: tuple[NameUse, ...]  # found once, and not on the list any more

    @property
    def hits(self) -> int:
        return sum(counts.total() for _, counts in self.weeks)

    def json(self) -> Json:
        return {
            **entity_json(self.entity),
            "in_use": self.listed,
            "weeks": [
                {"week": week.isoformat(), **{d.value: counts[d] for d in Disposition}} for week, counts in self.weeks
            ],
            "use": [
                *(_use(name.text, name.kind.value, use) for name, use in self.used),
                *(_use(name.text, name.kind.value, None) for name in self.unused),
                *(_use(use.name, "former", use) for use in self.former),
            ],
        }


def _use(name: str, kind: str, use: NameUse | None) -> Json:
    if use is None:
        return {"name": name, "kind": kind, "hits": 0, "dismissed": 0, "noise": None, "last": None}
    counts = {"hits": use.hits, "dismissed": use.dismissed, "noise": use.noise, "last": time_json(use.last)}
    return {"name": name, "kind": kind, **counts}


def dossier(desk: Desk, key: tuple[str, str]) -> Dossier | None:
    """None for an entity that is on no list in use and was never found. Raises StorageError."""
    listed = desk.roster().get(key)
    entity = listed or desk.store.entity_as_found(key)
    if entity is None:
        return None
    now = desk.clock()
    monday = now.date() - timedelta(days=now.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    since = datetime.combine(first, datetime.min.time(), now.tzinfo)
    weeks = by_week(desk.store.entity_times(key, since=since), first)
    uses = dict(desk.store.entity_names(key))
    used = [(name, uses.pop(name.text[:LONGEST])) for name in entity.names if name.text[:LONGEST] in uses]
    return Dossier(
        entity=entity,
        listed=listed is not None,
        weeks=weeks,
        used=tuple(sorted(used, key=lambda one: -one[1].hits)),
        unused=tuple(name for name in entity.names if name not in [known for known, _ in used]),
        former=tuple(uses.values()),
    )


def by_week(
    times: Sequence[tuple[datetime, Disposition]], first: date
) -> tuple[tuple[date, Counter[Disposition]], ...]:
    """WEEKS weeks from the Monday `first` on."""
    weeks: list[Counter[Disposition]] = [Counter() for _ in range(WEEKS)]
    for moment, disposition in times:
        weeks[min((moment.date() - first).days // 7, WEEKS - 1)][disposition] += 1
    return tuple((first + timedelta(weeks=number), counts) for number, counts in enumerate(weeks))


def written_cursor(last: EntityCount) -> str:
    said = json.dumps([last.hits, last.watchlist, last.id], ensure_ascii=True, separators=(",", ":"))
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_cursor(said: str) -> tuple[int, str, str]:
    """Raises UsageError."""
    try:
        return _CURSOR.validate_json(urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except ValueError as error:
        raise UsageError("before: not a cursor that this API gave") from error
