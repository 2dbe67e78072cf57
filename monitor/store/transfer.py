"""A whole database as JSON Lines: how it moves to the other engine, and a backup that needs no tool to be read.

    {"monitor": "export", "format": 1, "schema": …, "made": …}
    {"table": "feeds", "columns": ["id", …]}  then its rows, an array each, by key; so for every table
    {"end": {"feeds": rows, …}, "numbers": {"hits": the last that was given}, "sha256": of all lines before}

Times are ISO 8601 in UTC, bytes base64. Reading and writing take constant memory. What is read is taken whole or not
at all.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, Table, TypeDecorator, cast, func, select, text
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import DBAPIError, StatementError

from monitor.errors import StorageError
from monitor.store.audit import append, deed, head_of, problems_of
from monitor.store.engine import Database
from monitor.store.migrate import stored_version
from monitor.store.tables import metadata

FORMAT = 1

BATCH = 500
"""Rows written at a time."""

LONGEST = 256_000_000
"""Bytes of a line; a text of the longest page that is read stays far below."""

HITS = "hits"
"""The table whose numbers are known outside, and are never given twice."""


def export_lines(db: Database, now: datetime) -> Iterator[bytes]:
    """The database as it is at this moment, a line at a time. Raises StorageError."""
    seen = sha256()

    def line(value: Any) -> bytes:
        said = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        seen.update(said)
        return said

    with db.faults(), db.engine.connect() as connection:
        if not db.sqlite:  # one moment for all tables; SQLite's readers have that by themselves
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            made = now.astimezone(UTC).isoformat()
            yield line({"monitor": "export", "format": FORMAT, "schema": stored_version(connection), "made": made})
            counts: dict[str, int] = {}
            for table in metadata.sorted_tables:
                yield line({"table": table.name, "columns": [column.name for column in table.columns]})
                counts[table.name] = 0
                wanted = select(table).order_by(*table.primary_key.columns)
                for row in connection.execute(wanted, execution_options={"yield_per": BATCH}):
                    counts[table.name] += 1
                    yield line([_plain(value) for value in row])
            numbers = {HITS: _last_number(db, connection)}
            yield line({"end": counts, "numbers": numbers, "sha256": seen.hexdigest()})


def write_export(db: Database, path: Path, now: datetime) -> None:
    """Into a gzip file, whole or not at all. Raises StorageError."""
    beside = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.GzipFile(beside, "wb", compresslevel=6, mtime=0) as file:
            for line in export_lines(db, now):
                file.write(line)
        beside.replace(path)
    except OSError as error:
        raise StorageError(f"export {path}: {error}; check the path, its permissions and the space left") from error
    finally:
        beside.unlink(missing_ok=True)


def read_export(db: Database, path: Path, *, force: bool, who: str, now: datetime) -> dict[str, int]:
    """Fill the database with an export; how many rows each table got. Its schema must be up to date.

    Everything is checked before it counts: the file's end and digest, references, the audit trail. force: what the
    database holds is replaced. Raises StorageError; then nothing is changed.
    """
    engine = db.bare_engine()
    try:
        with db.faults(), engine.connect() as connection, _opened(path) as file:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                before = head_of(connection)
                _make_room(db, connection, force)
                counts, made = _fill(db, connection, file, path)
                if problems := [*_broken(db, connection), *problems_of(connection)]:
                    raise StorageError(f"import {path}: {problems[0]}; nothing was changed")
                about = f"{path.name}, made {made}"
                if before.number:
                    about += f"; replaced a trail that ended in {before}"
                append(db, connection, deed(at=now, who=who, what="import", about=about))
                return counts
    except (OSError, EOFError, zlib.error) as error:
        raise StorageError(f"import {path}: {error}; nothing was changed") from error


def holds_data(connection: Connection) -> bool:
    """Whether there is anything that could be lost: articles, polls, hits, or a trail."""
    tables = [metadata.tables[name] for name in ("articles", "polls", HITS, "audit", "dispositions", "silences")]
    return any(connection.execute(select(1).select_from(table).limit(1)).first() for table in tables)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        packed = file.peek(2)[:2] == b"\x1f\x8b"
        if not packed:
            yield file
            return
        with gzip.open(file) as unpacked:
            yield unpacked


def _make_room(db: Database, connection: Connection, force: bool) -> None:
    if not force and holds_data(connection):
        raise StorageError(
            f"database {db.name} already holds data; import into an empty one, or give --force to replace what it holds"
        )
    if db.sqlite:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    else:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names}"))


def _fill(db: Database, connection: Connection, file: IO[bytes], path: Path) -> tuple[dict[str, int], str]:
    seen, counts = sha256(), dict[str, int]()
    start = file.readline(LONGEST)
    seen.update(start)
    first = _parsed(start, path, 1)
    if not (isinstance(first, dict) and first.get("monitor") == "export" and first.get("format") == FORMAT):
        raise StorageError(f"import {path}: line 1: this is no export of `monitor db export`; nothing was changed")
    if first.get("schema") != (mine := stored_version(connection)):
        raise StorageError(
            f"import {path}: it was made by schema {first.get('schema')}, this program has {mine}; import it with the "
            "version that made it, then upgrade"
        )
    table: Table | None = None
    columns: list[Any] = []
    rows: list[dict[str, Any]] = []
    number = 1
    while raw := file.readline(LONGEST):
        number += 1
        value = _parsed(raw, path, number)
        if isinstance(value, dict) and "end" in value:
            _insert(connection, table, rows, path, number)
            if file.read(1) or value.get("sha256") != seen.hexdigest() or value["end"] != counts:
                raise StorageError(f"import {path}: it is not whole, or was changed since; nothing was changed")
            _go_on(db, connection, int(value.get("numbers", {}).get(HITS, 0)))
            return counts, str(first.get("made", ""))
        seen.update(raw)
        if isinstance(value, dict):
            _insert(connection, table, rows, path, number)
            table = metadata.tables.get(str(value.get("table")))
            if table is None or not set(value.get("columns", ())) <= set(table.columns.keys()):
                raise StorageError(f"import {path}: line {number}: unknown table or columns; nothing was changed")
            columns = [(name, _kind(table.columns[name])) for name in value["columns"]]
            counts[table.name] = 0
        elif table is None or not isinstance(value, list) or len(value) != len(columns):
            raise StorageError(f"import {path}: line {number}: not a row of {table}; nothing was changed")
        else:
            try:
                rows.append({name: _read(item, kind) for (name, kind), item in zip(columns, value, strict=True)})
            except (TypeError, ValueError) as error:
                raise StorageError(f"import {path}: line {number}: {error}; nothing was changed") from error
            counts[table.name] += 1
            if len(rows) == BATCH:
                _insert(connection, table, rows, path, number)
    raise StorageError(f"import {path}: its end is missing; nothing was changed")


def _insert(connection: Connection, table: Table | None, rows: list[dict[str, Any]], path: Path, number: int) -> None:
    if table is None or not rows:
        return
    try:
        connection.execute(table.insert(), rows)
    except StatementError as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        said = " ".join(str(error.orig).split())
        raise StorageError(f"import {path}: near line {number}: {table.name}: {said}; nothing was changed") from error
    rows.clear()


def _last_number(db: Database, connection: Connection) -> int:
    """The highest number that a hit ever had."""
    if db.sqlite:
        last = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (HITS,)).scalar()
    else:
        sequence = func.pg_get_serial_sequence(HITS, "id")
        last = connection.execute(select(func.pg_sequence_last_value(cast(sequence, REGCLASS)))).scalar()
    return int(last or 0)


def _go_on(db: Database, connection: Connection, last_hit: int) -> None:
    """New rows are numbered on from those that there are."""
    if db.sqlite:
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (HITS,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (HITS, last_hit))
        return
    for table in metadata.sorted_tables:
        if "id" not in table.c:
            continue
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar()
        if sequence:
            last = connection.execute(select(func.max(table.c.id))).scalar() or 0
            last = max(last, last_hit) if table.name == HITS else last
            connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def _broken(db: Database, connection: Connection) -> list[str]:
    """References that lead nowhere. PostgreSQL has refused them already."""
    if not db.sqlite:
        return []
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(1)
    return [f"{row[0]} row {row[1]} refers to a missing row of {row[2]}" for row in rows]


def _parsed(raw: bytes, path: Path, number: int) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"import {path}: line {number}: not JSON ({error}); nothing was changed") from error


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _kind(column: Column[Any]) -> type:
    """What Python type the column's values are."""
    of = column.type
    return (of.impl_instance if isinstance(of, TypeDecorator) else of).python_type


def _read(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is bytes:
        return b64decode(value, validate=True)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"{value!r} is not a {kind.__name__}")
    return value
