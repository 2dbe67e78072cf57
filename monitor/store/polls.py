"""What one poll of one feed found, in one transaction with what makes the feed's next request conditional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.errors import StorageError
from monitor.model.alerts import Planner
from monitor.model.feeds import KnownEntry, NewArticle, PollOutcome, Recorded
from monitor.model.matches import HitRecord
from monitor.store import findings, outbox, stories
from monitor.store.engine import Database
from monitor.store.feeds import find_known
from monitor.store.findings import Screened
from monitor.store.packing import digest, pack_list
from monitor.store.sql import FREE, chunks, insert, insert_all, put_all
from monitor.store.tables import articles, entry_keys, feeds, pages, polls


class Polls:
    db: Database

    def record_poll(self, outcome: PollOutcome, planner: Planner) -> Recorded:
        """Write a poll's outcome whole: entries, texts, hits, alerts, deliveries, validators, the next poll's time.

        Recording the same again adds nothing, and so does what another process recorded since this poll began.
        Raises StorageError; then nothing of it is stored, and the feed is still due.
        """
        texts = [findings.screened(new.article, new.hits, "feed") for new in outcome.articles]
        with self.db.write(alone=True) as connection:
            feed = connection.execute(select(feeds).where(feeds.c.id == outcome.feed)).one_or_none()
            if feed is None:
                raise StorageError(f"feed {outcome.feed!r} is not in the database")
            list_set = _list_set(self.db, connection, outcome)
            placed, entries, edited = _place(self.db, connection, outcome, texts)
            new: list[HitRecord] = []
            made = 0
            if list_set is not None:
                new = findings.record(self.db, connection, placed, list_set, outcome.finished)
                made = outbox.plan(self.db, connection, new, planner, outcome.finished)
            recorded = Recorded(
                entries, edited, tuple(record.id for record in new), made, tuple(article for article, _ in placed)
            )
            _log(self.db, connection, outcome, recorded, list_set)
            connection.execute(update(feeds).where(feeds.c.id == feed.id).values(_progress(feed, outcome, entries)))
        return recorded


def _list_set(db: Database, connection: Connection, outcome: PollOutcome) -> int | None:
    """What was screened against; None where nothing was."""
    if outcome.error and not outcome.articles:
        return None
    return findings.list_set(db, connection, outcome.matcher_version, outcome.list_versions)


def _place(
    db: Database, connection: Connection, outcome: PollOutcome, texts: Sequence[Screened]
) -> tuple[list[tuple[int, Screened]], int, int]:
    """Find or make each entry's article: (article, text) to be recorded, how many are new, how many were edited."""
    meanwhile = find_known(connection, outcome.feed, {key for new in outcome.articles for key in new.keys})
    digests = {entry.article: entry.digest for entry in meanwhile.values()}
    digests |= _digests(connection, [new.known for new in outcome.articles if new.known is not None])
    made: dict[str, int] = {}  # key → place of the new article in `fresh`
    fresh: list[NewArticle] = []
    where: list[tuple[int | None, int]] = []  # (the stored article, or the place in `fresh`)
    edits: dict[int, NewArticle] = {}
    for new in outcome.articles:
        known = new.known if new.known is not None else _since(new, meanwhile, outcome.started)
        if known is not None:
            where.append((known, -1))
            if digests.get(known, new.digest) != new.digest:
                edits[known] = new
            continue
        same = {made.get(key, -1) for key in new.keys}
        if same and -1 not in same and len(same) == 1:  # the feed gave the same entry twice
            place = same.pop()
        else:
            place = len(fresh)
            fresh.append(new)
        made |= dict.fromkeys(new.keys, place)
        where.append((None, place))
    ids = _insert(db, connection, outcome, fresh)
    for article, new in edits.items():
        _edit(db, connection, outcome, article, new)
    placed = [ids[place] if article is None else article for article, place in where]
    _remember(db, connection, outcome, placed)
    return list(zip(placed, texts, strict=True)), len(ids), len(edits)


