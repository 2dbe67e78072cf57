from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from monitor.errors import StorageError
from monitor.model.feeds import FeedState
from monitor.model.settings import Retention
from monitor.model.watchlists import Severity
from monitor.store import Store
from monitor.store.tables import versions
from tests.store.support import MINUTE, NOW, Planner, new, nobody, page, poll, source

DAY = timedelta(days=1)


@pytest.fixture
def store(store: Store) -> Store:
    store.sync_feeds([source("world"), source("trade")], NOW)
    return store


def texts(store: Store) -> int:
    with store.db.read() as connection:
        return int(connection.execute(select(func.count(versions.c.text))).scalar_one())


def test_old_texts_are_emptied_and_nothing_else(store: Store) -> None:
    article = new("Rosneft fined", "A court fined Rosneft.", path="/fined", page=True)
    store.record_poll(poll(article), nobody)
    store.record_poll(poll(new("Lukoil sells"), at=NOW + 60 * DAY), nobody)
    before = store.hits()
    counts = store.prune(NOW + 91 * DAY, Retention())
    assert (counts.texts, str(counts), texts(store)) == (1, "1 texts emptied", 1)
    assert store.hits() == before, "hits keep their sentences"
    assert store.record_poll(poll(article), nobody).entries == 0, "what was seen stays known"
    [due] = store.claim_due_pages(NOW + 91 * DAY, limit=1, per_feed=1, lease=1, owner="me")
    assert due.entry_text == ""
    assert store.prune(NOW + 91 * DAY, Retention()).texts == 0


def test_a_backup_is_whole_while_the_service_writes(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db", now=NOW)
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(new("Rosneft fined")), nobody)
    target = tmp_path / "backups" / "monday.db"
    with store.db.write():
        store.backup(target)  # a transaction is open
    store.record_poll(poll(new("Lukoil sells"), at=NOW + MINUTE), nobody)
    assert list(target.parent.iterdir()) == [target]
    copy = Store.open(f"sqlite:///{target}", now=NOW)
    assert [record.article.title for record in copy.hits()] == ["Rosneft fined"]
    copy.close()
    store.backup(target)
    with closing(sqlite3.connect(target)) as raw:
        assert raw.execute("SELECT count(*) FROM hits").fetchone() == (2,)
    store.close()


def test_a_backup_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db", now=NOW)
    with pytest.raises(StorageError, match="is the database itself"):
        store.backup(tmp_path / "monitor.db")
    with pytest.raises(StorageError, match="check the path"):
        store.backup(Path("/proc/nowhere/backup.db"))
    store.close()


def test_the_overview_counts(store: Store) -> None:
    store.record_poll(poll(new("Rosneft fined", path="/f", page=True), new("Calm seas")), Planner("desk", "mail"))
    store.record_poll(poll(feed="trade", error="timed out"), nobody)
    store.record_poll(poll(new("Lukoil sells"), at=NOW - 2 * DAY), nobody)
    later = NOW + 10 * MINUTE
    assert store.overview(later).due_pages == 1
    [due] = store.claim_due_pages(later, limit=1, per_feed=1, lease=60, owner="me")
    store.record_page(page(due.article_id, "Rosneft fined", "Lukoil, too.", at=later), nobody)
    overview = store.overview(later, days=3)
    assert [(day.isoformat(), counts[Severity.HIGH]) for day, counts in overview.days] == [
        ("2026-03-02", 2),
        ("2026-03-01", 0),
        ("2026-02-28", 1),
    ]
    assert overview.severities == {Severity.LOW: 0, Severity.MEDIUM: 0, Severity.HIGH: 3, Severity.CRITICAL: 0}
    assert (overview.dispositions["open"], overview.deliveries["pending"], overview.due_deliveries) == (3, 2, 2)  # type: ignore[index]
    assert (overview.polls, overview.failed_polls) == (2, 1)
    assert (overview.articles, overview.full_articles, overview.entries) == (2, 1, 3)
    assert (overview.feeds, overview.failing_feeds, overview.due_pages) == (2, 1, 0)
    assert overview.last_poll == NOW - 2 * DAY + timedelta(seconds=2) or overview.last_poll == NOW + timedelta(
        seconds=2
    )
    totals = store.totals()
    assert (totals.polls, totals.failed_polls) == (3, 1)
    assert totals.hits == {("high", "open"): 3}
    assert totals.deliveries == {("desk", "pending"): 1, ("mail", "pending"): 1}
    assert [(one.watchlist, one.version, one.hits) for one in store.lists_in_use()] == [
        ("energy", "v1", 3),
        ("officials", "v7", 0),
    ]
    assert [feed.state for feed in store.feeds()] == [FeedState.OK, FeedState.FAILING]


def test_an_empty_database_has_an_overview(store: Store) -> None:
    overview = store.overview(NOW)
    assert (overview.polls, overview.entries, overview.last_poll) == (0, 0, None)
    assert len(overview.days) == 14
