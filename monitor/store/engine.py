"""Connections, transactions, and what goes wrong with them.

SQLite: write-ahead log, so that readers never wait; a transaction that may write begins IMMEDIATE, because one that
reads first and writes later fails at once when another wrote in between, whatever the busy timeout.
PostgreSQL: psycopg 3 with a pool.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, func, make_url, select
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from monitor.errors import StorageError

BUSY_TIMEOUT = 30.0
"""Seconds a writer waits for another process's transaction; ours take milliseconds, a backup's or vacuum's longer."""

JOURNAL_LIMIT = 64_000_000
"""Bytes the write-ahead log is cut back to after a checkpoint."""

CONNECT_TIMEOUT = 10
"""Seconds to wait for a PostgreSQL server that does not answer."""

_CUT_OFF = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 15_000}
"""Seconds, seconds, tries and milliseconds after which a server that was cut off counts as gone."""

RECORDING_LOCK = 0x6D6F6E69746F72
"""Key of the PostgreSQL advisory lock that is held while findings are recorded ("monitor")."""


class Database:
    """One database. `read()` and `write()` are transactions; every fault in them is a StorageError of one line."""

    def __init__(self, url: str) -> None:
        """Raises StorageError for a URL, a path or a driver that cannot be used; connects to nothing yet."""
        self.url = _parsed(url)
        self.name = self.url.render_as_string(hide_password=True)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writing = threading.Lock()
        if self.sqlite:
            _make_parent(Path(self.path))
        self.engine = self._engine()

    @property
    def path(self) -> str:
        """Of the SQLite file, absolute."""
        return self.url.database or ""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.faults(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction that commits when the block ends and leaves nothing behind when it raises.

        alone: nobody else records at the same time, in this process or another. On SQLite that holds for all writers;
        on PostgreSQL an advisory lock sees to it, and rows locked by `claim`s are waited for.
        """
        with self._writing, self.faults(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                if alone and not self.sqlite:
                    connection.execute(select(func.pg_advisory_xact_lock(RECORDING_LOCK)))
                yield connection

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turn what the database or its driver says into a StorageError with the mend; leave our own defects as is."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise  # a defect of this program, not of the database's surroundings
        except (OperationalError, InterfaceError, InternalError, PoolTimeout, DatabaseError) as error:
            raise StorageError(f"database {self.name}: {self._mend(error)}") from error

    def bare_engine(self) -> Engine:
        """One connection at a time, without foreign keys enforced: for migrations, which rebuild tables."""
        return self._engine(bare=True)

    def close(self) -> None:
        self.engine.dispose()

    def _engine(self, *, bare: bool = False) -> Engine:
        options: dict[str, Any] = {"poolclass": NullPool} if bare else {"pool_size": 5, "max_overflow": 30}
        try:
            if self.sqlite:
                engine = create_engine(self.url, connect_args={"timeout": BUSY_TIMEOUT}, **options)
                _prepare_sqlite(engine, foreign_keys=not bare)
                return engine
            if not bare:
                options["pool_pre_ping"] = True  # a server that was restarted is noticed before the work, not by it
            return create_engine(
                self.url,
                connect_args={"connect_timeout": CONNECT_TIMEOUT, "application_name": "monitor", **_CUT_OFF},
                **options,
            )
        except ImportError as error:
            raise StorageError(
                f"database {self.name}: the PostgreSQL driver is missing ({error}); "
                "install it with: pip install 'sanctions-watchlist-monitor[postgres]'"
            ) from error

    def _mend(self, error: Exception) -> str:
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        for sign, mend in _MENDS:
            if sign in said.lower():
                return f"{said}; {mend}"
        return said if self.sqlite else f"{said}; check storage.url and that the server is up"


_MENDS = (
    ("unable to open database file", "check that the path exists and may be written"),
    ("readonly database", "check the file's and its directory's permissions"),
    ("read-only", "check the permissions, and that the disk is not mounted read-only"),
    ("not a database", "storage.url names a file of another kind; choose another path"),
    ("malformed", "the file is damaged; restore a backup (see `monitor db backup`)"),
    ("disk is full", "free some space; nothing of this transaction was stored"),
    ("no space left", "free some space; nothing of this transaction was stored"),
    ("disk i/o error", "check the disk: is it full, or failing? nothing of this transaction was stored"),
    ("database is locked", f"another program held it for {BUSY_TIMEOUT:.0f} s; it is tried again"),
    ("password authentication", "check the user and the password in storage.url"),
    ("does not exist", "create it first, or check the name in storage.url"),
    ("connection refused", "check the host and port in storage.url, and that the server is up"),
)


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite database; None for a server. Raises StorageError for a URL that is neither."""
    parsed = _parsed(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(
            "storage.url is not a database URL; write sqlite:///var/monitor.db or postgresql://user@host/name"
        ) from error
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StorageError(f"storage.url: {backend} is not supported; write sqlite:///PATH or postgresql://…")
    if not parsed.database or parsed.database == ":memory:":
        raise StorageError("storage.url: SQLite needs a file; write sqlite:///var/monitor.db")
    return parsed.set(drivername="sqlite", database=str(Path(parsed.database).expanduser().absolute()))


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"database {path}: cannot create {path.parent} ({error.strerror}); choose another path in storage.url"
        ) from error


WAL_RETRY = 0.01
"""Seconds between two tries to switch to the write-ahead log."""


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch the file to the write-ahead log, which it then keeps for good; wait for others as long as for any lock.

    The switch reads first and locks later: of two that do it at once, one would wait for the other for ever, so SQLite
    refuses it at once, whatever the busy timeout. It holds nothing then, and may try again.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(WAL_RETRY)


def _prepare_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says so, not where pysqlite guesses
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = NORMAL")  # survives kill -9; a power cut may cost the last commits, whole
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.execute(f"PRAGMA journal_size_limit = {JOURNAL_LIMIT}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
