"""`monitor feeds`: list, test, add, discover, import, export."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import config
from monitor.cli.common import config_option, feed_client, json_option, load_settings, utc_now, with_store
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import ConfigError, UsageError
from monitor.feeds.opml import feed_id, read_opml, write_opml
from monitor.feeds.search import INTERVAL, SLOT, expand
from monitor.model.feeds import FeedStatus
from monitor.model.serial import feed_json
from monitor.model.settings import FeedSource, SearchFeed
from monitor.store import Store

if TYPE_CHECKING:
    from monitor.pipeline.trial import Trial


SHOWN = 5
"""Searches of a template that `feeds test` names."""


@click.group()
def feeds() -> None:
    """What is polled and how it is doing: list, test, add, discover, import, export."""


@feeds.command("list")
@with_store
@json_option
def list_feeds(settings: Settings, store: Store, as_json: bool) -> None:
    """List feeds with their state and their last error."""
    configured = {feed.id for feed in settings.feeds}
    statuses = [status for status in store.feeds() if _is_shown(settings, configured, status)]
    if as_json:
        print_json([feed_json(status) for status in statuses])
        return
    table(
        ["id", "state", "last polled", "last success", "failures", "entries", "last error", "url"],
        [
            [
                status.source.id,
                status.state.value,
                f"{status.last_polled:%Y-%m-%d %H:%M}" if status.last_polled else "never",
                f"{status.last_success:%Y-%m-%d %H:%M}" if status.last_success else "never",
                str(status.failures),
                str(status.entries),
                status.last_error,
                f"{status.source.url} → {status.move.to}" if status.move.followed else status.source.url,
            ]
            for status in statuses
        ],
        empty="no feeds configured",
    )


def _is_shown(settings: Settings, configured: set[str], status: FeedStatus) -> bool:
    """As configured; of searches, those of entities that are still on the lists."""
    id = status.source.id
    return id in configured or (status.source.enabled and settings.has_feed(id))


@feeds.command("test")
@config_option
@click.argument("url")
@json_option
def try_feed(config_path: Path | None, url: str, as_json: bool) -> None:
    """Read the feed at URL (or with that id) once and show what would be found, and with what trouble.

    Of a search feed's id, the searches are shown too, and the first of them is read.
    """
    from monitor.pipeline.lists import load_lists
    from monitor.pipeline.trial import trial_json
    from monitor.pipeline.trial import try_feed as read_once
    from monitor.workers import Workers

    settings = load_settings(config_path)
    loaded = load_lists(settings.watchlists, threshold=settings.matching.threshold)
    expanded = expand(settings.feeds, loaded.lists)
    searches = [feed for feed in expanded.feeds if isinstance(feed, SearchFeed) and feed.of == url]
    if any(feed.id == url and feed.search for feed in settings.feeds) and not searches:
        raise UsageError(f"{url} searches for nobody: {'; '.join(expanded.problems) or 'its watchlists are empty'}")
    address = searches[0].url if searches else next((feed.url for feed in expanded.feeds if feed.id == url), url)
    matcher = loaded.matcher
    workers = Workers(max_workers=1)
    try:
        with feed_client(settings) as client:
            usual = settings.polling.interval
            trial = read_once(client, workers, matcher, address, now=utc_now(), usual=usual)
    finally:
        workers.close()
    if as_json:
        print_json(trial_json(trial) | ({"searches": [feed.url for feed in searches]} if searches else {}))
    else:
        for line in [*_search_lines(searches, expanded.problems), *_trial_lines(trial)]:
            click.echo(line)


@feeds.command()
@config_option
@click.argument("url")
def discover(config_path: Path | None, url: str) -> int:
    """Show the feeds that a page links to."""
    found = _discover(load_settings(config_path), url)
    for address, title in found:
        click.echo(f"{address}\t{title}")
    if not found:
        click.echo(f"monitor: no feed found at {url}", err=True)
    return 0 if found else 1


@feeds.command()
@config_option
@click.argument("url")
@click.option("--id", "new_id", help="Its id (default: made from its title).")
def add(config_path: Path | None, url: str, new_id: str | None) -> int:
    """Add a feed to feeds.yaml; the address of a site is enough when the site links to its feed."""
    settings = load_settings(config_path)
    if SLOT in url:
        raise UsageError(
            f"{url} is the address of a search: write its row into feeds.yaml with `search:` (docs/feeds.md)"
        )
    found = _discover(settings, url)
    if not found:
        click.echo(f"monitor: no feed found at {url}; give the feed's own address", err=True)
        return 1
    address, title = found[0]
    if any(feed.url == address for feed in settings.feeds):
        raise UsageError(f"{address} is already in the settings")
    taken = [feed.id for feed in settings.feeds]
    if new_id in taken:
        raise UsageError(f"the id {new_id!r} is taken; choose another with --id")
    feed = FeedSource(id=new_id or feed_id(title or address, taken), url=address, title=title)
    click.echo(f"added {feed.id} ({feed.url}) to {_append(settings, [feed])}")
    return 0


@feeds.command("import")
@config_option
@click.argument("opml", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_opml(config_path: Path | None, opml: Path) -> int:
    """Add the feeds of an OPML file to feeds.yaml; those already there are left alone."""
    settings = load_settings(config_path)
    read, problems = read_opml(opml.read_bytes())
    for problem in problems:
        click.echo(f"monitor: {opml}: {problem}", err=True)
    known = {feed.url for feed in settings.feeds}
    taken = [feed.id for feed in settings.feeds]
    new: list[FeedSource] = []
    for feed in read:
        if feed.url not in known:
            new.append(feed.model_copy(update={"id": feed_id(feed.id, taken)}))
            taken.append(new[-1].id)
    if new:
        _append(settings, new)
    click.echo(f"{len(new)} feeds added, {len(read) - len(new)} were there already, {len(problems)} left out")
    return 1 if problems else 0


@feeds.command()
@config_option
def export(config_path: Path | None) -> None:
    """Write the configured feeds to stdout as OPML."""
    ordinary = [feed for feed in load_settings(config_path).feeds if feed.search is None]
    click.echo(write_opml(ordinary), nl=False)


def _discover(settings: Settings, url: str) -> list[tuple[str, str]]:
    from monitor.feeds.discover import discover as discover_feeds

    with feed_client(settings) as client:
        return discover_feeds(client, url)


def _search_lines(searches: Sequence[SearchFeed], problems: Sequence[str]) -> Iterator[str]:
    """Who is searched for, how often; nothing where it is no search."""
    if not searches:
        return
    yield from (f"problem: {problem}" for problem in problems if f" {searches[0].of}:" in problem)
    every = searches[0].interval or INTERVAL
    yield f"{len(searches)} searches, each every {_duration(every)}: one every {_duration(every / len(searches))}"
    yield from (f"  {feed.url}" for feed in searches[:SHOWN])
    if len(searches) > SHOWN:
        yield f"  … and {len(searches) - SHOWN} more"
    yield ""


def _trial_lines(trial: Trial) -> Iterator[str]:
    """What a person wants to know of a feed before trusting it."""
    lang = trial.lang or "no language said"
    yield f"{trial.title or 'without a title'} [{lang}], {trial.size:,} bytes from {trial.url}"
    if trial.moved:
        yield f"it has moved for good: write {trial.moved} into the settings"
    yield "it can say that nothing changed" if trial.conditional else "it is read whole each time (no ETag, no date)"
    if trial.pace is None:
        yield "its rhythm is not known: too few of its entries have a date"
    else:
        yield f"a new entry about every {_duration(trial.pace)}"
    said = f" (the publisher says: every {_duration(trial.every)})" if trial.every else ""
    yield f"without an `interval` of its own it is polled every {_duration(trial.interval)}{said}"
    yield from (f"problem: {problem}" for problem in trial.problems)
    yield f"{len(trial.entries)} entries, {sum(bool(hits) for _, hits in trial.entries)} with hits"
    for entry, hits in trial.entries:
        date = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else entry.published_raw or "no date"
        yield f"\n{date}  {entry.title or '(no title)'}"
        yield f"  {entry.url or '(no address)'}"
        if entry.summary:
            yield f"  {textwrap.shorten(entry.summary, 200, placeholder=' …')}"
        yield from (f"  HIT {hit.entity.name} ({hit.entity.watchlist}, {hit.score:.0f})" for hit in hits)


def _duration(seconds: float) -> str:
    for unit, name in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"


def _append(settings: Settings, new: Sequence[FeedSource]) -> Path:
    """Append rows to feeds.yaml, keeping its comments and layout; the file is replaced only by one that reads well."""
    path = next((file for file in settings.files if file != settings.path), None)
    if path is None:
        raise UsageError(
            f"the feeds stand in {settings.path} itself; add the row there, or move them to a feeds.yaml of their own"
        )
    before = path.read_text(encoding="utf-8")
    rows = "".join(
        f"- {{id: {json.dumps(f.id)}, url: {json.dumps(f.url)}, title: {json.dumps(f.title, ensure_ascii=False)}}}\n"
        for f in new
    )
    after = before + ("" if before.endswith("\n") or not before else "\n") + rows
    _replace(path, after)
    try:
        config.load(settings.path, os.environ)
    except ConfigError as error:
        _replace(path, before)
        raise UsageError(f"{path} cannot be added to: {error}") from error
    return path


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
