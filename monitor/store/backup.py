"""Backups: made while the service runs, looked through before they take a database's place.

SQLite       the online backup, one file               restored by putting it in the database's place
PostgreSQL   pg_dump's custom format where pg_dump is  restored by pg_restore, in one transaction
both         JSON Lines (see `transfer`)               restored by importing them
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from monitor.errors import StorageError
from monitor.store import migrate, pgtools, transfer
from monitor.store.audit import append, deed, head_of, problems_of
from monitor.store.engine import Database
from monitor.store.upkeep import sqlite_problems

SQLITE, PG_DUMP = b"SQLite format 3\x00", b"PGDMP"
"""What such files begin with."""


class Backups:
    db: Database

    def backup(self, path: Path, *, who: str = "", now: datetime | None = None) -> str:
        """Write a consistent, checked copy while the database is in use; `path` is replaced whole. Says what it is.

        With `now` given it is told in the audit trail, the copy's own included. Raises StorageError.
        """
        path = path.expanduser().absolute()
        if self.db.sqlite and path.exists() and path.samefile(self.db.path):
            raise StorageError(f"{path} is the database itself; choose another path for its backup")
        if now is not None:
            with self.db.write() as connection:
                append(self.db, connection, deed(at=now, who=who, what="backup", about=path.name))
        if self.db.sqlite:
            _copy(Path(self.db.path), path)
            return "a SQLite file"
        try:
            pgtools.dump(self.db, path)
        except pgtools.Unusable as reason:
            transfer.write_export(self.db, path, now or datetime.now().astimezone())
            return f"JSON Lines, gzip ({reason})"
        return "pg_dump's custom format"


def restore(url: str, path: Path, *, force: bool, who: str, now: datetime) -> str:
    """Put a backup, or an export, in the place of the database; says what was done.

    The copy is looked through before: its file, references, schema and audit trail. force: replace a database that
    holds data. Raises StorageError; then the database is as it was.
    """
    path = path.expanduser().absolute()
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise StorageError(f"restore {path}: {error.strerror}; give the path of a backup") from error
    db = Database(url)
    try:
        if start == SQLITE:
            if not db.sqlite:
                raise _other_engine(path, "SQLite")
            return _restore_sqlite(db, path, force=force, who=who, now=now)
        if start.startswith(PG_DUMP):
            if db.sqlite:
                raise _other_engine(path, "PostgreSQL")
            return _restore_postgresql(db, path, force=force, who=who, now=now)
        migrate.upgrade(db)
        counts = transfer.read_export(db, path, force=force, who=who, now=now)
        return f"{sum(counts.values())} rows imported"
    finally:
        db.close()


def _copy(database: Path, path: Path) -> None:
    beside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(beside)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
            problems = sqlite_problems(copy)
        if problems:
            raise StorageError(f"backup {path}: the copy is damaged ({problems[0]}); see `monitor doctor`")
        beside.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"backup {path}: {error}; check the path, its permissions and the space left") from error
    finally:
        beside.unlink(missing_ok=True)


def _restore_sqlite(db: Database, path: Path, *, force: bool, who: str, now: datetime) -> str:
    target = Path(db.path)
    if target.exists() and target.samefile(path):
        raise StorageError(f"{path} is the database itself")
    replaced = _what_is_there(db) if target.exists() else ""
    if replaced and not force:
        raise _holds_data(db)
    beside = target.with_name(f"{target.name}.restoring")
    try:
        beside.unlink(missing_ok=True)
        _copy(path, beside)
        copy = Database(f"sqlite:///{beside}")
        try:
            _look_through(copy, path, replaced, who=who, now=now)
        finally:
            copy.close()
        with closing(sqlite3.connect(beside)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        kept = ""
        if target.exists():
            _close_for_others(db, target)
            old = target.with_name(f"{target.name}.replaced-{now:%Y%m%dT%H%M%S}")
            target.replace(old)
            kept = f"; what was there before is kept as {old.name}"
        beside.replace(target)
        return f"restored {target}{kept}"
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"restore {path}: {error}; the database is as it was") from error
    finally:
        beside.unlink(missing_ok=True)


def _what_is_there(db: Database) -> str:
    """What a database holds that would be lost, in words; "" where it holds nothing."""
    try:
        with db.read() as connection:
            version = migrate.stored_version(connection)
            if not version:
                return ""
            if version != migrate.revisions()[-1]:
                return f"schema {version}"
            return f"a trail that ended in {head_of(connection)}" if transfer.holds_data(connection) else ""
    except StorageError:
        return "a damaged database"


def _look_through(copy: Database, path: Path, replaced: str, *, who: str, now: datetime) -> None:
    """Bring the copy up to date, look through its trail, and tell in it that it was restored."""
    with copy.read() as connection:
        if not migrate.stored_version(connection):
            raise StorageError(f"restore {path}: it is no database of this program")
    migrate.upgrade(copy)
    with copy.write() as connection:
        if problems := problems_of(connection):
            raise StorageError(f"restore {path}: its audit trail is not as it was written: {problems[0]}")
        about = f"{path.name}; replaced {replaced}" if replaced else path.name
        append(copy, connection, deed(at=now, who=who, what="restore", about=about))


def _close_for_others(db: Database, target: Path) -> None:
    """Make sure that nobody else has the file open, and that all of it is in the one file."""
    db.close()
    connection = sqlite3.connect(target, timeout=1)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise StorageError(f"database {target} is in use ({error}); stop the service, then restore") from error
    except sqlite3.DatabaseError:  # damaged: what is restored takes its place
        for end in ("-wal", "-shm"):
            with suppress(OSError):
                target.with_name(target.name + end).unlink()
    finally:
        connection.close()


def _restore_postgresql(db: Database, path: Path, *, force: bool, who: str, now: datetime) -> str:
    replaced = _what_is_there(db)
    if replaced and not force:
        raise _holds_data(db)
    version = pgtools.look_through(path)
    if version not in migrate.revisions():
        raise StorageError(f"restore {path}: its schema {version or 'is unknown'}; this program knows others")
    pgtools.restore(db, path)
    migrate.upgrade(db)
    with db.write() as connection:
        problems = problems_of(connection)
        about = f"{path.name}; replaced {replaced}" if replaced else path.name
        append(db, connection, deed(at=now, who=who, what="restore", about=about))
    if problems:
        raise StorageError(f"restored {path}, but its audit trail is not as it was written: {problems[0]}")
    return f"restored {db.name}"


def _holds_data(db: Database) -> StorageError:
    return StorageError(f"database {db.name} already holds data; --force replaces it")


def _other_engine(path: Path, engine: str) -> StorageError:
    return StorageError(
        f"{path} is a backup of {engine}, and storage.url names another engine; to move, `monitor db export` there and "
        "`monitor db import` here"
    )
