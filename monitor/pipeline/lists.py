"""refresh_lists: official lists downloaded when due; watchlist files read and compiled into a matcher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import strictyaml
from monitor.errors import MonitorError
from monitor.matching import Matcher
from monitor.model.watchlists import Watchlist
from monitor.shelf import COMPILED, Shelf
from monitor.watchlists import yaml_list
from monitor.watchlists.read import download_directory, list_files, read_paths
from monitor.watchlists.refresh import Refreshed, due, refresh
from monitor.watchlists.snapshots import State, load_state
from monitor.watchlists.sources import REFRESH
from monitor.watchlists.subjects import link

if TYPE_CHECKING:
    from monitor.client import Client

DOWNLOADS = Path("var/lists")

STALE = 3
"""A list that was not confirmed for this many of its intervals is stale: somebody has to look."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """An official list that a watchlist file asks for."""

    watchlist: str
    source: str
    url: str  # "" for the publisher's own
    interval: str  # a key of REFRESH
    directory: Path  # where its downloads are kept
    path: Path  # the file that asks

    def state(self) -> State:
        return load_state(self.directory)

    def stale(self, now: datetime) -> bool:
        confirmed = self.state().checked_at
        return confirmed is None or now - confirmed > STALE * REFRESH[self.interval]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every list, and the matcher that was compiled of them."""

    lists: tuple[Watchlist, ...]
    matcher: Matcher


def load_lists(paths: Iterable[Path], *, threshold: float, compiled: Path = COMPILED) -> Loaded:
    """Read every list and compile those that changed. `threshold`: 0–100, for lists and entities that set none.

    compiled: the directory where compiled lists are kept. Raises ConfigError or SourceError for a file that cannot be
    used, naming it.
    """
    lists = tuple(link(read_paths(paths)))
    return Loaded(lists, Matcher.compile(lists, threshold=threshold, shelf=Shelf(compiled)))


def subscriptions(paths: Iterable[Path], *, downloads: Path = DOWNLOADS) -> Iterator[Subscription]:
    """The official lists that these files and directories ask for and that are downloaded (have no `file:`).

    Files that cannot be read are passed over: reading the lists themselves reports them.
    """
    for path in paths:
        try:
            files = list_files(path)
        except MonitorError:
            continue
        for file in files:
            try:
                document = strictyaml.load(file)
                if not (isinstance(document.data, dict) and "source" in document.data):
                    continue  # spares the validation of hand-written lists, which are most
                row = yaml_list.parse(document)
            except MonitorError:
                continue
            if row.source is not None and not row.file:
                directory = download_directory(row, downloads)
                yield Subscription(row.watchlist, str(row.source), row.url, row.refresh, directory, file)


def refresh_lists(
    paths: Iterable[Path], client: Client, *, now: datetime, downloads: Path = DOWNLOADS, force: bool = False
) -> list[Refreshed]:
    """Ask publishers for the lists that are due (all of them with `force`). Nothing that fails raises."""
    results: list[Refreshed] = []
    asked: set[Path] = set()
    for wanted in subscriptions(paths, downloads=downloads):
        if wanted.directory in asked:  # two files may filter one list differently
            continue
        asked.add(wanted.directory)
        if force or due(wanted.state(), REFRESH[wanted.interval], now):
            results.append(refresh(client, wanted.source, wanted.directory, now=now, url=wanted.url))
    return results
