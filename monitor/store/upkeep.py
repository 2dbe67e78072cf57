"""Keeping the database: backup, integrity, its schema's version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.errors import StorageError
from monitor.store.engine import Database
from monitor.store.migrate import stored_version


class Upkeep:
    db: Database

    def backup(self, path: Path) -> None:
        """Write a consistent, checked copy of a SQLite database while it is in use; `path` is replaced whole.

        Raises StorageError, and for PostgreSQL, which has its own tools.
        """
        if not self.db.sqlite:
            raise StorageError("a PostgreSQL database is backed up with its own tools, for example: pg_dump -Fc")
        path = path.expanduser().absolute()
        if path.exists() and path.samefile(self.db.path):
            raise StorageError(f"{path} is the database itself; choose another path for its backup")
        beside = path.with_name(f"{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            with closing(sqlite3.connect(self.db.path)) as source, closing(sqlite3.connect(beside)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
                problems = _sqlite_problems(copy)
            if problems:
                raise StorageError(f"backup {path}: the copy is damaged ({problems[0]}); see `monitor doctor`")
            beside.replace(path)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"backup {path}: {error}; check the path, its permissions and the space left") from error
        finally:
            beside.unlink(missing_ok=True)

    def schema_version(self) -> str:
        with self.db.read() as connection:
            return stored_version(connection)

    def integrity(self) -> list[str]:
        """What is wrong with the file or with references in it, a line each; empty when all is well.

        On PostgreSQL the server sees to it, and this says only whether it answers.
        """
        with self.db.faults():
            if not self.db.sqlite:
                self.schema_version()
                return []
            with self.db.read() as connection:
                raw = connection.connection.dbapi_connection
                assert isinstance(raw, sqlite3.Connection)
                return _sqlite_problems(raw)


def _sqlite_problems(connection: sqlite3.Connection) -> list[str]:
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(20) if not found else []
    except sqlite3.DatabaseError as error:  # damaged beyond checking
        return [str(error)]
    return found + [f"{row[0]} row {row[1]} refers to a missing row of {row[2]}" for row in broken]
