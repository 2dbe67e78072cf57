"""`monitor screen`: texts against watchlists, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import click

from monitor.articles.files import BadRecord, read_articles
from monitor.errors import MonitorError, UsageError, WorkError
from monitor.matching import Matcher
from monitor.model.articles import Article
from monitor.model.serial import screened_json
from monitor.screening import THRESHOLD, Screener
from monitor.shelf import of_this_user


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES…|-]")
@click.option(
    "--watchlist", "watchlists", multiple=True, required=True, type=click.Path(path_type=Path), metavar="PATH",
    help="A YAML watchlist, a directory of them, or an official list's file (may be given again).",
)  # fmt: skip
@click.option("--threshold", type=click.FloatRange(50, 100), default=THRESHOLD, show_default=True,
              help="For lists and entities that set none.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes (default: one a core).")
def screen(files: tuple[str, ...], watchlists: tuple[Path, ...], threshold: float, jobs: int) -> int:
    """Screen texts: JSON Lines with id, title and text, or .txt and .html files; "-" or nothing: standard input.

    Prints JSON Lines, one object for each article and entity. Records that cannot be read are told on stderr with
    their line, counted and skipped; the exit code is then 1.
    """
    if not files and sys.stdin.isatty():
        raise UsageError("nothing to screen: name files, or pipe texts in (see `monitor screen --help`)")
    screener = Screener.from_paths(watchlists, threshold=threshold, shelf=of_this_user())
    source = _Source(files or ("-",))
    found = 0
    try:
        for lines in screener.map_blocks(_lines, source.articles(), jobs=jobs):
            found += len(lines)
            for line in lines:
                sys.stdout.write(line)
            sys.stdout.flush()
    except BrokenProcessPool as error:
        raise WorkError("a screening process was killed (out of memory?); try again with --jobs 1") from error
    if source.bad or sys.stderr.isatty():
        click.echo(f"monitor: {source.good} articles screened, {found} hits, {source.bad} records skipped", err=True)
    return 1 if source.bad else 0


class _Source:
    """The articles of all files in order; what cannot be read is said and counted."""

    def __init__(self, files: tuple[str, ...]) -> None:
        self.files = files
        self.good = self.bad = 0

    def articles(self) -> Iterator[Article]:
        for file in self.files:
            try:
                for record in read_articles(file, sys.stdin.buffer, _page):
                    if isinstance(record, BadRecord):
                        self._tell(str(record))
                    else:
                        self.good += 1
                        yield record
            except MonitorError as error:
                self._tell(str(error))

    def _tell(self, what: str) -> None:
        self.bad += 1
        click.echo(f"monitor: {what}", err=True)


def _page(raw: bytes) -> tuple[str, str, str]:
    from monitor.articles.extract import extract_page

    page = extract_page(raw)
    return page.title, page.text, page.lang


def _lines(matcher: Matcher, block: list[Article]) -> list[str]:
    return [_line(screened_json(hit)) for hits in matcher.screen_many(block) for hit in hits]


def _line(row: dict[str, object]) -> str:
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate in the text: as an escape it can be written
        line = json.dumps(row)
    return line + "\n"
