"""Who has said that they have seen a hit, when, and by the link of which message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.tables import acknowledgements, deliveries


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    at: datetime
    who: str
    channel: str = ""  # of the message whose link led there; "" without one
    recipient: str = ""


class Acknowledgements:
    db: Database

    def acknowledge(self, hit_id: int, *, who: str, delivery: int | None, now: datetime) -> None:
        """Keep that somebody has seen a hit that there is; it stands in the audit trail too."""
        by = f", by the link of message {delivery}" if delivery else ""
        with self.db.write() as connection:
            values = {"hit_id": hit_id, "at": now, "who": who, "delivery_id": delivery}
            connection.execute(acknowledgements.insert().values(values))
            append(self.db, connection, deed(at=now, who=who, what="acknowledged", about=f"hit {hit_id}{by}"))

    def acknowledgements(self, hit_id: int) -> list[Acknowledgement]:
        """The first one first."""
        wanted = (
            select(acknowledgements.c.at, acknowledgements.c.who, deliveries.c.channel, deliveries.c.recipient)
            .outerjoin(deliveries, deliveries.c.id == acknowledgements.c.delivery_id)
            .where(acknowledgements.c.hit_id == hit_id)
            .order_by(acknowledgements.c.id)
        )
        with self.db.read() as connection:
            rows = connection.execute(wanted)
            return [Acknowledgement(row.at, row.who, row.channel or "", row.recipient or "") for row in rows]
