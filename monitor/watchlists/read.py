"""Lists read from files: recognised by their content, not by their names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor import strictyaml
from monitor.errors import ConfigError, SourceError
from monitor.model.watchlists import Watchlist
from monitor.watchlists import ofac_csv, yaml_list
from monitor.watchlists.select import select
from monitor.watchlists.yaml_list import WatchlistFile

HEAD = 65_536
"""Bytes looked at to recognise a file."""

YAML_SUFFIXES = {".yaml", ".yml"}


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
    if ofac_csv.looks_like_it(head):
        return ofac_csv.read(path)
    raise SourceError(
        f"{path}: not a list that is known: no watchlist in YAML (it starts with `watchlist:`), no sdn.csv of OFAC"
    )


def _official(row: WatchlistFile, path: Path, downloads: Path) -> Watchlist:
    source = str(row.source)
    place = (path.parent / row.file) if row.file else downloads / source
    file = ofac_csv.primary_file(place) if place.is_dir() else place
    if file is None or not file.exists():
        problem = (
            f"{path}: {source} is not downloaded yet ({place}); the running service fetches it, "
            f"or give a local copy with `file:`"
        )
        if row.file:
            raise ConfigError(f"{path}: `file: {row.file}` does not exist ({place})")
        return Watchlist(row.watchlist, (), title=row.title or source, origin=str(path), problems=(problem,))
    return select(read_list(file), row)


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
            return file.read(HEAD).decode("utf-8", "replace")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
