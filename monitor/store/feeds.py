"""Feeds as configured and how they are doing; which of them are due."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, false, func, literal, or_, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.model.feeds import FeedState, FeedStatus, KnownEntry, Move, Validators
from monitor.model.settings import FeedSource
from monitor.store.engine import Database
from monitor.store.packing import digest, pack_list
from monitor.store.sql import SKEW, chunks, insert, unleased
from monitor.store.tables import articles, entry_keys, feeds


class Feeds:
    db: Database

    def sync_feeds(self, sources: Sequence[FeedSource], now: datetime) -> None:
        """Take over the configured feeds: new ones are due at once, those no longer configured are disabled.

        A feed whose URL changed starts afresh (its validators belong to the old one) but keeps what it has seen. Where
        a search's template stands among the sources, the searches that were made of it stay as they are.
        """
        templates = tuple(f"{source.id}." for source in sources if source.search is not None)
        polled = [source for source in sources if source.search is None]
        wanted = {source.id: _settings(source, position) for position, source in enumerate(polled)}
        with self.db.read() as connection:
            stored = _stored(connection, templates)
        if {id: _configured(row) for id, row in stored.items() if row.position >= 0} == wanted:
            return  # as at almost every start: nothing to write
        with self.db.write(alone=True) as connection:
            stored = _stored(connection, templates)
            fresh = _NEW | {"next_poll": now, "changed": now}
            new = [
                {**fresh, **values, "id": id, "disabled_at": None if values["enabled"] else now}
                for id, values in wanted.items()
                if id not in stored
            ]
            if new:
                connection.execute(insert(self.db, feeds), new)
            for id, row in stored.items():
                values = wanted.get(id)
                if values is None:
                    values = {"enabled": False, "position": -1}
                    changed = row.enabled or row.position >= 0
                else:
                    changed = _configured(row) != values
                    if row.url != values["url"]:
                        values = values | _OTHER_URL | {"changed": now}
                    if any(getattr(row, key) != values[key] for key in ("url", "interval", "enabled")):
                        values = values | {"next_poll": min(row.next_poll, now)}
                if row.enabled != values["enabled"]:
                    values = values | {"disabled_at": None if values["enabled"] else now}
                if changed:
                    connection.execute(update(feeds).where(feeds.c.id == id).values(values))

    def feeds(self) -> list[FeedStatus]:
        """All feeds in the order of the settings; those no longer configured come last, as disabled."""
        with self.db.read() as connection:
            rows = connection.execute(select(feeds).order_by(feeds.c.position < 0, feeds.c.position, feeds.c.id))
            return [feed_status(row) for row in rows]

    def claim_due_feeds(
        self,
        now: datetime,
        *,
        limit: int,
        lease: float,
        owner: str,
        only: Collection[str] | None = None,
        force: bool = False,
        choose: Callable[[str, str], bool] | None = None,
    ) -> list[FeedStatus]:
        """Lease up to `limit` due feeds to `owner` for `lease` seconds, the longest due first.

        only: these ids and no others. force: whether due or not. choose: asked (id, configured URL) of each in turn
        until there are enough. A feed that somebody else has leased is left alone.
        """
        conditions: list[ColumnElement[bool]] = [feeds.c.enabled == true(), unleased(feeds, now)]
        if not force:
            conditions.append(feed_is_due(now))
        if only is not None:
            conditions.append(feeds.c.id.in_(sorted(only)) if only else false())
        ordered = select(feeds).where(*conditions).order_by(feeds.c.next_poll, feeds.c.id)
        with self.db.read() as connection:
            found = ordered.with_only_columns(feeds.c.id, feeds.c.url)
            # read to the end: a statement that is left half read keeps its connection from writing
            waiting = connection.execute(found if choose else found.limit(limit)).all()
        chosen = list(islice((row.id for row in waiting if choose is None or choose(row.id, row.url)), limit))
        if not chosen:
            return []  # looked at every second: no write transaction when there is nothing to do
        due = ordered.where(feeds.c.id.in_(chosen))
        with self.db.write() as connection:
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            leased = {"lease_until": now + timedelta(seconds=lease), "lease_owner": owner}
            for some in chunks([row.id for row in rows]):
                connection.execute(update(feeds).where(feeds.c.id.in_(some)).values(leased))
        return [feed_status(row) for row in rows]

    def poll_soon(self, now: datetime, *, older_than: timedelta) -> int:
        """Make healthy feeds due that were not polled for that long; returns how many."""
        stale = or_(feeds.c.last_polled.is_(None), feeds.c.last_polled < now - older_than)
        healthy = and_(feeds.c.enabled == true(), feeds.c.failures == 0, feeds.c.gone == false())
        with self.db.write() as connection:
            done = connection.execute(
                update(feeds).where(healthy, stale, feeds.c.next_poll > now).values(next_poll=now)
            )
            return done.rowcount

    def excuse_feeds(self, ids: Collection[str], next_poll: datetime) -> None:
        """Take a failure back from each of these feeds, for it was not theirs, and poll them by then."""
        soon = literal(next_poll, feeds.c.next_poll.type)
        values = {
            "failures": case((feeds.c.failures > 0, feeds.c.failures - 1), else_=0),
            "next_poll": case((feeds.c.next_poll > soon, soon), else_=feeds.c.next_poll),
        }
        with self.db.write() as connection:
            for some in chunks(sorted(ids)):
                connection.execute(update(feeds).where(feeds.c.id.in_(some)).values(values))

    def known_entries(self, feed: str, keys: Collection[str]) -> dict[str, KnownEntry]:
        """Of these identity keys, those that the feed had before, each with what it stood for."""
        with self.db.read() as connection:
            return find_known(connection, feed, keys)


def _stored(connection: Connection, templates: tuple[str, ...]) -> dict[str, Row[Any]]:
    return {row.id: row for row in connection.execute(select(feeds)) if not row.id.startswith(templates)}


def find_known(connection: Connection, feed: str, keys: Collection[str]) -> dict[str, KnownEntry]:
    """`Feeds.known_entries`, inside a transaction."""
    by_digest = {digest(feed, key): key for key in keys}
    known: dict[str, KnownEntry] = {}
    for some in chunks(list(by_digest)):
        for row in connection.execute(_KNOWN, {"digests": some}):
            known[by_digest[row.key]] = KnownEntry(row.id, row.digest, row.first_seen)
    return known


_KNOWN = (
    select(entry_keys.c.digest.label("key"), articles.c.id, articles.c.digest, articles.c.first_seen)
    .join(articles, articles.c.id == entry_keys.c.article_id)
    .where(entry_keys.c.digest.in_(bindparam("digests", expanding=True)))
)

_NOT_MOVED: dict[str, Any] = {"moved_to": "", "moved_since": None, "moved_polls": 0, "moved": False}
_OTHER_URL: dict[str, Any] = {"etag": "", "last_modified": "", "failures": 0, "gone": False, "pace": None, **_NOT_MOVED}
"""What is known of a URL, and of no other."""

_NEW: dict[str, Any] = {
    "own_title": "",
    "etag": "",
    "last_modified": "",
    "gone": False,
    "pace": None,
    **_NOT_MOVED,
    "failures": 0,
    "last_error": "",
    "entries": 0,
    "polls": 0,
    "failed_polls": 0,
}


def fresh_feed(id: str, now: datetime) -> dict[str, Any]:
    """The row of a feed that is not polled, and has no address."""
    values = _settings(FeedSource(id=id, url="", enabled=False, full_text=False), -1)
    return {**_NEW, **values, "id": id, "next_poll": now, "changed": now, "disabled_at": now}


def feed_is_due(now: datetime) -> ColumnElement[bool]:
    """Its time has come; or the clock stepped back since it was polled, so that its time would not come for long."""
    return or_(feeds.c.next_poll <= now, func.coalesce(feeds.c.last_polled, feeds.c.changed) > now + SKEW)


def _settings(source: FeedSource, position: int) -> dict[str, Any]:
    return {
        "position": position,
        "url": source.url,
        "title": source.title,
        "interval": source.interval,
        "full_text": source.full_text,
        "tags": pack_list(source.tags),
        "lang": source.lang,
        "enabled": source.enabled,
    }


def _configured(row: Row[Any]) -> dict[str, Any]:
    names: Iterable[str] = ("position", "url", "title", "interval", "full_text", "tags", "lang", "enabled")
    return {name: getattr(row, name) for name in names}


def feed_status(row: Row[Any]) -> FeedStatus:
    """A row of `feeds` as the rest of the program knows it."""
    source = FeedSource(
        id=row.id,
        url=row.url,
        title=row.title or row.own_title,
        interval=row.interval,
        full_text=row.full_text,
        tags=tuple(json.loads(row.tags)),
        enabled=row.enabled,
        lang=row.lang,
    )
    return FeedStatus(
        source=source,
        state=_state(row),
        validators=Validators(row.etag, row.last_modified),
        failures=row.failures,
        last_polled=row.last_polled,
        last_success=row.last_success,
        last_error=row.last_error,
        entries=row.entries,
        next_poll=row.next_poll,
        move=Move(row.moved_to, row.moved_since, row.moved_polls, row.moved),
        pace=row.pace,
    )


def _state(row: Row[Any]) -> FeedState:
    if not row.enabled:
        return FeedState.DISABLED
    if row.gone:
        return FeedState.GONE
    if row.failures:
        return FeedState.FAILING
    return FeedState.OK if row.last_success else FeedState.NEW  # of an outage of our own network nothing is learned
