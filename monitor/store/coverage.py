"""What was looked at, as it was recorded: for reports, a year later too."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from monitor.model.coverage import ListUsed, LookedAgain, MatcherUsed, Poll, Texts, Told, WatchedFeed
from monitor.model.matches import HitRecord
from monitor.store.engine import Database
from monitor.store.hits import find_hits
from monitor.store.sql import chunks
from monitor.store.tables import (
    alert_hits,
    articles,
    deliveries,
    delivery_alerts,
    feeds,
    hits,
    list_sets,
    list_versions,
    polls,
    rescreens,
    untold,
    versions,
)

STREAM = 2_000
"""Rows of polls held at a time: a year of a thousand feeds has 35 million."""


LONGEST_POLL = timedelta(minutes=15)
"""No poll takes longer from its start to its end: a fetch has its deadline, and waits for its host's turn."""

Span = tuple[datetime, datetime]
"""First and last."""


class Coverage:
    db: Database

    def watched_feeds(self) -> list[WatchedFeed]:
        """Every feed there ever was, in the order of the settings."""
        first = select(func.min(polls.c.started)).where(polls.c.feed_id == feeds.c.id).scalar_subquery()
        wanted = select(feeds, first.label("first")).order_by(feeds.c.position < 0, feeds.c.position, feeds.c.id)
        with self.db.read() as connection:
            return [
                WatchedFeed(
                    id=row.id,
                    title=row.title or row.own_title,
                    url=row.url,
                    since=min(row.changed, row.first or row.changed),
                    until=None if row.enabled else row.disabled_at or row.last_polled or row.changed,
                    interval=row.interval,
                )
                for row in connection.execute(wanted)
            ]

    def polls_between(self, start: datetime, end: datetime) -> Iterator[Poll]:
        """The polls that finished from `start` on and before `end`, in the order of their time.

        Before them each feed's last success, after them its next one: what a gap at either edge is told by.
        """
        within = select(polls).where(polls.c.finished >= start, polls.c.finished < end)
        soon = polls.c.started >= end - LONGEST_POLL
        with self.db.read() as connection:
            before = (polls.c.started < start, polls.c.finished < start)
            yield from _nearest(connection, before, polls.c.started.desc())
            streamed = connection.execution_options(stream_results=True, yield_per=STREAM)
            yield from map(_poll, streamed.execute(within.order_by(polls.c.finished, polls.c.id)))
        with self.db.read() as connection:
            yield from _nearest(connection, (soon, polls.c.finished >= end), polls.c.started)

    def poll_before(self, moment: datetime) -> Poll | None:
        """The last poll of any feed that finished before this time, whether it failed or not."""
        last = select(polls).where(polls.c.finished < moment).order_by(polls.c.finished.desc()).limit(1)
        with self.db.read() as connection:
            row = connection.execute(last).first()
        return _poll(row) if row else None

    def poll_from(self, moment: datetime) -> Poll | None:
        """The first poll of any feed that finished then or later, whether it failed or not."""
        first = select(polls).where(polls.c.finished >= moment).order_by(polls.c.finished).limit(1)
        with self.db.read() as connection:
            row = connection.execute(first).first()
        return _poll(row) if row else None

    def texts_screened(self, start: datetime, end: datetime) -> tuple[dict[str, Texts], dict[int, Span]]:
        """Feed → its texts screened in that time; list set → when a text was first, and last, held against it."""
        created = (versions.c.created >= start, versions.c.created < end)
        by_feed = (
            select(
                articles.c.feed_id,
                versions.c.source,
                func.count(versions.c.article_id.distinct()),
                func.sum(versions.c.length),
            )
            .join(articles, articles.c.id == versions.c.article_id)
            .where(*created)
            .group_by(articles.c.feed_id, versions.c.source)
        )
        times = (func.min(versions.c.created), func.max(versions.c.created))
        by_set = select(versions.c.list_set_id, *times).where(*created).group_by(versions.c.list_set_id)
        texts: dict[str, Texts] = {}
        with self.db.read() as connection:
            for feed, source, count, length in connection.execute(by_feed):
                of_page = source == "page"  # of an article that its feed's text made known before
                some = Texts(0 if of_page else count, count if of_page else 0, int(length))
                texts[feed] = texts.get(feed, Texts()) + some
            sets = {row[0]: (row[1], row[2]) for row in connection.execute(by_set)}
        return texts, sets

    def lists_used(self, sets: Mapping[int, Span]) -> tuple[list[ListUsed], list[MatcherUsed]]:
        """What these list sets were, each used first and last at the given times."""
        lists: dict[tuple[str, str], Span] = {}
        matchers: dict[str, Span] = {}
        with self.db.read() as connection:
            for some in chunks(sorted(sets)):
                for row in connection.execute(select(list_sets).where(list_sets.c.id.in_(some))):
                    _widen(matchers, row.matcher_version, sets[row.id])
                    for watchlist, version in json.loads(row.versions):
                        _widen(lists, (watchlist, version), sets[row.id])
            known = {
                (row.watchlist, row.version): row
                for some in chunks(sorted({watchlist for watchlist, _ in lists}))
                for row in connection.execute(select(list_versions).where(list_versions.c.watchlist.in_(some)))
            }
        used = [_used(key, times, known.get(key)) for key, times in sorted(lists.items(), key=lambda item: item[0][0])]
        used.sort(key=lambda one: (one.watchlist, one.first))
        return used, [MatcherUsed(version, *times) for version, times in sorted(matchers.items(), key=lambda m: m[1])]

    def looked_again(self, start: datetime, end: datetime) -> list[LookedAgain]:
        """Rescreens that ran in that time, the oldest first."""
        ran = (rescreens.c.made < end, or_(rescreens.c.finished.is_(None), rescreens.c.finished >= start))
        with self.db.read() as connection:
            return [
                LookedAgain(
                    row.made,
                    row.since,
                    sum(len(names) for *_, names in json.loads(zlib.decompress(row.names))),
                    row.articles,
                    row.hits,
                    row.finished,
                )
                for row in connection.execute(select(rescreens).where(*ran).order_by(rescreens.c.id))
            ]

    def hits_between(
        self, start: datetime, end: datetime, entities: Iterable[tuple[str, str]] | None = None
    ) -> list[HitRecord]:
        """Hits found in that time, the oldest first; of these entities (watchlist, id) and who they are linked with."""
        found = select(hits.c.id).where(hits.c.found_at >= start, hits.c.found_at < end)
        if entities is not None:
            found = found.where(_of(entities))
        with self.db.read() as connection:
            ids = list(connection.execute(found.order_by(hits.c.found_at, hits.c.id)).scalars())
            records = find_hits(connection, ids)
        return [records[id] for id in ids]

    def found_outside(
        self, start: datetime, end: datetime, entities: Iterable[tuple[str, str]]
    ) -> tuple[int, datetime | None, int, datetime | None]:
        """Hits of these entities before that time and the first of them; after it, and the first of those."""
        of = _of(entities)
        counts = select(func.count(), func.min(hits.c.found_at)).select_from(hits)
        with self.db.read() as connection:
            before = connection.execute(counts.where(of, hits.c.found_at < start)).one()
            after = connection.execute(counts.where(of, hits.c.found_at >= end)).one()
        return before[0], before[1], after[0], after[1]

    def told(self, ids: Sequence[int]) -> dict[int, list[Told]]:
        """Hit → the deliveries that tell of it, in the order in which they were made."""
        ways: dict[int, list[Told]] = {}
        with self.db.read() as connection:
            for some in chunks(ids):
                sent = (
                    select(
                        alert_hits.c.hit_id, deliveries.c.channel, deliveries.c.recipient, deliveries.c.state,
                        deliveries.c.sent_at,
                    )
                    .join(delivery_alerts, delivery_alerts.c.alert_id == alert_hits.c.alert_id)
                    .join(deliveries, deliveries.c.id == delivery_alerts.c.delivery_id)
                    .where(alert_hits.c.hit_id.in_(some))
                    .order_by(deliveries.c.id)
                )  # fmt: skip
                for row in connection.execute(sent):
                    ways.setdefault(row.hit_id, []).append(Told(row.channel, row.recipient, row.state, row.sent_at))
        return ways

    def kept_back(self, ids: Sequence[int]) -> dict[int, list[str]]:
        """Hit → why channels were not told of it."""
        reasons: dict[int, list[str]] = {}
        with self.db.read() as connection:
            for some in chunks(ids):
                wanted = select(untold).where(untold.c.hit_id.in_(some)).order_by(untold.c.id)
                for row in connection.execute(wanted):
                    reasons.setdefault(row.hit_id, []).append(f"{row.channel}: {row.reason}".removeprefix(": "))
        return reasons


