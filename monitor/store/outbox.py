"""Alerts and their pending deliveries, made in the transaction of the hits that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind, DeliveryState, Planner, Untold
from monitor.model.matches import Disposition, HitRecord
from monitor.model.watchlists import Severity
from monitor.store.engine import Database
from monitor.store.optouts import opted_out
from monitor.store.packing import digest
from monitor.store.silences import in_force
from monitor.store.sql import chunks, insert, insert_all, put_all
from monitor.store.tables import alert_hits, alerts, articles, deliveries, delivery_alerts, hits, untold

Key = tuple[str, int, str]
"""(subject, story, channel): there is one alert for each."""


def plan(db: Database, connection: Connection, new: Sequence[HitRecord], planner: Planner, now: datetime) -> int:
    """Ask the policy about these new hits and write what it decided; returns how many deliveries were made.

    The caller's transaction is alone, so that what the policy is told of the past stays true until it ends.
    """
    if not new:
        return 0
    history = _history(connection, new, now)
    decided = planner(new, history)
    refused = [one for one in decided if isinstance(one, Untold)]
    unwanted = {one.hit_id for one in refused if not one.channel}
    wanted = [record for record in new if record.id not in unwanted]
    joined = _join(db, connection, wanted)
    _keep(db, connection, [one for one in refused if one.channel not in joined.get(one.hit_id, ())], now)
    plans = {(p.subject, p.story, p.channel): p for p in decided if isinstance(p, AlertPlan)}
    fresh = [plan for key, plan in plans.items() if key not in history.alerted]
    made = _make_alerts(db, connection, fresh, wanted, now)
    left_alone = opted_out(connection)
    rows, links = [], []
    for key, alert in made.items():
        for recipient in plans[key].recipients:
            if (plans[key].channel, recipient) in left_alone:
                reason = f"{recipient} has unsubscribed from {plans[key].channel}"
                _keep(db, connection, [Untold(plans[key].hit_id, plans[key].channel, reason)], now)
                continue
            rows.append(_delivery(plans[key], recipient, now))
            links.append(alert)
    if rows:
        ids = insert_all(db, connection, deliveries, rows)
        pairs = [{"delivery_id": id, "alert_id": alert} for id, alert in zip(ids, links, strict=True)]
        put_all(db, connection, delivery_alerts.insert(), pairs)
    return len(rows)


def _keep(db: Database, connection: Connection, refused: Sequence[Untold], now: datetime) -> None:
    rows = [{"hit_id": one.hit_id, "channel": one.channel, "reason": one.reason, "at": now} for one in refused]
    put_all(db, connection, untold.insert(), rows)


def _history(connection: Connection, new: Sequence[HitRecord], now: datetime) -> AlertHistory:
    alerted: set[Key] = set()
    for some in chunks(sorted({record.article.story for record in new})):
        rows = connection.execute(select(alerts).where(alerts.c.story_id.in_(some)))
        alerted |= {(row.subject, row.story_id, row.channel) for row in rows}
    last: dict[tuple[str, str], tuple[datetime, Severity]] = {}
    for some_subjects in chunks(sorted({record.subject for record in new})):
        newest = (
            select(func.max(alerts.c.id))
            .where(alerts.c.subject.in_(some_subjects), alerts.c.kind == DeliveryKind.ALERT.value)
            .group_by(alerts.c.subject, alerts.c.channel)
        )
        for row in connection.execute(select(alerts).where(alerts.c.id.in_(newest))):
            last[row.subject, row.channel] = (row.made, Severity(row.severity))
    summed: set[tuple[str, str]] = set()
    told = select(alerts.c.subject, alerts.c.channel).distinct()
    for some_subjects in chunks(sorted({record.subject for record in new})):
        rows = connection.execute(told.where(alerts.c.subject.in_(some_subjects), _summed()))
        summed |= {(row.subject, row.channel) for row in rows}
    decided = _decided(connection, new)
    return AlertHistory(frozenset(alerted), last, decided, in_force(connection, now), frozenset(summed))


def _summed() -> ColumnElement[bool]:
    """Told in the summary of a rescreen, whose words are written: nothing joins it."""
    return alerts.c.kind == DeliveryKind.NOTICE.value


def _decided(connection: Connection, new: Sequence[HitRecord]) -> dict[tuple[str, int], tuple[int, Disposition]]:
    """(subject, story) of these hits → the hit about which somebody decided for good, and how.

    By article, in two steps: left to itself, SQLite goes through every hit that was ever decided about.
    """
    final = {Disposition.FALSE_POSITIVE.value, Disposition.TRUE_MATCH.value}
    subjects = {record.subject for record in new}
    decided: dict[tuple[str, int], tuple[int, Disposition]] = {}
    story_of: dict[int, int] = {}
    for some in chunks(sorted({record.article.story for record in new})):
        copies = select(articles.c.id, articles.c.story_id).where(articles.c.story_id.in_(some))
        story_of |= {row.id: row.story_id for row in connection.execute(copies)}
    for some in chunks(sorted(story_of)):
        found = select(hits.c.id, hits.c.subject, hits.c.disposition, hits.c.article_id).order_by(hits.c.id)
        for row in connection.execute(found.where(hits.c.article_id.in_(some))):
            if row.subject in subjects and row.disposition in final:
                decided[row.subject, story_of[row.article_id]] = (row.id, Disposition(row.disposition))
    return decided


def _make_alerts(
    db: Database, connection: Connection, plans: Sequence[AlertPlan], new: Sequence[HitRecord], now: datetime
) -> dict[Key, int]:
    """The alerts, with the new hits that they are about."""
    about: dict[tuple[str, int], list[HitRecord]] = {}
    for record in new:
        about.setdefault((record.subject, record.article.story), []).append(record)
    rows = [
        {
            "subject": plan.subject,
            "story_id": plan.story,
            "channel": plan.channel,
            "kind": plan.kind.value,
            "severity": _severity(plan, about[plan.subject, plan.story]).value,
            "made": now,
            "reason": plan.reason,
        }
        for plan in plans
    ]
    if not rows:
        return {}
    ids = insert_all(db, connection, alerts, rows)
    links = [
        {"alert_id": alert, "hit_id": record.id}
        for plan, alert in zip(plans, ids, strict=True)
        for record in about[plan.subject, plan.story]
    ]
    put_all(db, connection, alert_hits.insert(), links)
    return {(plan.subject, plan.story, plan.channel): alert for plan, alert in zip(plans, ids, strict=True)}


def _severity(plan: AlertPlan, about: Sequence[HitRecord]) -> Severity:
    return plan.severity or max((record.hit.severity for record in about), key=lambda severity: severity.rank)


def _join(db: Database, connection: Connection, new: Sequence[HitRecord]) -> dict[int, set[str]]:
    """Copies of a story join the alerts about it that no attempt was made to send, to be told in the same message.

    Returns hit → the channels on which it joined one.
    """
    begun = (
        exists()
        .where(delivery_alerts.c.alert_id == alerts.c.id, deliveries.c.id == delivery_alerts.c.delivery_id)
        .where(or_(deliveries.c.state != DeliveryState.PENDING.value, deliveries.c.handed))
    )
    about: dict[tuple[str, int], list[int]] = {}
    for record in new:
        about.setdefault((record.subject, record.article.story), []).append(record.id)
    rows: list[dict[str, int]] = []
    channels: dict[int, set[str]] = {}
    for some in chunks(sorted({story for _, story in about})):
        for row in connection.execute(select(alerts).where(alerts.c.story_id.in_(some), ~begun, ~_summed())):
            copies = about.get((row.subject, row.story_id), ())
            rows += _links(row.id, copies)
            for hit_id in copies:
                channels.setdefault(hit_id, set()).add(row.channel)
    put_all(db, connection, insert(db, alert_hits).on_conflict_do_nothing(), rows)
    return channels


def _links(alert: int, hit_ids: Iterable[int]) -> list[dict[str, int]]:
    return [{"alert_id": alert, "hit_id": hit_id} for hit_id in hit_ids]


def _delivery(planned: AlertPlan, recipient: str, now: datetime) -> dict[str, Any]:
    told = (planned.channel, recipient, planned.subject, str(planned.story), now.isoformat())
    return {
        "uid": digest(*told).hex(),
        "channel": planned.channel,
        "recipient": recipient,
        "kind": planned.kind.value,
        "note": planned.note,
        "state": DeliveryState.PENDING.value,
        "created": now,
        "next_attempt": planned.due,
    }
