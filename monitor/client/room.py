"""How many large answers may be in memory at once, whatever the number of threads that ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import IO

from monitor.spool import open_spool

LARGE = 600_000
"""Bytes from which an answer needs room; whoever waits for it holds so much. Of 54 newspapers' feeds the largest has
0.9 MB, of 199 pages 1.6 MB."""

AT_ONCE = 2
"""Spooled or not, each becomes entries, ten times its size while it is read: with 10 MB and two workers the service
stays below 400 MB (benchmarks/hostile.py, 20 runs: 331 to 388; 415 to 439 while bodies were held in memory)."""

_held: ContextVar[ExitStack | None] = ContextVar("room that the caller holds", default=None)


class Room:
    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._mine: ContextVar[bool] = ContextVar("whether this caller has room", default=False)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What is taken within stays taken until the end: for as long as the caller has the answer in hand.

        Within another it is part of that one.
        """
        if _held.get() is not None:
            yield
            return
        with ExitStack() as stack:
            token, mine = _held.set(stack), self._mine.set(False)
            try:
                yield
            finally:
                _held.reset(token)
                self._mine.reset(mine)

    def take(self, patience: float) -> bool:
        """Make sure of room for one large answer; False when there was none within `patience` seconds.

        Outside of `holding` nobody says when it is over, and there is always room.
        """
        stack = _held.get()
        if stack is None or self._mine.get():
            return True
        if not self._free.acquire(timeout=max(patience, 0.0)):
            return False
        stack.callback(self._free.release)
        self._mine.set(True)
        return True

    def spool(self) -> IO[bytes] | None:
        """A file that is open for as long as the caller holds; None outside of `holding`, or where none can be."""
        stack = _held.get()
        if stack is None or (file := open_spool()) is None:
            return None
        return stack.enter_context(file)