def _nearest(connection: Connection, side: Sequence[ColumnElement[bool]], order: Any) -> list[Poll]:
    """Each feed's nearest success on one side of a time, in the order of their time."""
    its = select(polls.c.id).where(polls.c.feed_id == feeds.c.id, polls.c.error == "", *side).order_by(order).limit(1)
    ids = connection.execute(select(its.scalar_subquery()).select_from(feeds)).scalars()
    found: list[Poll] = []
    for some in chunks([id for id in ids if id is not None]):
        found += map(_poll, connection.execute(select(polls).where(polls.c.id.in_(some))))
    return sorted(found, key=lambda poll: poll.finished)


def _poll(row: Row[Any]) -> Poll:
    return Poll(
        feed=row.feed_id,
        started=row.started,
        finished=row.finished,
        error=row.error,
        unchanged=row.unchanged,
        seen=row.seen,
        new=row.new,
        edited=row.edited,
        known=row.known,
        next_poll=row.next_poll,
        list_set=row.list_set_id,
    )


def _of(entities: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    """Hits of these entities, or of the subject that they stand for."""
    some = sorted(entities)
    subjects = hits.c.subject.in_([f"{watchlist}/{id}" for watchlist, id in some])
    return or_(subjects, *(and_(hits.c.entity_id == id, hits.c.watchlist == watchlist) for watchlist, id in some))


def _widen(spans: dict[Any, Span], key: object, span: Span) -> None:
    first, last = spans.get(key, span)
    spans[key] = (min(first, span[0]), max(last, span[1]))


def _used(key: tuple[str, str], times: Span, known: Row[Any] | None) -> ListUsed:
    if known is None:  # from before list versions were noted
        return ListUsed(*key, *times)
    return ListUsed(*key, *times, known.title, known.licence, known.origin, known.entities, known.names)
