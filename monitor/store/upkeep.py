"""Whether the database is sound, and its schema's version."""

from __future__ import annotations

import sqlite3

from monitor.store.engine import Database
from monitor.store.migrate import stored_version


class Upkeep:
    db: Database

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
                return sqlite_problems(raw)


def sqlite_problems(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the file or with references in it, a line each."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(20) if not found else []
    except sqlite3.DatabaseError as error:  # damaged beyond checking
        return [str(error)]
    return found + [f"{row[0]} row {row[1]} refers to a missing row of {row[2]}" for row in broken]
