"""Articles from files: JSON Lines, CSV, plain text, saved web pages, web archives; gzip or zstd; whole directories.

A record that cannot be used becomes a `BadRecord` in its place: told, counted, and the next one is read. A page is
handed on as it was saved and a line as it was written: whoever screens them, on whatever core, reads them.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from monitor.errors import SourceError
from monitor.model.articles import Article

MAX_LINE = 200_000_000
"""Bytes of one JSON line, or of one text or page: far above any article, far below what fills the memory."""

CHUNK = 1 << 16

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
STDIN = "-"
PACKED = (".gz", ".zst")
KINDS = (".jsonl", ".ndjson", ".json", ".csv", ".txt", ".html", ".htm", ".warc", ".wet")
"""Names by which a directory's files are taken for articles."""

FIELDS = ("id", "title", "text", "lang", "date")


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that was skipped. `line` counts from 1; 0 where the file is one record."""

    source: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.reason}" if self.line else f"{self.source}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A web page as it was saved. `content_type`: as its server stated it, "" where nobody did."""

    id: str
    raw: bytes
    content_type: str = ""
    date: datetime | None = None


class Line(NamedTuple):
    """A line of JSON as it was written (`read_line`). `number` counts from 1."""

    source: str
    number: int
    raw: bytes


Record = Article | SavedPage | Line | BadRecord


def list_articles(path: str) -> list[str]:
    """A directory's files in the order of their names, all the way down; anything else is itself."""
    directory = Path(path)
    if path == STDIN or not directory.is_dir():
        return [path]
    return sorted(str(file) for file in directory.rglob("*") if file.is_file() and _plain(file.name).endswith(KINDS))


def read_articles(path: str, stdin: IO[bytes], *, told: Callable[[int], None] | None = None) -> Iterator[Record]:
    """What one file, or `stdin` where path is "-", has in it, in order; constant memory but for single large records.

    `.html`, `.htm`: a saved page. `.warc`, `.wet`: a web archive. `.csv`: a row an article, its columns named in the
    first row. Others are JSON Lines when they begin with `{`, else one plain text. `told` hears how many bytes of the
    file were read, now and then. Raises SourceError for a file that cannot be opened or read.
    """
    try:
        with _open(path, stdin, told) as file:
            yield from _records(path, file)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"its {'zstd' if '.zst' in path else 'gzip'} data is damaged"
        raise SourceError(f"{path}: cannot be read: {reason}") from error


def read_line(line: Line) -> Article | BadRecord:
    """The article of a line: an object with id, and title or text; lang and date where they are known."""
    path, number, raw = line
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return BadRecord(path, number, f"not UTF-8: byte {raw[error.start]:#04x} at {error.start + 1}")
    except (ValueError, RecursionError) as error:
        return BadRecord(path, number, f"not JSON: {error}")
    if not isinstance(row, dict):
        return BadRecord(path, number, "not a JSON object with id, title and text")
    for key in ("id", "title", "text", "lang", "date"):
        if row.get(key) is not None and not isinstance(row[key], str) and not (key == "id" and _plain_int(row[key])):
            return BadRecord(path, number, f"{key!r} is {type(row[key]).__name__} where text is due")
    return _article(path, number, row)


def _plain(name: str) -> str:
    lower = name.lower()
    return lower.removesuffix(".gz").removesuffix(".zst")


@contextmanager
def _open(path: str, stdin: IO[bytes], told: Callable[[int], None] | None) -> Iterator[IO[bytes]]:
    if path == STDIN:
        yield stdin
        return
    with io.BufferedReader(_Counted(path, told), 1 << 18) as file:
        start = file.peek(4)[:4]
        if start[:2] == GZIP:
            with gzip.open(file, "rb") as unpacked:
                yield cast("IO[bytes]", unpacked)
        elif start == ZSTD:
            with _zstd(path, file) as unpacked:
                yield unpacked
        else:
            yield file


def _zstd(path: str, file: IO[bytes]) -> IO[bytes]:
    try:
        import zstandard  # noqa: F401 - said here, with the file's name
    except ImportError as error:
        raise SourceError(
            f"{path}: zstd needs one more package: pip install 'sanctions-watchlist-monitor[archive]'"
        ) from error
    return io.BufferedReader(_Zstd(file), 1 << 18)


