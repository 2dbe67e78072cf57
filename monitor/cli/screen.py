"""`monitor screen`: texts against watchlists, without a database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.allocation import collect_rarely, keep_freed
from monitor.articles.files import STDIN, BadRecord, Record, list_articles, read_articles
from monitor.cli.common import config_option, load_settings, open_store, utc_now
from monitor.errors import MonitorError, UsageError, WorkError
from monitor.matching import MATCHER_VERSION, Matcher
from monitor.model.watchlists import Watchlist
from monitor.screening import AHEAD, THRESHOLD, Screener, blocks, over
from monitor.screening.archive import Screened, screen_block, screen_block_csv, screen_block_hits
from monitor.screening.output import Output, run_digest, skipped
from monitor.shelf import Shelf, of_this_user
from monitor.watchlists.read import read_paths

if TYPE_CHECKING:
    from monitor.pipeline.archives import Archive


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES…|-]")
@click.option(
    "--watchlist", "watchlists", multiple=True, required=True, type=click.Path(path_type=Path), metavar="PATH",
    help="A YAML watchlist, a directory of them, or an official list's file (may be given again).",
)  # fmt: skip
@click.option("--threshold", type=click.FloatRange(50, 100), default=THRESHOLD, show_default=True,
              help="For lists and entities that set none.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes (default: one a core).")
@click.option("--dask", metavar="ADDRESS", help='A Dask scheduler (tcp://host:port), or "local" for one of our own.')
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file in place of standard output.")
@click.option("--store", "archive", metavar="NAME", help="Put hits into the settings' database, as archive NAME, "
              "in place of printing them; nobody is told.")  # fmt: skip
@config_option
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--resume", is_flag=True, help="Go on where a run to the same --output broke off.")
@click.option("--bad", type=click.Path(path_type=Path, dir_okay=False),
              help="Set records that cannot be read aside here: JSON Lines, where they stand and why.")  # fmt: skip
def screen(
    files: tuple[str, ...],
    watchlists: tuple[Path, ...],
    threshold: float,
    jobs: int,
    dask: str | None,
    output: Path | None,
    archive: str | None,
    config_path: Path | None,
    form: str,
    resume: bool,
    bad: Path | None,
) -> int:
    """Screen texts: JSON Lines with id, title and text, CSV, .txt, .html, .warc, any of them .gz or .zst; directories
    of these; "-" or nothing: standard input.

    Prints JSON Lines, one object for each article and entity, in input order. Records that cannot be read are told on
    stderr with their line, counted and skipped; the exit code is then 1.
    """
    if not files and sys.stdin.isatty():
        raise UsageError("nothing to screen: name files, or pipe texts in (see `monitor screen --help`)")
    if resume and (not output or STDIN in (files or (STDIN,))):
        raise UsageError("--resume needs --output, and files in place of standard input")
    if archive and (output or bad or form == "csv"):
        raise UsageError("--store takes the place of --output, --bad and --format")
    inputs = [file for given in files or (STDIN,) for file in list_articles(given)]
    lists = tuple(read_paths(watchlists))
    versions = [(one.id, one.version) for one in lists]
    run = run_digest(inputs, versions, threshold, form, MATCHER_VERSION) if output else ""
    out_to: Output | Archive
    if archive:
        out_to = _archive(archive, config_path, versions)
    else:
        out_to = Output(output, csv=form == "csv", bad=bad, resume=resume, run=run)
    with out_to as out, _bar(aside=bool(output or archive)) as bar:
        task = bar.add_task("screening", total=sum(map(_size, inputs)) or None)
        records = _records(inputs, told=lambda count: bar.advance(task, count))
        work = screen_block_hits if archive else screen_block_csv if form == "csv" else screen_block
        with ExitStack() as stack:
            left = skipped(records, out.progress.records)
            try:
                for block in _results(stack, lists, threshold, left, work, jobs=jobs, dask=dask):
                    out.add(block)
                    for one in block.bad:
                        click.echo(f"monitor: {one}", err=True)
                    told = f"screening: {out.progress.records} read, {out.progress.hits} hits"
                    bar.update(task, description=told)
            except BrokenProcessPool as error:
                raise WorkError("a screening process was killed (out of memory?); try again with --jobs 1") from error
    done = out.progress
    if done.bad or sys.stderr.isatty():
        told = f"{done.records - done.bad} articles screened, {done.hits} hits, {done.bad} records skipped"
        click.echo(f"monitor: {told}", err=True)
    return 1 if done.bad else 0


def _results(
    stack: ExitStack,
    lists: tuple[Watchlist, ...],
    threshold: float,
    records: Iterator[Record],
    work: Callable[[Matcher, list[Record]], Screened],
    *,
    jobs: int,
    dask: str | None,
) -> Iterator[Screened]:
    if not dask:
        collect_rarely()
        keep_freed()
        matcher = Matcher.compile(lists, threshold=threshold, shelf=Shelf(of_this_user()))
        yield from Screener(matcher).map_blocks(work, records, jobs=jobs)
        return
    try:
        from monitor.screening.dask import Lists, cluster
    except ImportError as error:
        raise UsageError("--dask needs one more package: pip install 'sanctions-watchlist-monitor[dask]'") from error
    executor, threads = stack.enter_context(cluster(dask, Lists(lists, threshold), jobs=jobs))
    yield from over(executor, work, blocks(records), ahead=AHEAD * threads)


def _records(files: list[str], told: Callable[[int], None]) -> Iterator[Record]:
    """The records of all files in order; a file that cannot be read is a bad record."""
    for file in files:
        try:
            yield from read_articles(file, sys.stdin.buffer, told=told)
        except MonitorError as error:
            yield BadRecord(file, 0, str(error).removeprefix(f"{file}: "))


def _archive(name: str, config_path: Path | None, versions: list[tuple[str, str]]) -> Archive:
    from monitor.pipeline.archives import Archive

    return Archive(open_store(load_settings(config_path)), name, versions, utc_now)


def _bar(*, aside: bool) -> Progress:
    """On a terminal, how much of the input is read; where results go to the same terminal it would be in their way."""
    console = Console(stderr=True)
    shown = console.is_terminal and (aside or not sys.stdout.isatty())
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not shown)


def _size(file: str) -> int:
    return Path(file).stat().st_size if file != STDIN and Path(file).is_file() else 0
