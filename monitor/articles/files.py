"""Articles from files: JSON Lines, plain text, saved web pages; any of them gzipped.

A record that cannot be used becomes a `BadRecord` in its place: told, counted, and the next one is read.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from monitor.errors import SourceError
from monitor.model.articles import Article

MAX_LINE = 200_000_000
"""Bytes of one JSON line, or of one text or page: far above any article, far below what fills the memory."""

GZIP = b"\x1f\x8b"
STDIN = "-"


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that was skipped. `line` counts from 1; 0 where the file is one record."""

    source: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.reason}" if self.line else f"{self.source}: {self.reason}"


Page = Callable[[bytes], tuple[str, str, str]]
"""A saved page's title, text and language."""


def read_articles(path: str, stdin: IO[bytes], page: Page) -> Iterator[Article | BadRecord]:
    """The articles of one file, or of `stdin` where path is "-", in order; constant memory over JSON Lines.

    `.html`, `.htm`: a saved page, made a text by `page`. Others are JSON Lines when they begin with `{`, else one plain
    text. Raises SourceError for a file that cannot be opened or read.
    """
    try:
        with _open(path, stdin) as file:
            yield from _records(path, file, page)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "its gzip data is damaged"
        raise SourceError(f"{path}: cannot be read: {reason}") from error


def _open(path: str, stdin: IO[bytes]) -> Any:
    if path == STDIN:
        return _Borrowed(stdin)
    file = Path(path).open("rb")  # noqa: SIM115 - closed by the caller's `with`, which gets this very file
    if file.peek(2)[:2] == GZIP:
        file.close()
        return gzip.open(path, "rb")
    return file


class _Borrowed:
    """Standard input as a context that does not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __enter__(self) -> IO[bytes]:
        return self.file

    def __exit__(self, *_: object) -> None:
        pass


def _records(path: str, file: IO[bytes], page: Page) -> Iterator[Article | BadRecord]:
    name = path.lower().removesuffix(".gz")
    if name.endswith((".html", ".htm")):
        yield _whole(path, file, lambda raw: _article(path, *page(raw)))
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
        yield _whole(path, file, lambda raw: Article(id=path, title="", text=_text(first + raw)))
        return
    yield _line(path, number, first)
    yield from _lines(path, file, number + 1)


def _lines(path: str, file: IO[bytes], number: int) -> Iterator[Article | BadRecord]:
    while raw := file.readline(MAX_LINE + 1):
        if len(raw) > MAX_LINE:
            yield BadRecord(path, number, f"the line is longer than {MAX_LINE} bytes")
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(MAX_LINE)
        elif raw.strip():
            yield _line(path, number, raw)
        number += 1


def _line(path: str, number: int, raw: bytes) -> Article | BadRecord:
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


def _whole(path: str, file: IO[bytes], make: Callable[[bytes], Article]) -> Article | BadRecord:
    raw = file.read(MAX_LINE + 1)
    if len(raw) > MAX_LINE:
        return BadRecord(path, 0, f"longer than {MAX_LINE} bytes")
    return make(raw)


def _article(path: str, title: str, text: str, lang: str) -> Article:
    return Article(id=path, title=title, text=text, lang=lang)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw).best()
        return str(best) if best else raw.decode("utf-8", "replace")
