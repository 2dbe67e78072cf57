"""Messages about the monitor itself: troubles as they begin and end, and how the channels do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select

from monitor.model.alerts import ChannelState, DeliveryKind, DeliveryState, Message, Trouble, Turn
from monitor.model.matches import HitRecord
from monitor.model.watchlists import Severity
from monitor.store.engine import Database
from monitor.store.optouts import LEFT, opted_out
from monitor.store.packing import digest, pack_notice
from monitor.store.sql import insert
from monitor.store.tables import alert_hits, alerts, deliveries, delivery_alerts, polls, troubles

LINKED = 200
"""Alerts named beside a message that sums hits up: whoever looks at it reads them all, and a list taken up anew finds
thousands. Of the others it is known that the channel was told."""


class Notices:
    db: Database

    def troubles(self) -> list[Trouble]:
        """Those that people were told of and that are not over, the oldest first."""
        with self.db.read() as connection:
            return _troubles(connection)

    def turn_troubles(self, decide: Callable[[Sequence[Trouble]], Turn], now: datetime) -> Turn:
        """Let `decide` compare what is known with what is so, and keep what it says with its messages, at once."""
        with self.db.write(alone=True) as connection:
            turn = decide(_troubles(connection))
            for trouble in turn.ended:
                connection.execute(delete(troubles).where(troubles.c.key == trouble.key))
            for trouble in turn.began:
                put = insert(self.db, troubles).values(_row(trouble))
                connection.execute(put.on_conflict_do_nothing(index_elements=["key"]))
            send(self.db, connection, turn.messages, now, key=f"troubles {now.isoformat()}")
        return turn

    def add_notices(
        self,
        messages: Sequence[Message],
        *,
        key: str,
        now: datetime,
        about: Mapping[str, Sequence[HitRecord]] = MappingProxyType({}),
    ) -> int:
        """Make a delivery for each recipient. With a key that was used before nothing is made: it was told.

        about: channel → the hits that its message sums up; what it was told so is not told again as an alert.
        """
        with self.db.write() as connection:
            return send(self.db, connection, messages, now, key=key, about=about)

    def channel_states(self) -> list[ChannelState]:
        """How each recipient of each channel does, where something waits or died."""
        with self.db.read() as connection:
            tried = and_(deliveries.c.state == DeliveryState.PENDING.value, deliveries.c.attempts > 0)
            pending = _by_recipient(connection, func.min(deliveries.c.created), tried)
            dead: dict[tuple[str, str], list[Row[Any]]] = {}
            for row in connection.execute(select(deliveries).where(_dead()).order_by(deliveries.c.id)):
                dead.setdefault((row.channel, row.recipient), []).append(row)
            for key, rows in list(dead.items()):
                last = _last_sent(connection, *key)
                dead[key] = [row for row in rows if row.id > last]
            dead = {key: rows for key, rows in dead.items() if rows}
            states = []
            for key in sorted(pending.keys() | dead.keys()):
                rows = dead.get(key, [])
                error = rows[-1].last_error if rows else _last_error(connection, *key)
                since = min((row.created for row in rows), default=None)
                states.append(ChannelState(*key, pending.get(key), len(rows), since, error))
            return states

    def last_news(self, now: datetime, within: timedelta) -> dict[str, datetime]:
        """Feed → when a poll last brought something new, of those that brought any within this time."""
        news = select(polls.c.feed_id, func.max(polls.c.finished).label("last")).where(*_fresh(now, within))
        with self.db.read() as connection:
            rows = connection.execute(news.group_by(polls.c.feed_id))
            return {row.feed_id: row.last for row in rows}

    def news_times(self, feed: str, now: datetime, within: timedelta) -> list[datetime]:
        """When polls of the feed brought something new, within this time, the oldest first."""
        times = select(polls.c.finished).where(polls.c.feed_id == feed, *_fresh(now, within))
        with self.db.read() as connection:
            return list(connection.execute(times.order_by(polls.c.finished)).scalars())


def send(
    db: Database,
    connection: Connection,
    messages: Sequence[Message],
    now: datetime,
    *,
    key: str,
    about: Mapping[str, Sequence[HitRecord]] = MappingProxyType({}),
) -> int:
    """In the caller's transaction: a delivery for each recipient, and who has thereby been told of which stories."""
    made = 0
    left_alone = opted_out(connection)
    for notice, channel, recipients in messages:
        new: list[int] = []
        for recipient in (one for one in recipients if (channel, one) not in left_alone):
            values = {
                "uid": digest("notice", key, channel, recipient).hex(),
                "channel": channel,
                "recipient": recipient,
                "kind": DeliveryKind.NOTICE.value,
                "notice": pack_notice(notice),
                "state": DeliveryState.PENDING.value,
                "created": now,
                "next_attempt": now,
            }
            put = insert(db, deliveries).values(values).on_conflict_do_nothing(index_elements=["uid"])
            new += connection.execute(put.returning(deliveries.c.id)).scalars()
        if new:
            _summed_up(db, connection, about.get(channel, ()), channel, new, now)
        made += len(new)
    return made


