"""Texts in, hits out, nothing stored: `Screener`, and the same over many articles on several cores.

from monitor import Screener
Screener.from_paths(["watchlists"]).screen(title="…", text="…")
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from monitor.matching import Matcher
from monitor.model.articles import Article
from monitor.model.matches import Hit
from monitor.shelf import Shelf
from monitor.watchlists.read import read_paths

THRESHOLD = 88.0
"""0–100, for lists and entities that set none; the same as the setting `matching.threshold`."""

BLOCK = 200
"""Articles screened together: enough that new words are looked up in batches, few enough to come out steadily."""

AHEAD = 3
"""Blocks in hand per process: none of them waits for work, and the input is never read far ahead of the output."""

BLOCK_BYTES = 4_000_000
"""A block of saved pages is closed at this size, so that what is in hand stays small."""

A = TypeVar("A")
T = TypeVar("T")
Work = Callable[[Matcher, list[A]], T]
"""What is made of a block of articles; a module's own function, so that it can be sent to another process."""


class Screener:
    """Watchlists, compiled. Safe to use from several threads."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher

    @classmethod
    def from_paths(
        cls, paths: Iterable[str | Path], *, threshold: float = THRESHOLD, shelf: Path | None = None
    ) -> Screener:
        """Read YAML watchlists, directories of them, and official lists in their publishers' formats.

        threshold: 0–100, for lists and entities that set none. shelf: a directory of this user's where compiled lists
        are kept for the next time; None: nowhere. Raises ConfigError or SourceError naming the file.
        """
        lists = read_paths(Path(path) for path in paths)
        return cls(Matcher.compile(lists, threshold=threshold, shelf=Shelf(shelf) if shelf else None))

    def screen(
        self, *, title: str = "", text: str = "", lang: str = "", date: datetime | None = None, id: str = ""
    ) -> list[Hit]:
        """The hits of one text. `lang`: BCP 47, "" when unknown. Offsets count code points of title or text."""
        return self.matcher.screen(Article(id=id, title=title, text=text, lang=lang, date=date))

    def screen_many(self, articles: Iterable[Article], *, jobs: int = 1) -> Iterator[list[Hit]]:
        """The hits of each article, in order; `jobs`: processes, 0 for one a core."""
        for hits in self.map_blocks(_hits, articles, jobs=jobs):
            yield from hits

    def map_blocks(self, work: Work[A, T], articles: Iterable[A], *, jobs: int = 1) -> Iterator[T]:
        """`work(matcher, block)` of each block of articles, in order. Processes start only for a second block."""
        cut = blocks(articles)
        first = list(islice(cut, 2))
        jobs = jobs or os.cpu_count() or 1
        if len(first) < 2 or jobs == 1:
            for block in _chain(first, cut):
                yield work(self.matcher, block)
            return
        with forked(self.matcher, jobs) as pool:
            yield from over(pool, work, _chain(first, cut), ahead=AHEAD * jobs)


def over(pool: Executor, work: Work[A, T], blocks: Iterable[list[A]], *, ahead: int) -> Iterator[T]:
    """Results in the blocks' order, at most `ahead` blocks in hand."""
    waiting: deque[Future[T]] = deque()
    for block in blocks:
        waiting.append(pool.submit(_in_worker, work, block))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_shared: Matcher | None = None
"""A forked worker finds the parent's compiled lists here, in memory that both share; others are given theirs."""


def share(matcher: Matcher | None) -> None:
    """In a worker process: what it screens with from now on."""
    global _shared
    _shared = matcher


@contextmanager
def forked(matcher: Matcher, jobs: int) -> Iterator[Executor]:
    """A pool of processes that have the matcher without its being sent to them."""
    share(matcher)
    gc.freeze()  # what is there before the fork stays shared: no collection in a worker looks at it, and so copies it
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            yield pool
    finally:
        gc.unfreeze()
        share(None)


def _in_worker(work: Work[A, T], block: list[A]) -> T:
    if _shared is None:
        raise RuntimeError("a screening worker was started without its lists")
    return work(_shared, block)


def _hits(matcher: Matcher, block: list[Article]) -> list[list[Hit]]:
    return list(matcher.screen_many(block))


def blocks(articles: Iterable[A]) -> Iterator[list[A]]:
    """Blocks of at most BLOCK articles; saved pages close one earlier."""
    block: list[A] = []
    size = 0
    for article in articles:
        block.append(article)
        size += len(getattr(article, "raw", b""))
        if len(block) == BLOCK or size >= BLOCK_BYTES:
            yield block
            block, size = [], 0
    if block:
        yield block


def _chain(first: list[list[A]], rest: Iterator[list[A]]) -> Iterator[list[A]]:
    yield from first
    yield from rest
