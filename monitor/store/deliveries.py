"""Deliveries: claimed, merged, sent, retried, dead, made due again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.errors import StorageError
from monitor.model.alerts import Alert, Dead, Delivery, DeliveryKind, DeliveryState, Retry, SendResult, Sent
from monitor.model.matches import HitRecord
from monitor.model.watchlists import Severity
from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.fallback import fall_back
from monitor.store.hits import find_hits
from monitor.store.packing import unpack_notice
from monitor.store.sql import FREE, chunks, insert, unleased
from monitor.store.tables import alert_hits, alerts, deliveries, delivery_alerts, threads

THREAD_LIFE = timedelta(days=1)
"""How long after its first message a thread is followed: below a message of last week nobody looks."""


class Deliveries:
    db: Database

    def claim_due_deliveries(
        self, now: datetime, *, lease: float, owner: str, limit: int, channels: Collection[str]
    ) -> list[Delivery]:
        """Lease up to `limit` due deliveries on these channels to `owner` for `lease` seconds, the oldest first.

        One that was handed out before, and came back without its fate, has `attempts` of at least 1: it may have
        gone out, so it must be sent as what it was, under the uid it had.
        """
        due = (
            select(deliveries)
            .where(*delivery_is_due(now), deliveries.c.channel.in_(sorted(channels)))
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        with self.db.write() as connection:
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            leased = {"lease_until": now + timedelta(seconds=lease), "lease_owner": owner, "handed": True}
            for some in chunks([row.id for row in rows]):
                connection.execute(update(deliveries).where(deliveries.c.id.in_(some)).values(leased))
            handed = {row.id for row in rows if row.handed}
            return [
                replace(delivery, attempts=1) if delivery.id in handed and not delivery.attempts else delivery
                for delivery in _deliveries(connection, rows)
            ]

    def merge_deliveries(self, ids: Sequence[int], kind: DeliveryKind, now: datetime, note: str = "") -> Delivery:
        """Make one delivery of `kind` of these, to be sent now: the first of them takes the others' alerts.

        note: why they come together, where the reader could not tell; else the first note that one of them has.

        They are claimed, to one recipient over one channel, and none was ever tried. Raises StorageError when none
        is left, because their lease ran out and another process took them.
        """
        with self.db.write() as connection:
            found: list[int] = []
            for some in chunks(list(ids)):
                untried = select(deliveries.c.id).where(
                    deliveries.c.id.in_(some),
                    deliveries.c.state == DeliveryState.PENDING.value,
                    deliveries.c.attempts == 0,
                )
                found += connection.execute(untried.with_for_update()).scalars()
            if not found:
                raise StorageError("the deliveries to be bundled were taken by another process; nothing is lost")
            first, *others = sorted(found)
            for some in chunks(others):
                joined = delivery_alerts.c.delivery_id.in_(some)
                connection.execute(update(delivery_alerts).where(joined).values(delivery_id=first))
            notes = select(deliveries.c.note).where(deliveries.c.id.in_(found[:500]), deliveries.c.note != "")
            note = note or connection.execute(notes.order_by(deliveries.c.id).limit(1)).scalar() or ""
            for some in chunks(others):
                connection.execute(delete(deliveries).where(deliveries.c.id.in_(some)))
            values = {"kind": kind.value, "next_attempt": now, "note": note}
            connection.execute(update(deliveries).where(deliveries.c.id == first).values(values))
            rows = connection.execute(select(deliveries).where(deliveries.c.id == first)).all()
            return _deliveries(connection, rows)[0]

    def record_delivery(
        self,
        delivery_id: int,
        result: SendResult,
        *,
        now: datetime,
        next_attempt: datetime | None,
        fallback: tuple[str, Sequence[str]] | None = None,
    ) -> None:
        """Write a try's fate. `next_attempt`: when a Retry is due.

        fallback: (channel, recipients) that are told in its place, of what they were not told before: when it is Dead,
        or when it would come too late.
        """
        with self.db.write() as connection:
            row = connection.execute(
                select(deliveries).where(deliveries.c.id == delivery_id).with_for_update()
            ).one_or_none()
            if row is None or row.state == DeliveryState.SENT:
                return  # another process took it, its lease having run out, and was done first
            values: dict[str, Any] = {"attempts": row.attempts + 1, **FREE}
            match result:
                case Sent(provider_id):
                    values |= {"state": DeliveryState.SENT.value, "sent_at": now, "provider_id": provider_id}
                    values |= {"last_error": "", "next_attempt": None}
                    _begin_threads(self.db, connection, row, provider_id, now)
                case Retry(error):
                    values |= {"last_error": error, "next_attempt": next_attempt or now}
                    if fallback is not None:
                        said = f"could not be told so far, and is tried again (delivery {delivery_id}): {error}"
                        fall_back(self.db, connection, row, fallback, said, now)
                case Dead(error):
                    values |= {"state": DeliveryState.DEAD.value, "last_error": error, "next_attempt": None}
                    if fallback is not None:
                        fall_back(self.db, connection, row, fallback, f"could not be told: {error}", now)
            connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))

    def retry_delivery(self, delivery_id: int, now: datetime, *, who: str = "") -> bool:
        """Make a dead or waiting delivery due now, its tries counted afresh; False when it was sent or is not there."""
        with self.db.write() as connection:
            unsent = and_(deliveries.c.id == delivery_id, deliveries.c.state != DeliveryState.SENT.value)
            values = {"state": DeliveryState.PENDING.value, "next_attempt": now, "attempts": 0}
            due = connection.execute(update(deliveries).where(unsent).values(values)).rowcount > 0
            if due:
                about = f"delivery {delivery_id}"
                append(self.db, connection, deed(at=now, who=who, what="retry", about=about))
            return due

    def deliveries(
        self, *, state: DeliveryState | None = None, before: int | None = None, limit: int | None = None
    ) -> list[Delivery]:
        """The newest first; `before`: only those with a lower id."""
        wanted = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
        if state is not None:
            wanted = wanted.where(deliveries.c.state == state.value)
        if before is not None:
            wanted = wanted.where(deliveries.c.id < before)
        with self.db.read() as connection:
            return _deliveries(connection, connection.execute(wanted).all())

    def delivery(self, delivery_id: int) -> Delivery | None:
        """None when there is no such delivery."""
        with self.db.read() as connection:
            rows = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).all()
            return _deliveries(connection, rows)[0] if rows else None

    def recently_sent(self, now: datetime, seconds: float) -> dict[tuple[str, str], int]:
        """(channel, recipient) → how many messages went out within the last `seconds`."""
        after = deliveries.c.sent_at > now - timedelta(seconds=seconds)
        counted = select(deliveries.c.channel, deliveries.c.recipient, func.count().label("sent"))
        with self.db.read() as connection:
            rows = connection.execute(counted.where(after).group_by(deliveries.c.channel, deliveries.c.recipient))
            return {(row.channel, row.recipient): row.sent for row in rows}

    def oldest_due_deliveries(self, now: datetime) -> dict[str, datetime]:
        """Channel → since when its oldest due delivery waits: since it was due, or created where it was tried."""
        since = case((deliveries.c.attempts == 0, deliveries.c.next_attempt), else_=deliveries.c.created)
        oldest = select(deliveries.c.channel, func.min(since).label("since")).where(*delivery_is_due(now))
        with self.db.read() as connection:
            rows = connection.execute(oldest.group_by(deliveries.c.channel))
            return {row.channel: row.since for row in rows}


def delivery_is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    pending = deliveries.c.state == DeliveryState.PENDING.value
    return (pending, deliveries.c.next_attempt <= now, unleased(deliveries, now))


def _deliveries(connection: Connection, rows: Sequence[Row[Any]]) -> list[Delivery]:
    """With their alerts, and these with their hits."""
    told = _alerts(connection, [row.id for row in rows])
    subjects = {(row.channel, row.recipient, alert.subject) for row in rows for alert in told.get(row.id, ())}
    started = _threads(connection, subjects)
    return [_delivery(row, told.get(row.id, []), started) for row in rows]


def _delivery(row: Row[Any], told: Sequence[Alert], started: dict[tuple[str, str, str], Row[Any]]) -> Delivery:
    thread = ""
    if row.state == DeliveryState.PENDING and len(told) == 1:
        begun = started.get((row.channel, row.recipient, told[0].subject))
        if begun is not None and begun.started > row.created - THREAD_LIFE:
            thread = begun.provider_id
    return Delivery(
        id=row.id,
        uid=row.uid,
        channel=row.channel,
        recipient=row.recipient,
        kind=DeliveryKind(row.kind),
        state=DeliveryState(row.state),
        alerts=tuple(told),
        attempts=row.attempts,
        created=row.created,
        next_attempt=row.next_attempt,
        last_error=row.last_error,
        sent_at=row.sent_at,
        thread=thread,
        note=row.note,
        notice=unpack_notice(row.notice),
    )


def _alerts(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, list[Alert]]:
    """Delivery → its alerts, in the order in which they were made."""
    joined: list[tuple[int, Row[Any]]] = []
    for some in chunks(delivery_ids):
        rows = connection.execute(
            select(delivery_alerts.c.delivery_id, alerts)
            .join(alerts, alerts.c.id == delivery_alerts.c.alert_id)
            .where(delivery_alerts.c.delivery_id.in_(some))
            .order_by(alerts.c.id)
        )
        joined += [(row.delivery_id, row) for row in rows]
    about = _hits(connection, sorted({row.id for _, row in joined}))
    told: dict[int, list[Alert]] = {}
    for delivery_id, row in joined:
        alert = Alert(
            row.id, row.subject, row.story_id, row.channel, tuple(about[row.id]), row.reason, Severity(row.severity)
        )
        told.setdefault(delivery_id, []).append(alert)
    return told


def _hits(connection: Connection, alert_ids: Sequence[int]) -> dict[int, list[HitRecord]]:
    pairs: list[tuple[int, int]] = []
    for some in chunks(alert_ids):
        links = select(alert_hits).where(alert_hits.c.alert_id.in_(some)).order_by(alert_hits.c.hit_id)
        pairs += [(row.alert_id, row.hit_id) for row in connection.execute(links)]
    records = find_hits(connection, sorted({hit_id for _, hit_id in pairs}))
    about: dict[int, list[HitRecord]] = {}
    for alert_id, hit_id in pairs:
        about.setdefault(alert_id, []).append(records[hit_id])
    return about


def _threads(connection: Connection, subjects: set[tuple[str, str, str]]) -> dict[tuple[str, str, str], Row[Any]]:
    found: dict[tuple[str, str, str], Row[Any]] = {}
    for some in chunks(sorted({subject for _, _, subject in subjects})):
        for row in connection.execute(select(threads).where(threads.c.subject.in_(some))):
            found[row.channel, row.recipient, row.subject] = row
    return found


def _begin_threads(db: Database, connection: Connection, row: Row[Any], provider_id: str, now: datetime) -> None:
    """The message begins a thread about each of its subjects, unless it is itself a follow-up in that very thread."""
    told = (
        select(alerts.c.subject)
        .join(delivery_alerts, delivery_alerts.c.alert_id == alerts.c.id)
        .where(delivery_alerts.c.delivery_id == row.id)
    )
    subjects = sorted(set(connection.execute(told).scalars())) if provider_id else []
    for subject in subjects:
        values = {"provider_id": provider_id, "started": now}
        put = insert(db, threads).values(channel=row.channel, recipient=row.recipient, subject=subject, **values)
        other = or_(threads.c.provider_id != provider_id, threads.c.started > now)
        connection.execute(
            put.on_conflict_do_update(index_elements=["channel", "recipient", "subject"], set_=values, where=other)
        )
