"""What is made of a block of an archive, in whatever process: its pages read, its articles screened."""

from __future__ import annotations

import csv
import io
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from monitor.articles.files import BadRecord, Line, Record, SavedPage, read_line
from monitor.errors import ParseError
from monitor.matching import Matcher
from monitor.model.articles import Article
from monitor.model.matches import Hit
from monitor.model.serial import screened_json

DEADLINE = 30.0
"""Seconds for finding the article of one page; pages take 0.05 s."""

COLUMNS = ("article", "entity", "watchlist", "type", "name", "score", "mentions", "explanation")
"""Of CSV output; mentions are JSON."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What became of a block."""

    records: int  # all that were in it
    hits: int
    text: str  # the output's lines
    bad: tuple[BadRecord, ...]
    found: tuple[tuple[Article, tuple[Hit, ...]], ...] = ()  # in place of text, where that is wanted


def screen_block(matcher: Matcher, block: list[Record]) -> Screened:
    return _screened(matcher, block, _line)


def screen_block_csv(matcher: Matcher, block: list[Record]) -> Screened:
    return _screened(matcher, block, _row)


def screen_block_hits(matcher: Matcher, block: list[Record]) -> Screened:
    articles, bad = _read(block)
    found = tuple((a, tuple(hits)) for a, hits in zip(articles, matcher.screen_many(articles), strict=True) if hits)
    return Screened(len(block), sum(len(hits) for _, hits in found), "", bad, found)


def _screened(matcher: Matcher, block: list[Record], write: Any) -> Screened:
    articles, bad = _read(block)
    lines = [write(screened_json(hit)) for hits in matcher.screen_many(articles) for hit in hits]
    return Screened(len(block), len(lines), "".join(lines), bad)


def _read(block: list[Record]) -> tuple[list[Article], tuple[BadRecord, ...]]:
    articles: list[Article] = []
    bad: list[BadRecord] = []
    for record in block:
        found = _found(record)
        if isinstance(found, BadRecord):
            bad.append(found)
        else:
            articles.append(found)
    return articles, tuple(bad)


def _found(record: Record) -> Article | BadRecord:
    if isinstance(record, Line):
        return read_line(record)
    return _article(record) if isinstance(record, SavedPage) else record


def _article(page: SavedPage) -> Article | BadRecord:
    from monitor.articles.text import extract_page

    try:
        with _deadline(DEADLINE):
            found = extract_page(page.raw, page.content_type)
    except (ParseError, TimeoutError) as error:
        return BadRecord(page.id, 0, str(error))
    except Exception as error:  # noqa: BLE001 - a page that breaks its parser is told, and the archive goes on
        return BadRecord(page.id, 0, f"its article was not found: {type(error).__name__}: {error}")
    return Article(page.id, found.title, found.text, found.lang, page.date)


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Ends Python code that takes longer with a TimeoutError; only in a process' main thread can that be done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError(f"its article was not found within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _line(row: dict[str, object]) -> str:
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate in the text: as an escape it can be written
        line = json.dumps(row)
    return line + "\n"


def _row(row: dict[str, object]) -> str:
    written = io.StringIO()
    cells = {key: json.dumps(value) if isinstance(value, list | dict) else value for key, value in row.items()}
    csv.DictWriter(written, COLUMNS, extrasaction="ignore", lineterminator="\n").writerow(cells)
    return written.getvalue().encode("utf-8", "replace").decode("utf-8")
