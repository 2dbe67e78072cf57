"""Recipients who asked to be told nothing more over a channel: they are left out wherever deliveries are made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from monitor.model.alerts import DeliveryState, OptOut
from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.sql import FREE, insert
from monitor.store.tables import deliveries, opt_outs

DEED = "unsubscribe"
LEFT = "unsubscribed"
"""What their waiting deliveries died of."""


class OptOuts:
    db: Database

    def opt_out(self, delivery_id: int, now: datetime) -> OptOut | None:
        """The recipient of this delivery is told nothing more over its channel; None when there is no such delivery.

        What waits for them is dead, and says so. Saying it again changes nothing. It is in the audit trail.
        """
        with self.db.write() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
            if row is None:
                return None
            values = {"channel": row.channel, "recipient": row.recipient, "at": now}
            put = insert(self.db, opt_outs).values(values).on_conflict_do_nothing()
            if connection.execute(put).rowcount > 0:
                waiting = (deliveries.c.channel == row.channel, deliveries.c.recipient == row.recipient)
                dead = {"state": DeliveryState.DEAD.value, "last_error": LEFT, "next_attempt": None, **FREE}
                pending = deliveries.c.state == DeliveryState.PENDING.value
                connection.execute(update(deliveries).where(*waiting, pending).values(dead))
                append(self.db, connection, deed(at=now, who=row.recipient, what=DEED, about=row.channel))
            return OptOut(row.channel, row.recipient, now)

    def opt_in(self, channel: str, recipient: str, *, who: str, now: datetime) -> bool:
        """Tell them again; False when they had not asked to be left alone."""
        theirs = (opt_outs.c.channel == channel, opt_outs.c.recipient == recipient)
        with self.db.write() as connection:
            if connection.execute(delete(opt_outs).where(*theirs)).rowcount == 0:
                return False
            append(self.db, connection, deed(at=now, who=who, what="subscribe", about=f"{channel} {recipient}"))
            return True

    def opt_outs(self) -> list[OptOut]:
        """The oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(select(opt_outs).order_by(opt_outs.c.at, opt_outs.c.recipient))
            return [OptOut(row.channel, row.recipient, row.at) for row in rows]


def opted_out(connection: Connection) -> set[tuple[str, str]]:
    """(channel, recipient) of all who did."""
    return {(row.channel, row.recipient) for row in connection.execute(select(opt_outs))}
