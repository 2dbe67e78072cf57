"""The schema, brought up to date whenever a database is opened.

Opening one that is up to date costs one query: Alembic is imported only when there is something to do.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text

from monitor.errors import StorageError
from monitor.store.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x736368656D61
"""Key of the PostgreSQL advisory lock under which a schema is changed ("schema")."""


@cache
def revisions() -> tuple[str, ...]:
    """The schema's versions, oldest first. Files are named `v0001_what.py` after them."""
    return tuple(sorted(path.stem[1:].partition("_")[0] for path in (MIGRATIONS / "versions").glob("v*.py")))


def stored_version(connection: Connection) -> str:
    """The database's schema version, "" for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def upgrade(database: Database) -> None:
    """Bring the schema to the newest version, under a lock, whole or not at all. Raises StorageError."""
    with database.read() as connection:
        version = stored_version(connection)
        if _is_current(database, version):
            return
    if database.sqlite and version:
        _keep(database, version)
    engine = database.bare_engine()
    with database.faults(), engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            if not database.sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            if not _is_current(database, stored_version(connection)):  # another process may have been quicker
                _run(connection)
                if database.sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StorageError(f"database {database.name}: the upgrade broke references; nothing was changed")


def kept(path: Path, version: str) -> Path:
    """Where a SQLite database is kept as it was before its schema was changed from this version."""
    return path.with_name(f"{path.name}.schema-{version}")


def _keep(database: Database, version: str) -> None:
    """Copy the file, once for each version that it had: the way back to the program that belongs to it.

    Raises StorageError; then the database is as it was, for its schema is not changed without a way back.
    """
    path = Path(database.path)
    copy = kept(path, version)
    if copy.exists():
        return
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(path, timeout=30.0)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.chmod(path.stat().st_mode & 0o777)
        unfinished.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"database {database.name}: it is of schema {version}, and the copy kept before it is brought up to "
            f"date could not be made: {error}; make room at {copy}, or put a backup of yours there"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _is_current(database: Database, version: str) -> bool:
    if version and version not in revisions():
        raise StorageError(
            f"database {database.name}: its schema {version} is newer than this program's {revisions()[-1]}; "
            "upgrade the program, or restore a backup made before"
        )
    return version == revisions()[-1]


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revisions()[-1])
