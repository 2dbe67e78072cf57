"""What the dashboard asks beyond listings: who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, literal, select, union_all

from monitor.store.engine import Database
from monitor.store.tables import audit, dispositions


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody did something: a decision about a hit, a login, a message sent again."""

    at: datetime
    who: str
    what: str  # "login", "retry" …; of a decision the disposition
    about: str
    hit: int | None = None  # the hit that was decided about


class DeskQueries:
    db: Database

    def note(self, *, who: str, what: str, about: str = "", now: datetime) -> None:
        """Add to the audit trail. Decisions about hits are there by themselves."""
        with self.db.write() as connection:
            connection.execute(audit.insert().values(at=now, who=who, what=what, about=about))

    def deeds(self, *, before: datetime | None = None, limit: int = 100) -> list[Deed]:
        """The audit trail, the newest first: deeds and decisions, at `before` or earlier."""
        noted = select(audit.c.at, audit.c.who, audit.c.what, audit.c.about, cast(literal(None), audit.c.id.type))
        decided = select(
            dispositions.c.at, dispositions.c.who, cast(dispositions.c.became, String), dispositions.c.reason,
            dispositions.c.hit_id,
        )  # fmt: skip
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
