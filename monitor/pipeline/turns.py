"""Which of the due feeds are polled now: a host is asked no more than it may be at once, searches at their own pace.

A feed that would only wait for its host's turn keeps no thread from another host's: it stays due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from monitor.feeds.search import AT_ONCE, due_of
from monitor.model.settings import SearchFeed
from monitor.pipeline.network import host_of
from monitor.pipeline.service import Service

QUEUE = 2
"""Polls in hand of one host, in terms of `per_host`: the next is ready when one is done, and no more wait."""


class Turns:
    """Belongs to one process; what its searches did before is read from the database."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last: dict[str, datetime] = {}  # template → when one of its searches was last asked for
        for feed in service.store.feeds():
            source = service.feeds.get(feed.source.id)
            if isinstance(source, SearchFeed) and feed.last_polled:
                self._last[source.of] = max(feed.last_polled, self._last.get(source.of, feed.last_polled))

    def chooser(self, now: datetime, in_hand: Iterable[str], *, paced: bool) -> Callable[[str, str], bool]:
        """For one claim: whether a due feed (id, URL) is to be polled now. paced: searches wait for their turn."""
        service = self._service
        busy = Counter(host_of(service.feeds[id].url) for id in in_hand if id in service.feeds)
        room = QUEUE * service.polling.per_host
        allowed = Counter(due_of(self._searches(), self._last, now)) if paced else Counter[str]()

        def choose(id: str, url: str) -> bool:
            source, host = service.feeds.get(id), host_of(url)
            if busy[host] >= room:
                return False
            if isinstance(source, SearchFeed):
                if paced and not allowed[source.of]:
                    return False
                allowed[source.of] -= 1
                self._last[source.of] = now
            busy[host] += 1
            return True

        return choose

    def catch_up(self, now: datetime) -> set[str]:
        """The searches that a single pass asks for: those due, the longest first, as many as were missed meanwhile."""
        allowed = Counter(due_of(self._searches(), self._last, now, most=AT_ONCE))
        due = [feed for feed in self._service.store.feeds() if feed.next_poll and feed.next_poll <= now]
        chosen: set[str] = set()
        for feed in sorted(due, key=lambda feed: (feed.next_poll, feed.source.id)):
            source = self._service.feeds.get(feed.source.id)
            if isinstance(source, SearchFeed) and source.enabled and allowed[source.of] > 0:
                allowed[source.of] -= 1
                chosen.add(source.id)
        return chosen

    def _searches(self) -> list[SearchFeed]:
        return [source for source in self._service.feeds.values() if isinstance(source, SearchFeed)]
