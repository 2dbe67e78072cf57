"""Lists read from files: recognised by their content, not by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from monitor import strictyaml
from monitor.errors import ConfigError, SourceError
from monitor.model.watchlists import Watchlist
from monitor.watchlists import (
    ca_sema,
    ch_seco,
    eu_csv,
    eu_xml,
    ofac_advanced,
    ofac_csv,
    ofac_xml,
    os_csv,
    os_json,
    os_names,
    uk_conlist,
    uk_csv,
    uk_xml,
    un_xml,
    us_csl,
    us_csl_json,
    yaml_list,
)
from monitor.watchlists.select import select
from monitor.watchlists.snapshots import in_use
from monitor.watchlists.sources import SOURCES
from monitor.watchlists.yaml_list import WatchlistFile

HEAD = 65_536
"""Bytes looked at to recognise a file."""

YAML_SUFFIXES = {".yaml", ".yml"}

READERS: tuple[tuple[Callable[[str], bool], Callable[[Path], Watchlist]], ...] = tuple(
    (form.looks_like_it, form.read)
    for form in (
        *(ofac_csv, ofac_xml, ofac_advanced, un_xml, uk_xml, uk_csv, uk_conlist, ca_sema, us_csl, us_csl_json),
        *(eu_xml, eu_csv, ch_seco),
        *(os_csv, os_json, os_names),  # names alone have the least form, and are tried last
    )
)
"""Of publishers' files: whether the beginning of a file is one, and the reader."""


def read_paths(paths: Iterable[Path], *, downloads: Path = Path("var/lists")) -> list[Watchlist]:
    """Every list of these files and directories (of a directory: its *.yaml and *.yml, not those below it).

    downloads: where official lists are kept once fetched. Raises ConfigError or SourceError for a file that cannot be
    used, and when two lists have the same id.
    """
    lists: list[Watchlist] = []
    for path in paths:
        for file in list_files(path):
            read = read_list(file, downloads=downloads)
            twin = next((known for known in lists if known.id == read.id), None)
            if twin is not None:
                raise ConfigError(f"{file}: the watchlist id {read.id!r} is that of {twin.origin}; change one of them")
            lists.append(read)
    return lists


def read_list(path: Path, *, downloads: Path = Path("var/lists")) -> Watchlist:
    """One list, recognised by its content: our YAML, or a publisher's file. Raises ConfigError or SourceError."""
    head = _head(path)
    if path.suffix.lower() in YAML_SUFFIXES or yaml_list.looks_like_ours(head):
        document = strictyaml.load(path)
        row = yaml_list.parse(document)
        return yaml_list.to_watchlist(row, document) if row.source is None else _official(row, path, downloads)
    for looks_like_it, read in READERS:
        if looks_like_it(head):
            return read(path)
    raise SourceError(
        f"{path}: not a list that is known: no watchlist in YAML (it starts with `watchlist:`), and none of the "
        "publishers' formats in docs/watchlists.md"
    )


def read_directory(directory: Path) -> Watchlist:
    """The list that a publisher's files in one directory are. Raises SourceError when none of them is understood."""
    for file in sorted(directory.iterdir()):
        if file.is_file() and any(looks_like_it(_head(file)) for looks_like_it, _ in READERS):
            return read_list(file)
    raise SourceError(f"{directory}: no file here is a list in a publisher's format that is known")


def _official(row: WatchlistFile, path: Path, downloads: Path) -> Watchlist:
    source = str(row.source)
    place = path.parent / row.file if row.file else download_directory(row, downloads)
    if row.file and not place.exists():
        raise ConfigError(f"{path}: `file: {row.file}` does not exist ({place})")
    if place.is_file():
        return select(read_list(place), row)
    snapshot = None if row.file else in_use(place)
    if snapshot is not None:
        place = snapshot
    elif not (row.file or (place.is_dir() and any(place.glob("*.*")))):
        problem = (
            f"{path}: {source} is not downloaded yet; the running service does it, or `monitor lists update {source}`; "
            "until then nobody on it is watched"
        )
        licence = SOURCES[source].licence if source in SOURCES else ""
        return Watchlist(
            row.watchlist, (), title=row.title or source, origin=str(path), licence=licence, problems=(problem,)
        )
    return select(read_directory(place), row)


def download_directory(row: WatchlistFile, downloads: Path) -> Path:
    """Where the downloads of a `source:` list are kept: under the source's name, a mirror's under the list's."""
    return downloads / (row.watchlist if row.url else str(row.source))


def list_files(path: Path) -> list[Path]:
    """The list files that a path stands for. Raises ConfigError when there are none."""
    if path.is_dir():
        found = sorted(child for child in path.iterdir() if child.suffix.lower() in YAML_SUFFIXES and child.is_file())
        if not found:
            raise ConfigError(f"{path}: no watchlist (*.yaml) in this directory")
        return found
    if not path.exists():
        raise ConfigError(f"{path}: no such file or directory")
    return [path]


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(HEAD).decode("utf-8-sig", "replace")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
