"""What the polls of this process say about our own network, kept together for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from monitor.errors import FetchError, MonitorError
from monitor.feeds import network
from monitor.feeds.network import Network


class NetworkWatch:
    """Told of every poll; knows whether the network is down, and since when."""

    def __init__(self) -> None:
        self._state = Network()
        self._lock = threading.Lock()

    @property
    def down_since(self) -> datetime | None:
        """None while somebody answers."""
        state = self._state
        return state.since if state.down else None

    def excuses(self, feed: str) -> bool:
        """Whether this feed's failure was among those that showed it."""
        state = self._state
        return state.down and feed in state.silent

    def answered(self, now: datetime, say: Callable[[str], None]) -> None:
        with self._lock:
            before, self._state = self._state, network.after_answer(now)
        if before.down and before.since:
            say(f"the network is back after {(now - before.since).total_seconds() / 60:.0f} minutes")

    def silent(
        self, feed: str, url: str, *, well: bool, hosts: int, now: datetime, say: Callable[[str], None]
    ) -> list[str]:
        """A feed's host did not answer; if that shows that the network is down, the feeds that failed before."""
        with self._lock:
            before = self._state
            after = network.after_silence(before, feed, host_of(url), well=well, hosts=hosts, now=now)
            self._state = after
        if before.down or not after.down:
            return []
        say(
            f"our network is down: {len(set(after.silent.values()))} hosts one after the other do not answer, and "
            "nobody else does; it is held against no feed, and all are tried again every minute"
        )
        return list(before.silent)


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def unanswered(error: MonitorError) -> bool:
    """Whether nothing came from the host, which may be our network's fault. What we refuse to ask for is not."""
    return isinstance(error, FetchError) and error.status is None and error.retryable
