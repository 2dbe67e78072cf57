"""How long things take, counted in this process: histograms as Prometheus means them. Safe to use from many threads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

QUICK = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Bounds in seconds of what is done over the network."""

WAITS = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
"""Bounds in seconds of what may be held back: digests, quiet hours, retries."""


@dataclass(frozen=True, slots=True)
class Counts:
    """A histogram at one moment: how many were at most each bound, how many in all, and their sum in seconds."""

    below: tuple[tuple[float, int], ...]
    count: int
    total: float


class Histogram:
    """Durations in seconds, apart by one label."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self._lock = threading.Lock()
        self._cells: dict[str, list[int]] = {}
        self._totals: dict[str, float] = {}

    def took(self, seconds: float, label: str = "") -> None:
        with self._lock:
            cells = self._cells.setdefault(label, [0] * (len(self.bounds) + 1))
            cells[bisect_left(self.bounds, seconds)] += 1
            self._totals[label] = self._totals.get(label, 0.0) + seconds

    def read(self) -> Mapping[str, Counts]:
        """Label → counts, in the labels' order."""
        with self._lock:
            cells = {label: list(own) for label, own in self._cells.items()}
            totals = dict(self._totals)
        return {label: _counts(self.bounds, cells[label], totals[label]) for label in sorted(cells)}


def _counts(bounds: Sequence[float], cells: Sequence[int], total: float) -> Counts:
    below: list[tuple[float, int]] = []
    seen = 0
    for bound, cell in zip(bounds, cells, strict=False):
        seen += cell
        below.append((bound, seen))
    return Counts(tuple(below), sum(cells), total)


@dataclass(frozen=True)
class Meters:
    """What a running service measures of itself."""

    polls: Histogram = field(default_factory=lambda: Histogram(QUICK))
    """From asking for a feed until it is recorded; label: `ok` or `failed`."""

    pages: Histogram = field(default_factory=lambda: Histogram(QUICK))
    """From asking for a page until its text is recorded; label: `ok` or `failed`."""

    matching: Histogram = field(default_factory=lambda: Histogram(QUICK))
    """Processor time of holding a feed's new entries, or a page's text, against the lists."""

    alerts: Histogram = field(default_factory=lambda: Histogram(WAITS))
    """From a message's being planned, which is when the hit was found, until it was sent; label: its channel."""

    texts: Histogram = field(default_factory=lambda: Histogram((1000.0, 10_000.0, 100_000.0)))
    """Not seconds but characters of the texts that were matched."""
