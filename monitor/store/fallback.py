"""What a channel could not be told, told over another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.model.alerts import DeliveryState
from monitor.store.engine import Database
from monitor.store.optouts import opted_out
from monitor.store.packing import digest
from monitor.store.sql import chunks, insert
from monitor.store.tables import alerts, deliveries, delivery_alerts


def fall_back(
    db: Database, connection: Connection, dead: Row[Any], to: tuple[str, Sequence[str]], said: str, now: datetime
) -> int:
    """Make a delivery for each recipient of the other channel, of those alerts it has no delivery of; how many.

    Three recipients who cannot be reached fall back to one message, and a channel that the routes told is not told
    again.
    """
    channel, recipients = to
    about = {
        (row.subject, row.story_id): row.id
        for row in connection.execute(
            select(alerts)
            .join(delivery_alerts, delivery_alerts.c.alert_id == alerts.c.id)
            .where(delivery_alerts.c.delivery_id == dead.id)
        )
    }
    made = 0
    left_alone = opted_out(connection)
    for recipient in (one for one in recipients if (channel, one) not in left_alone):
        told = _told(connection, channel, recipient, sorted({story for _, story in about}))
        rest = sorted(alert for key, alert in about.items() if key not in told)
        if not rest and not dead.notice:
            continue
        what = dead.notice or ",".join(map(str, rest))
        values = {
            "uid": digest("fallback", channel, recipient, what, dead.created.isoformat()).hex(),
            "channel": channel,
            "recipient": recipient,
            "kind": dead.kind,
            "note": f"{dead.channel} {dead.recipient}".strip() + f" {said}",
            "notice": dead.notice,
            "state": DeliveryState.PENDING.value,
            "created": now,
            "next_attempt": now,
        }
        put = insert(db, deliveries).values(values).on_conflict_do_nothing(index_elements=["uid"])
        row = connection.execute(put.returning(deliveries.c.id)).first()
        if row is not None:
            made += 1
            links = [{"delivery_id": row.id, "alert_id": alert} for alert in rest]
            if links:
                connection.execute(delivery_alerts.insert(), links)
    return made


def _told(connection: Connection, channel: str, recipient: str, stories: Sequence[int]) -> set[tuple[str, int]]:
    """(subject, story) of what the recipient has deliveries of on this channel."""
    found: set[tuple[str, int]] = set()
    for some in chunks(stories):
        rows = connection.execute(
            select(alerts.c.subject, alerts.c.story_id)
            .join(delivery_alerts, delivery_alerts.c.alert_id == alerts.c.id)
            .join(deliveries, deliveries.c.id == delivery_alerts.c.delivery_id)
            .where(deliveries.c.channel == channel, deliveries.c.recipient == recipient, alerts.c.story_id.in_(some))
        )
        found |= {(row.subject, row.story_id) for row in rows}
    return found
