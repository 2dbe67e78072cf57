"""What goes wrong around a database: each is one line that says what and how to mend it, and passes when mended."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import StorageError
from monitor.store import Store
from monitor.store.engine import Database
from tests.postgres import NOBODY, Postgres
from tests.store.support import NOW, new, nobody, poll, source

SCRIPT = """
import os, random, resource, sys
from monitor.errors import StorageError
from monitor.store import Store
from tests.store.support import NOW, new, nobody, poll, source

url, work, before = sys.argv[1:]
store = Store.open(url, now=NOW)
store.sync_feeds([source("world")], NOW)
store.close()
exec(before)
try:
    store = Store.open(url, now=NOW)
    exec(work)
except StorageError as error:
    print(error)
    sys.exit(error.exit_code)
finally:
    store.close()
"""


def run(url: str, work: str, *, before: str) -> subprocess.CompletedProcess[str]:
    """Work on a database in a process of its own, which does something to itself `before`."""
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, url, work, before],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr == ""
    [line] = done.stdout.splitlines()
    return line


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that other users may enter (pytest's own are closed to them)."""
    directory = Path(tempfile.mkdtemp(prefix="store-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "not a database URL"),
        ("monitor.db", "not a database URL"),
        ("mysql://root@localhost/x", "mysql is not supported"),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:////proc/nowhere/monitor.db", "/proc/nowhere"),
        ("sqlite:////proc", "unable to open database file; check that the path exists"),
    ],
)
def test_an_address_that_cannot_be_used(url: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as caught:
        Store.open(url, now=NOW)
    assert len(str(caught.value).splitlines()) == 1


def test_a_server_that_is_not_there_and_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(StorageError, match="check the host and port") as caught:
        Store.open(f"postgresql://monitor:s3cret@127.0.0.1:{port}/x", now=NOW)
    assert "s3cret" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_database_that_does_not_exist_on_the_server(server: Postgres) -> None:
    with pytest.raises(StorageError, match="does not exist; create it first"):
        Store.open(f"postgresql://postgres@/nowhere?host={server.directory}", now=NOW)


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_text("this is a text file, and a longer one than a header of a database would be " * 20)
    with pytest.raises(StorageError, match="names a file of another kind"):
        Store.open(f"sqlite:///{path}", now=NOW)


def test_a_file_that_may_not_be_written(open_directory: Path) -> None:
    url = f"sqlite:///{open_directory}/monitor.db"
    before = f"for name in os.listdir({str(open_directory)!r}): os.chmod({str(open_directory)!r} + '/' + name, 0o444)"
    before += f"\nos.chmod({str(open_directory)!r}, 0o555)\nif os.geteuid() == 0: os.setuid({NOBODY})"
    said = one_line(run(url, "store.record_poll(poll(new('Rosneft fined')), nobody)", before=before))
    assert "check" in said
    assert "permissions" in said or "may be written" in said


def test_a_full_disk_stores_nothing_of_the_poll_and_the_next_one_goes_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    work = (
        "rng = random.Random(1)\n"
        "words = [' '.join(f'Rosneft {rng.random()}' for _ in range(300)) for n in range(60)]\n"
        "store.record_poll(poll(*[new(f'Cargo {n}', text) for n, text in enumerate(words)]), nobody)"
    )
    said = one_line(run(url, work, before="resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))"))
    assert "free some space" in said or "check the disk" in said
    store = Store.open(url, now=NOW)
    assert store.hits() == []
    assert store.integrity() == []
    assert len(store.record_poll(poll(new("Rosneft fined")), nobody).hits) == 1
    store.close()


def test_a_file_that_may_grow_no_more(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db", now=NOW)
    store.sync_feeds([source("world")], NOW)
    with store.db.read() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.connection.execute(f"PRAGMA max_page_count = {pages}")  # of this connection, which the pool keeps
    with pytest.raises(StorageError, match="disk is full; free some space; nothing of this transaction was stored"):
        store.record_poll(poll(*[new(f"Rosneft ships cargo {n}") for n in range(200)]), nobody)
    assert store.hits() == []
    store.close()


def test_another_program_that_holds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.store.engine.BUSY_TIMEOUT", 0.1)
    path = tmp_path / "monitor.db"
    store = Store.open(f"sqlite:///{path}", now=NOW)
    store.sync_feeds([source("world")], NOW)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    outcome = poll(new("Rosneft fined"))
    with pytest.raises(StorageError, match="database is locked; another program held it"):
        store.record_poll(outcome, nobody)
    assert store.feeds()[0].source.id == "world", "readers never wait"
    holder.execute("ROLLBACK")
    holder.close()
    assert len(store.record_poll(outcome, nobody).hits) == 1
    store.close()


def test_the_switch_to_the_write_ahead_log_waits_for_whoever_holds_the_file(tmp_path: Path) -> None:
    """As where several open a new database, or a restored backup, at once: SQLite itself refuses without waiting."""
    path = tmp_path / "restored.db"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("CREATE TABLE kept (id INTEGER)")
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, holder.execute, ["COMMIT"]).start()
    db = Database(f"sqlite:///{path}")
    with db.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    db.close()
    holder.close()


def test_a_server_that_restarts_is_found_again(server: Postgres) -> None:
    url = server.database()
    store = Store.open(url, now=NOW)
    store.sync_feeds([source("world")], NOW)
    other = Database(url)
    with other.read() as connection:
        mine = "pid <> pg_backend_pid() AND application_name = 'monitor'"
        assert connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")).all()
    other.close()
    assert len(store.record_poll(poll(new("Rosneft fined")), nobody).hits) == 1
    store.close()


def test_a_damaged_file_shows(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    store = Store.open(f"sqlite:///{path}", now=NOW)
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(*[new(f"Rosneft ships cargo {n}") for n in range(400)]), nobody)
    assert store.integrity() == []
    store.close()
    content = bytearray(path.read_bytes())
    kept = len(content) * 3 // 4  # what it is opened by stands before
    content[kept:] = bytes(len(content) - kept)
    path.write_bytes(content)
    store = Store.open(f"sqlite:///{path}", now=NOW)
    assert store.integrity()
    store.close()