class _Zstd(io.RawIOBase):
    """Any number of zstd frames, one after the other. The library's own reader takes a cut file for a whole one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._chunks = _unpacked(file)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    import zstandard

    raw = file.read(CHUNK)
    while raw:
        frame = zstandard.ZstdDecompressor().decompressobj()
        while not frame.eof:
            if not raw:
                raise EOFError("it ends in the middle of a frame")
            try:
                yield frame.decompress(raw)
            except zstandard.ZstdError as error:
                raise EOFError(str(error)) from error
            raw = frame.unused_data if frame.eof else file.read(CHUNK)
        raw = raw or file.read(CHUNK)


class _Counted(io.FileIO):
    """A file that says how much of it was read."""

    def __init__(self, path: str, told: Callable[[int], None] | None) -> None:
        super().__init__(path, "rb")
        self._told = told

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        if count and self._told:
            self._told(count)
        return count


def _records(path: str, file: IO[bytes]) -> Iterator[Record]:
    name = _plain(path)
    if name.endswith((".html", ".htm")):
        yield _whole(path, file, b"", lambda raw: SavedPage(path, raw))
        return
    if name.endswith((".warc", ".wet")):
        from monitor.articles.warc import read_warc

        yield from read_warc(path, file)
        return
    if name.endswith(".csv"):
        yield from _rows(path, file)
        return
    number, first = 0, b""
    while not first.strip():  # blank lines before the first record
        number, first = number + 1, file.readline(MAX_LINE + 1)
        if not first:
            return
    if name.endswith(".txt") or not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        if name.endswith((".jsonl", ".ndjson", ".json")):
            yield BadRecord(path, number, "not a JSON object; each line is one, with id, title and text")
            yield from _lines(path, file, number + 1)
            return
        yield _whole(path, file, first, lambda raw: Article(id=path, title="", text=_text(raw)))
        return
    yield Line(path, number, first)
    yield from _lines(path, file, number + 1)


def _lines(path: str, file: IO[bytes], number: int) -> Iterator[Line | BadRecord]:
    while raw := file.readline(MAX_LINE + 1):
        if len(raw) > MAX_LINE:
            yield BadRecord(path, number, f"the line is longer than {MAX_LINE} bytes")
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(MAX_LINE)
        elif raw.strip():
            yield Line(path, number, raw)
        number += 1


def _rows(path: str, file: IO[bytes]) -> Iterator[Article | BadRecord]:
    csv.field_size_limit(MAX_LINE)
    lines = (line.decode("utf-8", "replace").replace("\x00", "") for line in _without_bom(file))
    rows = csv.DictReader(lines, restkey="", strict=False)
    try:
        columns = rows.fieldnames or []
        if not columns:
            return
        if "id" not in columns or not {"title", "text"} & set(columns):
            yield BadRecord(
                path, 1, f"the first row names the columns: id, title, text; it has {', '.join(columns)[:80]}"
            )
            return
        for row in rows:
            yield _article(path, rows.line_num, {key: row.get(key) for key in FIELDS})
    except csv.Error as error:
        yield BadRecord(path, rows.line_num, f"not CSV from here on: {error}")


def _without_bom(file: IO[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(file):
        yield line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line


def _article(path: str, number: int, row: dict[str, Any]) -> Article | BadRecord:
    if row.get("id") in (None, ""):
        return BadRecord(path, number, "'id' is missing")
    if row.get("title") is None and row.get("text") is None:
        return BadRecord(path, number, "neither 'title' nor 'text' is there")
    return Article(
        id=str(row["id"]),
        title=row.get("title") or "",
        text=row.get("text") or "",
        lang=row.get("lang") or "",
        date=_date(row.get("date")),
    )


def _plain_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _date(written: str | None) -> datetime | None:
    """ISO 8601; a date that is not understood does not cost the article."""
    try:
        found = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _whole(path: str, file: IO[bytes], first: bytes, make: Callable[[bytes], Article | SavedPage]) -> Record:
    raw = first + file.read(MAX_LINE + 1)
    if len(raw) > MAX_LINE:
        return BadRecord(path, 0, f"longer than {MAX_LINE} bytes")
    return make(raw)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw).best()
        return str(best) if best else raw.decode("utf-8", "replace")
