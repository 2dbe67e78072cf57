from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from monitor.errors import StorageError
from monitor.model.articles import Article
from monitor.store import Store, migrate
from monitor.store.engine import Database
from monitor.store.packing import pack_hit
from monitor.store.tables import metadata
from tests.store.support import NOW, found

ARTICLE = Article("1", "Rosneft fined", "Rosneft was fined by a court.")
FIRST_RELEASE = (
    "INSERT INTO feeds (id, position, url, title, full_text, tags, lang, enabled, changed, own_title, etag,"
    " last_modified, moved_to, moved_polls, moved, gone, failures, last_error, entries, polls, failed_polls, next_poll)"
    " VALUES ('world', 0, 'https://a.example', '', true, '[]', '', true, :now, '', '', '', '', 0, false, false, 0, '',"
    " 1, 1, 0, :now)",
    "INSERT INTO list_sets (digest, matcher_version, versions) VALUES (:bytes, 'm1', '[]')",
    "INSERT INTO stories (first_seen) VALUES (:now)",
    "INSERT INTO articles (feed_id, story_id, url, title, published_raw, first_seen, lang, digest, version)"
    " VALUES ('world', 1, '', 'Rosneft fined', '', :now, 'en', 'd', 1)",
    "INSERT INTO article_versions (article_id, number, source, created, digest, title, length, lang, list_set_id)"
    " VALUES (1, 1, 'feed', :now, :bytes, 'Rosneft fined', 29, 'en', 1)",
    "INSERT INTO hits (article_id, watchlist, entity_id, subject, feed_id, lang, score, severity, disposition,"
    " found_at, version_id, list_version, matcher_version, words, evidence) VALUES (1, 'energy', 'rosneft',"
    " 'energy/rosneft', 'world', 'en', 95, 'high', 'open', :now, 1, 'v1', 'm1', 'rosneft', :evidence)",
)
"""A row in each table that a hit needs, as the first release had them."""


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def _moment(at: datetime, connection: Connection) -> datetime | str:
    """As the engine's driver takes it in a plain statement."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds") if connection.dialect.name == "sqlite" else at


def test_a_database_of_the_first_release_keeps_what_is_in_it(url: str) -> None:
    db = Database(url)
    engine = db.bare_engine()
    with engine.connect() as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", str(migrate.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST_RELEASE:
            values = {"now": _moment(NOW, connection), "bytes": b"1", "evidence": pack_hit(found(ARTICLE)[0])}
            connection.execute(text(statement), values)
    engine.dispose()
    db.close()
    hit = 1
    store = Store.open(url, now=NOW)
    assert store.schema_version() == migrate.revisions()[-1]
    assert [one.id for one in store.hits()] == [hit]
    assert [(one.id, one.hits, one.open) for one in store.entities()] == [("rosneft", 1, 1)]
    key = store.secret("test", NOW)
    assert len(key) == 32
    store.acknowledge(hit, who="dana", delivery=None, now=NOW)
    store.close()
    again = Store.open(url, now=NOW)
    assert again.secret("test", NOW) == key
    assert again.secret("other", NOW) != key
    assert [one.who for one in again.acknowledgements(hit)] == ["dana"]
    again.close()


def test_opening_again_changes_nothing_and_imports_no_alembic(store: Store, url: str) -> None:
    assert store.schema_version() == migrate.revisions()[-1]
    code = (
        "import sys, datetime; from monitor.store import Store;"
        f"Store.open({url!r}, now=datetime.datetime.now(datetime.timezone.utc)).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_several_that_open_a_new_database_at_once(url: str) -> None:
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(Store.open(url, now=NOW))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.schema_version() for store in opened] == [migrate.revisions()[-1]] * 6
    for store in opened:
        store.close()


def test_a_database_newer_than_the_program(store: Store, url: str) -> None:
    with store.db.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"9999 is newer than this program's \d+; upgrade the program"):
        Store.open(url, now=NOW)


def test_an_upgrade_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = command.upgrade

    def cut_short(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    monkeypatch.setattr(command, "upgrade", cut_short)
    with pytest.raises(RuntimeError):
        Store.open(url, now=NOW)
    db = Database(url)
    with db.read() as connection:
        assert migrate.stored_version(connection) == ""
    db.close()
    monkeypatch.undo()
    Store.open(url, now=NOW).close()


def test_a_table_that_was_changed_by_hand_shows(tmp_path: Path) -> None:
    """That the comparison above can fail."""
    path = tmp_path / "monitor.db"
    store = Store.open(f"sqlite:///{path}", now=NOW)
    raw = sqlite3.connect(path)
    raw.execute("ALTER TABLE hits ADD COLUMN extra TEXT")
    raw.close()
    with store.db.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata)
    store.close()
