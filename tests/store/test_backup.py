"""Backups are made while the service writes, and looked through before they take a database's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import StorageError
from monitor.model.matches import Disposition
from monitor.store import Store, backup, pgtools
from tests.postgres import Postgres
from tests.store.support import MINUTE, NOW, Planner, new, nobody, poll, source


def fill(store: Store) -> None:
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(new("Rosneft fined"), new("Lukoil sells")), Planner("desk"))
    store.set_disposition(1, Disposition.ESCALATED, who="ana", reason="ask legal", now=NOW)


def restored(url: str, path: Path, *, force: bool = False) -> str:
    return backup.restore(url, path, force=force, who="ben", now=NOW + MINUTE)


def titles(url: str) -> list[str]:
    store = Store.open(url, now=NOW)
    assert store.verify().problems == ()
    found = [record.article.title for record in store.hits()]
    store.close()
    return found


def test_there_and_back(
    store: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Postgres
) -> None:
    monkeypatch.setenv("PATH", f"{server.binaries}:{os.environ['PATH']}")
    fill(store)
    noted = str(store.head())
    path = tmp_path / "backups" / "monday"
    made = store.backup(path, who="ana", now=NOW)
    assert made in ("a SQLite file", "pg_dump's custom format")
    assert list(path.parent.iterdir()) == [path]
    store.record_poll(poll(new("Rosneft appeals"), at=NOW + MINUTE), nobody)
    last = str(store.head())
    store.close()
    with pytest.raises(StorageError, match="already holds data; --force"):
        restored(url, path)
    assert len(titles(url)) == 3
    assert restored(url, path, force=True).startswith("restored ")
    assert titles(url) == ["Lukoil sells", "Rosneft fined"]
    again = Store.open(url, now=NOW)
    assert again.verify(noted=noted).problems == ()
    [deed] = [deed for deed in again.deeds() if deed.what == "restore"]
    assert (deed.who, deed.about) == ("ben", f"monday; replaced a trail that ended in {last}")
    assert again.record_poll(poll(new("Rosneft sells"), at=NOW + MINUTE), nobody).entries == 1
    again.close()


def test_what_was_there_before_is_kept_beside(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    store = Store.open(url, now=NOW)
    fill(store)
    store.backup(tmp_path / "b.db")
    store.note(who="ana", what="login", now=NOW)
    store.close()
    said = restored(url, tmp_path / "b.db", force=True)
    assert said.endswith("kept as monitor.db.replaced-20260302T093100")
    with closing(sqlite3.connect(tmp_path / "monitor.db.replaced-20260302T093100")) as old:
        assert old.execute("SELECT count(*) FROM audit").fetchone() == (1,)


def test_a_database_that_is_in_use_is_not_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    store = Store.open(url, now=NOW)
    fill(store)
    store.backup(tmp_path / "b.db")
    with pytest.raises(StorageError, match=r"is in use .*stop the service"):
        restored(url, tmp_path / "b.db", force=True)
    assert len(store.hits()) == 2
    store.close()


def test_a_damaged_database_is_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    store = Store.open(url, now=NOW)
    fill(store)
    store.backup(tmp_path / "b.db")
    store.close()
    (tmp_path / "monitor.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 9000)
    with pytest.raises(StorageError, match="already holds data"):
        restored(url, tmp_path / "b.db")
    restored(url, tmp_path / "b.db", force=True)
    assert len(titles(url)) == 2


def test_backups_that_cannot_be_trusted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    store = Store.open(url, now=NOW)
    fill(store)
    store.backup(tmp_path / "good.db")
    store.close()
    broken = tmp_path / "broken.db"
    content = (tmp_path / "good.db").read_bytes()
    broken.write_bytes(content[:8192] + b"\x00" * 8192 + content[16384:])
    tampered = tmp_path / "tampered.db"
    shutil.copy(tmp_path / "good.db", tampered)
    with closing(sqlite3.connect(tampered)) as connection:
        connection.execute("UPDATE dispositions SET reason = 'ask nobody'")
        connection.commit()
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    (tmp_path / "noise").write_bytes(b"\x00\x01\x02")
    for path, said in (
        (broken, "damaged|malformed"),
        (tampered, "not as it was written: the content of record 1"),
        (foreign, "no database of this program"),
        (tmp_path / "noise", "line 1: not JSON"),
        (tmp_path / "nowhere", "No such file"),
        (tmp_path / "monitor.db", "is the database itself"),
    ):
        with pytest.raises(StorageError, match=said):
            restored(url, path, force=True)
        assert len(titles(url)) == 2, path


def test_the_other_engine_needs_an_export(store: Store, tmp_path: Path, url: str) -> None:
    store.close()
    path = tmp_path / "other"
    path.write_bytes(backup.PG_DUMP if store.db.sqlite else backup.SQLITE)
    with pytest.raises(StorageError, match="names another engine; to move, `monitor db export`"):
        restored(url, path)


def test_without_pg_dump_a_backup_is_json_lines(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.database()
    store = Store.open(url, now=NOW)
    fill(store)
    monkeypatch.setenv("PATH", "")
    assert store.backup(tmp_path / "b") == "JSON Lines, gzip (pg_dump is not installed)"
    store.close()
    assert "rows imported" in restored(url, tmp_path / "b", force=True)
    assert titles(url) == ["Lukoil sells", "Rosneft fined"]


def test_a_dump_whose_trail_was_cut_is_refused(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{server.binaries}:{os.environ['PATH']}")
    store = Store.open(server.database(), now=NOW)
    fill(store)
    store.note(who="ana", what="login", now=NOW)
    with store.db.write() as connection:
        connection.exec_driver_sql("DELETE FROM chain WHERE number = 1")
    store.backup(tmp_path / "b")
    store.close()
    with pytest.raises(StorageError, match="not as it was written: record 1"):
        pgtools.look_through(tmp_path / "b")
