"""Legal hold: nothing of an entity is pruned or erased until somebody ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hold:
    id: int
    watchlist: str
    entity: str  # its id
    since: datetime
    who: str
    reason: str
    ended: datetime | None = None