def _summed_up(
    db: Database, connection: Connection, told: Sequence[HitRecord], channel: str, new: Sequence[int], now: datetime
) -> None:
    """Alerts of kind "notice" for what the channel was not told before, so that a later copy of a story is none."""
    groups: dict[tuple[str, int], list[HitRecord]] = {}
    for record in told:
        groups.setdefault((record.subject, record.article.story), []).append(record)
    links: list[dict[str, int]] = []
    joined: list[dict[str, int]] = []
    for (subject, story), records in groups.items():
        values = {
            "subject": subject,
            "story_id": story,
            "channel": channel,
            "kind": DeliveryKind.NOTICE.value,
            "severity": max((record.hit.severity for record in records), key=lambda one: one.rank).value,
            "made": now,
            "reason": "found by rescreening after a list changed: told in the summary of it",
        }
        put = insert(db, alerts).values(values).on_conflict_do_nothing()
        for alert in connection.execute(put.returning(alerts.c.id)).scalars():
            links += [{"alert_id": alert, "hit_id": record.id} for record in records]
            joined += [{"delivery_id": one, "alert_id": alert} for one in new]
    if links:
        connection.execute(alert_hits.insert(), links)
        connection.execute(delivery_alerts.insert(), joined[: LINKED * len(new)])


def _dead() -> Any:
    return and_(deliveries.c.state == DeliveryState.DEAD.value, deliveries.c.last_error != LEFT)


def _fresh(now: datetime, within: timedelta) -> tuple[Any, ...]:
    return (polls.c.finished > now - within, polls.c.new > 0)


def _by_recipient(connection: Connection, what: Any, condition: Any) -> dict[tuple[str, str], Any]:
    columns = (deliveries.c.channel, deliveries.c.recipient)
    rows = connection.execute(select(*columns, what.label("found")).where(condition).group_by(*columns))
    return {(row.channel, row.recipient): row.found for row in rows}


def _last_sent(connection: Connection, channel: str, recipient: str) -> int:
    sent = (deliveries.c.state == DeliveryState.SENT.value, deliveries.c.channel == channel)
    newest = select(deliveries.c.id).where(*sent, deliveries.c.recipient == recipient).order_by(deliveries.c.id.desc())
    return connection.execute(newest.limit(1)).scalar() or 0


def _last_error(connection: Connection, channel: str, recipient: str) -> str:
    failed = (deliveries.c.channel == channel, deliveries.c.recipient == recipient, deliveries.c.attempts > 0)
    pending = select(deliveries.c.last_error).where(*failed, deliveries.c.state == DeliveryState.PENDING.value)
    return connection.execute(pending.order_by(deliveries.c.id).limit(1)).scalar() or ""


def _troubles(connection: Connection) -> list[Trouble]:
    rows = connection.execute(select(troubles).order_by(troubles.c.since, troubles.c.key))
    return [
        Trouble(row.key, row.said, row.since, Severity(row.severity), row.feed, row.watchlist, row.channel)
        for row in rows
    ]


def _row(trouble: Trouble) -> dict[str, Any]:
    return {
        "key": trouble.key,
        "said": trouble.said,
        "since": trouble.since,
        "severity": trouble.severity.value,
        "feed": trouble.feed,
        "watchlist": trouble.watchlist,
        "channel": trouble.channel,
    }