def _digests(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in chunks(ids):
        rows = connection.execute(select(articles.c.id, articles.c.digest).where(articles.c.id.in_(some)))
        found |= {row.id: row.digest for row in rows}
    return found


def _since(new: NewArticle, meanwhile: Mapping[str, KnownEntry], started: datetime) -> int | None:
    """The article that was made of this entry after the poll began: by another process, or when this was recorded.

    What was known before is no news to who compared the entry with it, and decided that it is another.
    """
    known = [meanwhile[key] for key in new.keys if key in meanwhile and meanwhile[key].first_seen >= started]
    whole = len(known) == len(new.keys) and len({entry.article for entry in known}) == 1
    return known[0].article if whole and known else None


def _insert(db: Database, connection: Connection, outcome: PollOutcome, fresh: Sequence[NewArticle]) -> list[int]:
    if not fresh:
        return []
    now = outcome.finished
    told = [stories.Text(outcome.feed, new.entry.url, new.article.title, new.article.text) for new in fresh]
    rows = [
        _entry(new) | {"feed_id": outcome.feed, "story_id": story, "first_seen": now, "version": 1}
        for new, story in zip(fresh, stories.assign(db, connection, told, now), strict=True)
    ]
    ids = insert_all(db, connection, articles, rows)
    due = [_page(outcome, id) for id, new in zip(ids, fresh, strict=True) if new.page_due]
    put_all(db, connection, pages.insert(), due)
    return ids


def _edit(db: Database, connection: Connection, outcome: PollOutcome, article: int, new: NewArticle) -> None:
    connection.execute(update(articles).where(articles.c.id == article).values(_entry(new)))
    if new.page_due:
        again = _page(outcome, article) | {"attempts": 0, "error": "", **FREE}
        put = insert(db, pages).values(again)
        connection.execute(put.on_conflict_do_update(index_elements=["article_id"], set_=again))


def _entry(new: NewArticle) -> dict[str, Any]:
    entry = new.entry
    return {
        "url": entry.url,
        "title": new.article.title,
        "published": entry.published,
        "published_raw": entry.published_raw,
        "updated": entry.updated,
        "lang": new.article.lang,
        "digest": new.digest,
    }


def _page(outcome: PollOutcome, article: int) -> dict[str, Any]:
    return {"article_id": article, "feed_id": outcome.feed, "due": outcome.finished}


def _remember(db: Database, connection: Connection, outcome: PollOutcome, placed: Sequence[int]) -> None:
    """A key stands for the article that had it last."""
    article_of = {
        digest(outcome.feed, key): article
        for new, article in zip(outcome.articles, placed, strict=True)
        for key in new.keys
    }
    rows = [{"digest": key, "article_id": article} for key, article in article_of.items()]
    put = insert(db, entry_keys)
    latest = {"article_id": put.excluded.article_id}
    put_all(db, connection, put.on_conflict_do_update(index_elements=["digest"], set_=latest), rows)


def _log(db: Database, connection: Connection, outcome: PollOutcome, recorded: Recorded, list_set: int | None) -> None:
    """The proof that the feed was looked at, when, against what, and what came of it."""
    values = {
        "feed_id": outcome.feed,
        "started": outcome.started,
        "finished": outcome.finished,
        "status": outcome.status,
        "unchanged": outcome.unchanged,
        "seen": outcome.seen,
        "new": recorded.entries,
        "edited": recorded.edited,
        "hits": len(recorded.hits),
        "problems": pack_list(outcome.problems),
        "error": outcome.error,
        "list_set_id": list_set,
        "known": outcome.seen - sum(new.known is None for new in outcome.articles) if outcome.seen else None,
        "next_poll": outcome.next_poll,
    }
    connection.execute(insert(db, polls).values(values).on_conflict_do_nothing())


def _progress(feed: Row[Any], outcome: PollOutcome, entries: int) -> dict[str, Any]:
    """What the feed's row becomes. A poll of the URL that it had before says nothing about the one it has now."""
    failed = bool(outcome.error)
    values: dict[str, Any] = {
        "last_polled": outcome.finished,
        "entries": feed.entries + entries,
        "polls": feed.polls + 1,
        "failed_polls": feed.failed_polls + failed,
        **FREE,
    }
    if outcome.started < feed.changed <= outcome.finished:
        return values
    values |= {
        "etag": outcome.validators.etag,
        "last_modified": outcome.validators.last_modified,
        "failures": feed.failures + (not outcome.excused) if failed else 0,
        "last_error": outcome.error,
        "gone": outcome.gone,
        "next_poll": outcome.next_poll,
        "own_title": outcome.title or feed.own_title,
        "moved_to": outcome.move.to,
        "moved_since": outcome.move.since,
        "moved_polls": outcome.move.polls,
        "moved": outcome.move.followed,
        "pace": outcome.pace,
    }
    if not failed:
        values["last_success"] = outcome.finished
    return values
