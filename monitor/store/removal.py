"""Taking rows away so that what is left stands by itself: no message without its hits, no record without its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, select, update

from monitor.model.alerts import DeliveryKind, DeliveryState
from monitor.model.audit import ERASING, Kind, ranges
from monitor.store.audit import append, deed
from monitor.store.engine import Database
from monitor.store.tables import (
    acknowledgements,
    alert_hits,
    alerts,
    articles,
    audit,
    chain,
    deliveries,
    delivery_alerts,
    dispositions,
    hits,
    mentions,
    pages,
    untold,
    versions,
)


def remove_deliveries(connection: Connection, ids: Sequence[int]) -> None:
    """Who has seen a hit stays known, without the message that led there."""
    led_there = acknowledgements.c.delivery_id.in_(ids)
    connection.execute(update(acknowledgements).where(led_there).values(delivery_id=None))
    connection.execute(delete(delivery_alerts).where(delivery_alerts.c.delivery_id.in_(ids)))
    connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))


def remove_hits(connection: Connection, ids: Sequence[int]) -> None:
    """With their mentions, the reasons why they were told or not, and alerts that tell of nothing any more.

    A message that waited to tell of nothing else is taken back; one that went out stays as a message without hits.
    Decisions stay.
    """
    told = select(alert_hits.c.alert_id).where(alert_hits.c.hit_id.in_(ids))
    about = list(connection.execute(told.distinct()).scalars())
    for table in (alert_hits, mentions, untold, acknowledgements):
        connection.execute(delete(table).where(table.c.hit_id.in_(ids)))
    empty = ~exists().where(alert_hits.c.alert_id == alerts.c.id)
    gone = list(connection.execute(select(alerts.c.id).where(alerts.c.id.in_(about), empty)).scalars())
    told_by = select(delivery_alerts.c.delivery_id).where(delivery_alerts.c.alert_id.in_(gone))
    messages = list(connection.execute(told_by.distinct()).scalars())
    connection.execute(delete(delivery_alerts).where(delivery_alerts.c.alert_id.in_(gone)))
    connection.execute(delete(alerts).where(alerts.c.id.in_(gone)))
    waiting = and_(
        deliveries.c.id.in_(messages),
        deliveries.c.state != DeliveryState.SENT.value,
        deliveries.c.kind != DeliveryKind.NOTICE.value,
        ~exists().where(delivery_alerts.c.delivery_id == deliveries.c.id),
    )
    remove_deliveries(connection, connection.execute(select(deliveries.c.id).where(waiting)).scalars().all())
    connection.execute(delete(hits).where(hits.c.id.in_(ids)))


def empty_articles(connection: Connection, ids: Sequence[int]) -> int:
    """Take titles, addresses and texts of articles in which nothing is found (any more); returns of how many.

    The rows stay, and with them the digests by which entries are known again.
    """
    unfound = ~exists().where(hits.c.article_id == articles.c.id)
    wanted = select(articles.c.id).where(articles.c.id.in_(ids), unfound)
    bare = list(connection.execute(wanted).scalars())
    connection.execute(update(versions).where(versions.c.article_id.in_(bare)).values(title="", text=None))
    connection.execute(update(pages).where(pages.c.article_id.in_(bare)).values(due=None))
    nothing = {"title": "", "url": "", "published_raw": ""}
    connection.execute(update(articles).where(articles.c.id.in_(bare)).values(nothing))
    return len(bare)


def empty_records(
    db: Database,
    connection: Connection,
    *,
    deeds: Sequence[int],
    decisions: Sequence[int],
    what: str,
    who: str,
    about: str,
    now: datetime,
) -> int:
    """Take the content of these rows of `audit` and `dispositions` away, and tell so in the trail; how many had any.

    The deed that tells it is of a kind that is never erased itself, so that it has to name nobody.
    """
    assert what in ERASING
    rows: dict[int, tuple[str, int]] = {}
    for kind, table, ids in ((Kind.DEED, audit, deeds), (Kind.DECISION, dispositions, decisions)):
        of = and_(chain.c.kind == kind.value, chain.c.row_id == table.c.id)
        wanted = (
            select(chain.c.number, table.c.id).join(table, of).where(table.c.id.in_(ids), table.c.salt.is_not(None))
        )
        if kind is Kind.DEED:
            wanted = wanted.where(table.c.what.not_in(ERASING))
        rows |= {row.number: (kind.value, row.id) for row in connection.execute(wanted)}
    details = {"erased": ranges(rows)}
    [told] = append(db, connection, deed(at=now, who=who, what=what, about=about, details=details))
    gone = {"who": "", "salt": None, "erased_by": told}
    for kind, table, more in (
        (Kind.DEED, audit, {"about": "", "details": ""}),
        (Kind.DECISION, dispositions, {"reason": ""}),
    ):
        ids = [id for of_kind, id in rows.values() if of_kind == kind.value]
        connection.execute(update(table).where(table.c.id.in_(ids)).values(gone | more))
    return len(rows)
