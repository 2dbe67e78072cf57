"""Turns at a host: so many requests at a time, and so long between the starts of two."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class _Host:
    busy: int = 0
    next_start: float = 0.0  # of time.monotonic()
    queue: deque[object] = field(default_factory=deque)


class Politeness:
    def __init__(self, per_host: int, min_gap: float) -> None:
        self._per_host = per_host
        self._min_gap = min_gap
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()
        self._closed = False

    def close(self) -> None:
        """Who waits is turned away at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @contextmanager
    def turn(self, name: str, patience: float) -> Iterator[bool]:
        """Wait for a turn at the host, first come first served; False when none came within `patience` seconds."""
        got = self._take(name, patience)
        try:
            yield got
        finally:
            if got:
                self._give_back(name)

    def _take(self, name: str, patience: float) -> bool:
        ticket = object()
        end = time.monotonic() + patience
        with self._changed:
            host = self._hosts.setdefault(name, _Host())
            host.queue.append(ticket)
            try:
                while not self._closed:
                    now = time.monotonic()
                    wait = end - now
                    if host.queue[0] is ticket and host.busy < self._per_host:
                        if now >= host.next_start:
                            host.busy += 1
                            host.next_start = now + self._min_gap
                            return True
                        wait = min(wait, host.next_start - now)
                    if now >= end:
                        return False
                    self._changed.wait(wait)
                return False
            finally:
                host.queue.remove(ticket)
                self._changed.notify_all()

    def _give_back(self, name: str) -> None:
        with self._changed:
            host = self._hosts[name]
            host.busy -= 1
            self._changed.notify_all()
            if len(self._hosts) > 1000:
                self._forget()

    def _forget(self) -> None:
        now = time.monotonic()
        idle = [n for n, host in self._hosts.items() if not (host.busy or host.queue) and host.next_start < now]
        for name in idle:
            del self._hosts[name]
