"""refresh_lists: watchlist files read and compiled into a matcher."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor.matching import Matcher
from monitor.watchlists.read import read_paths


def load_lists(paths: Iterable[Path], *, threshold: float) -> Matcher:
    """Read every list and compile them. `threshold`: 0–100, for lists and entities that set none.

    Raises ConfigError or SourceError for a file that cannot be used, naming it.
    """
    return Matcher.compile(read_paths(paths), threshold=threshold)
