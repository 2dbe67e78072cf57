"""Deliveries that wait their turn: what a channel was sent lately, and putting off what it is not to be sent yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from monitor.model.alerts import Delivery, DeliveryKind, DeliveryState
from monitor.store.engine import Database
from monitor.store.sql import FREE, chunks
from monitor.store.tables import deliveries

BUNDLED = (DeliveryKind.ALERT, DeliveryKind.SUMMARY, DeliveryKind.DIGEST)


class Pacing:
    db: Database

    def sent_times(self, channel: str, after: datetime) -> dict[str, list[datetime]]:
        """Recipient → when the channel's messages to it went out after this time, the oldest first."""
        sent = select(deliveries.c.recipient, deliveries.c.sent_at).where(deliveries.c.sent_at > after)
        times: dict[str, list[datetime]] = {}
        with self.db.read() as connection:
            for row in connection.execute(sent.where(deliveries.c.channel == channel).order_by(deliveries.c.sent_at)):
                times.setdefault(row.recipient, []).append(row.sent_at)
        return times

    def put_off(self, held: Sequence[Delivery], until: datetime, note: str) -> None:
        """Give these claimed deliveries back, due at `until`. What was never tried then comes as one digest."""
        fresh = [d.id for d in held if d.attempts == 0 and d.kind in BUNDLED]
        tried = sorted({d.id for d in held} - set(fresh))
        back: dict[str, Any] = {"next_attempt": until, **FREE}
        digest = back | {"kind": DeliveryKind.DIGEST.value, "handed": False, "note": note}
        with self.db.write() as connection:
            for ids, values in ((fresh, digest), (tried, back)):
                for some in chunks(ids):
                    pending = (deliveries.c.id.in_(some), deliveries.c.state == DeliveryState.PENDING.value)
                    connection.execute(update(deliveries).where(*pending).values(values))
