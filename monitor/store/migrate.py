"""The schema, brought up to date whenever a database is opened.

Opening one that is up to date costs one query: Alembic is imported only when there is something to do.
"""

from __future__ import annotations

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
        if _is_current(database, stored_version(connection)):
            return
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
