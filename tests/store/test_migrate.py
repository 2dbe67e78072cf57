from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from monitor.errors import StorageError
from monitor.store import Store, migrate
from monitor.store.engine import Database
from monitor.store.tables import metadata
from tests.store.support import NOW


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


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
    from alembic import command

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
