"""CSV read as a stream of rows: UTF-8, or else Windows-1252, which publishers' older files are in. Pure."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from monitor.errors import SourceError
from monitor.watchlists.official import MAX_NAMES, too_many

BLOCK = 1 << 20
MAX_LINE = 1_000_000
"""Code points. The longest row of a real file, a group with all its aliases and remarks, has about 30,000."""

ROWS_HELD = 20_000
"""Of records whose rows stand apart, at a time: some 40 MB of the widest table."""

Row = dict[str, str]

Problem = Callable[[int, str], None]
"""Told the line and what is wrong with it."""


def rows(path: Path, problem: Problem, *, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """(line at which it ends, cells) of every row that is not empty; NUL and the old end of file, 0x1A, are dropped.

    Raises SourceError for a file that cannot be read, or with a line longer than MAX_LINE.
    """
    try:
        encoding = _encoding(path)
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            reader = csv.reader(_lines(path, file), delimiter=delimiter)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    problem(reader.line_num, str(error))
                    continue
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def records(
    path: Path, form: str, needed: set[str], problem: Problem, *, skip: int = 0, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column → cell, trimmed) of every row below the header, which comes after `skip` rows.

    A row with more or fewer cells than the header is told. Raises SourceError when a needed column is absent.
    """
    header: list[str] = []
    for number, (line, cells) in enumerate(rows(path, problem, delimiter=delimiter)):
        if number < skip:
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            if missing := sorted(needed - set(header)):
                raise SourceError(f"{path}:{line}: not understood as {form}: no column {missing[0]!r}")
        elif len(cells) != len(header):
            problem(line, f"{len(cells)} cells where {len(header)} are due")
        else:
            yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


def grouped(
    path: Path, read: Callable[[Problem], Iterator[tuple[int, Row]]], key: str, problem: Problem
) -> Iterator[tuple[str, int, list[Row]]]:
    """(key, line of the first row, rows) of each record that has several rows; those whose rows stand apart come last.

    read: the rows from the beginning of the file, which is called several times: to see whose rows stand together, to
    give these over one after the other, and for as many parts of the others as hold little. Raises SourceError for a
    record of more than MAX_NAMES rows.
    """
    seen: set[str] = set()
    apart: set[str] = set()
    last, scattered = None, 0
    for _, row in read(_told_already):
        if row[key] != last:
            last = row[key]
            if last in seen:
                apart.add(last)
            seen.add(last)
        scattered += row[key] in apart
    del seen
    groups: dict[str, tuple[int, list[Row]]] = {}
    for line, row in read(problem):
        if row[key] in apart:
            continue
        if row[key] not in groups:
            yield from _given(groups)
        _put(path, groups, row[key], line, row)
    yield from _given(groups)
    parts = -(-scattered // ROWS_HELD)
    for part in range(parts):
        for line, row in read(_told_already):
            if row[key] in apart and zlib.crc32(row[key].encode()) % parts == part:
                _put(path, groups, row[key], line, row)
        yield from _given(groups)


def _told_already(line: int, message: str) -> None:
    """Of a file that is read more than once its problems are told once."""


def _given(groups: dict[str, tuple[int, list[Row]]]) -> Iterator[tuple[str, int, list[Row]]]:
    for id, (line, rows) in groups.items():
        yield id, line, rows
    groups.clear()


def _put(path: Path, groups: dict[str, tuple[int, list[Row]]], id: str, line: int, row: Row) -> None:
    rows = groups.setdefault(id, (line, []))[1]
    if len(rows) > MAX_NAMES:
        raise too_many(path, line, id)
    rows.append(row)


def _encoding(path: Path) -> str:
    """UTF-8 when the whole file is that, for a file cannot be half of each."""
    with path.open(encoding="utf-8", newline="") as file:
        try:
            while file.read(BLOCK):
                pass
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise SourceError(f"{path}:{number}: a line of more than {MAX_LINE:,} characters; no list has such")
        yield line.replace("\x00", "").replace("\x1a", "")
