"""PostgreSQL's own pg_dump and pg_restore, where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import select, text

from monitor.errors import StorageError
from monitor.model.audit import BEGINNING, Kind, link
from monitor.store.engine import Database
from monitor.store.tables import metadata

LONGEST = 24 * 3600.0
"""Seconds after which a tool is stopped: what takes longer hangs."""


class Unusable(Exception):
    """pg_dump is not there, or is not of this server's version."""


def dump(db: Database, path: Path) -> None:
    """The program's tables in pg_dump's custom format, whole or not at all. Raises Unusable, or StorageError."""
    tool = shutil.which("pg_dump")
    if tool is None:
        raise Unusable("pg_dump is not installed")
    with db.read() as connection:
        schema = connection.execute(select(text("current_schema()"))).scalar()
    beside = path.with_name(f"{path.name}.part")
    tables = [f"--table={schema}.{name}" for name in (*metadata.tables, "alembic_version")]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={beside}", f"--dbname={_address(db)}"]
        done = _run(db, [tool, *options, *tables])
        if "version mismatch" in done.stderr:
            raise Unusable("pg_dump is older than the server")
        if done.returncode:
            raise StorageError(f"backup {path}: pg_dump: {_said(done)}")
        beside.replace(path)
    except OSError as error:
        raise StorageError(f"backup {path}: {error}; check the path, its permissions and the space left") from error
    finally:
        beside.unlink(missing_ok=True)


def look_through(path: Path) -> str:
    """The schema's version in a dump whose chain of digests is whole. Raises StorageError."""
    version = [row[0] for row in _rows(path, "alembic_version")]
    before, number = BEGINNING, 0
    if version and version[0] >= "0003":  # there was no chain before
        for row in sorted(_rows(path, "chain"), key=lambda row: int(row[0])):
            number += 1
            digest, bound = (bytes.fromhex(cell.removeprefix("\\\\x")) for cell in row[3:5])
            if int(row[0]) != number or link(before, number, Kind(row[1]), int(row[2]), digest) != bound:
                raise StorageError(f"restore {path}: its audit trail is not as it was written: record {number}")
            before = bound
    return version[0] if version else ""


def restore(db: Database, path: Path) -> None:
    """Replace the program's tables by those of the dump, in one transaction. Raises StorageError."""
    done = _run(
        db,
        [
            _pg_restore(path),
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={_address(db)}",
            str(path),
        ],
    )
    if done.returncode:
        raise StorageError(f"restore {path}: pg_restore: {_said(done)}; the database is as it was")


def _rows(path: Path, table: str) -> list[list[str]]:
    """A table's rows as COPY writes them."""
    done = _run(None, [_pg_restore(path), "--data-only", f"--table={table}", "--file=-", str(path)])
    if done.returncode:
        raise StorageError(f"restore {path}: pg_restore: {_said(done)}")
    rows: list[list[str]] = []
    copying = False
    for line in done.stdout.splitlines():
        if copying and line == "\\.":
            copying = False
        elif copying:
            rows.append(line.split("\t"))
        else:
            copying = line.startswith("COPY ")
    return rows


def _pg_restore(path: Path) -> str:
    tool = shutil.which("pg_restore")
    if tool is None:
        raise StorageError(f"restore {path}: this is a dump of pg_dump; install pg_restore (PostgreSQL's client tools)")
    return tool


def _address(db: Database) -> str:
    """Of the database, without the password, which would show in the list of processes."""
    return db.url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run(db: Database | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    if db is not None and db.url.password:
        environment["PGPASSWORD"] = db.url.password
    try:
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired as error:
        raise StorageError(f"{Path(command[0]).name} was not done after a day") from error


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return " ".join(lines[0].split()) if lines else f"it ended with {done.returncode}"
