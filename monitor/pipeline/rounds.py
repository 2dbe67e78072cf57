"""Work in hand: what is due is claimed and handed to threads, a feed, a feed's pages or a channel at a time.

The daemon looks once a second and never waits; `poll_once` looks until nothing is left. Neither claims what is in hand.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby

from monitor.errors import MonitorError
from monitor.model.feeds import DuePage, FeedStatus
from monitor.model.settings import FeedSource, SearchFeed
from monitor.pipeline.dispatch import BURST_WINDOW, Dispatched, dispatch_due
from monitor.pipeline.field import Here
from monitor.pipeline.pages import read_pages
from monitor.pipeline.polls import poll_feed
from monitor.pipeline.service import Service
from monitor.pipeline.turns import Turns

SETTLE = 15.0
"""Seconds that a delivery may wait for the polls and pages in hand, so that what one round finds is bundled as one and
an alert carries the evidence of the full text."""

LEASE_MARGIN = 120.0
"""Seconds that a feed's claim outlasts its fetch: parsing, matching, waiting for a host's turn."""

CLUSTER_MARGIN = 600.0
"""Seconds more where workers that are lost are replaced, and new lists are sent to all. Only a daemon that died leaves
claims, and who takes over frees them."""

PAGES_IN_HAND = 20
"""Pages claimed for one feed at a time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """Counts of what was finished."""

    polled: int = 0
    failed: int = 0
    hits: int = 0
    pages: int = 0
    sent: int = 0
    unsent: int = 0  # retried or dead
    errors: int = 0  # work that was lost to the database or a defect, and is claimed again

    def __add__(self, other: Done) -> Done:
        return Done(
            self.polled + other.polled,
            self.failed + other.failed,
            self.hits + other.hits,
            self.pages + other.pages,
            self.sent + other.sent,
            self.unsent + other.unsent,
            self.errors + other.errors,
        )


class Rounds:
    """Claims due work for a `Service` and carries it out on threads. `claim_*` return how many pieces they started."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.stopping = threading.Event()
        self.done = Done()
        self.turns = Turns(service)
        self._lock = threading.Lock()
        self._lost = threading.Event()  # work that the database did not take; it is still claimed
        self._in_hand: dict[tuple[str, str], Future[None]] = {}  # (kind, feed or channel) → its thread's work
        concurrency = service.polling.concurrency
        self._polls = ThreadPoolExecutor(concurrency, thread_name_prefix="poll")
        self._pages = ThreadPoolExecutor(concurrency, thread_name_prefix="page")
        self._sends = ThreadPoolExecutor(max(1, len(service.channels)), thread_name_prefix="send")

    def in_hand(self, *kinds: str) -> int:
        """How many pieces of these kinds (`poll`, `pages`, `send`; none: all) are being worked on."""
        with self._lock:
            return sum(1 for kind, _ in self._in_hand if not kinds or kind in kinds)

    def claim_polls(self, *, only: Collection[str] | None = None, force: bool = False) -> list[str]:
        """Start polling due feeds on free threads; returns their ids."""
        with self._lock:
            polling = [name for kind, name in self._in_hand if kind == "poll"]
        free = self.service.polling.concurrency - len(polling)
        if free <= 0 or self.stopping.is_set():
            return []
        self._give_back()
        if self.service.hands.problems():
            return []
        now = self.service.clock()
        feeds = self.service.store.claim_due_feeds(
            now,
            limit=free,
            lease=self.service.polling.timeout + self._margin(),
            owner=self.service.owner,
            only=only,
            force=force,
            choose=self.turns.chooser(now, polling, paced=not force),
        )
        for feed in feeds:
            self._start(self._polls, "poll", feed.source.id, partial(self._poll, feed))
        return [feed.source.id for feed in feeds]

    def _give_back(self) -> None:
        """Once the database answers, what it did not take is due again, not only when its claims run out."""
        if self._lost.is_set() and not self.in_hand():
            self.service.store.release(self.service.owner)
            self._lost.clear()

    def claim_pages(self) -> int:
        """Start reading due pages, each feed's in turn on a thread of its own."""
        free = self.service.polling.concurrency - self.in_hand("pages")
        if free <= 0 or self.stopping.is_set() or self.service.hands.problems():
            return 0
        with self._lock:
            busy = {name for kind, name in self._in_hand if kind == "pages"}
        pages = self.service.store.claim_due_pages(
            self.service.clock(),
            limit=free * PAGES_IN_HAND,
            per_feed=PAGES_IN_HAND,
            lease=PAGES_IN_HAND * (self.service.polling.timeout + self.service.polling.min_gap) + self._margin(),
            owner=self.service.owner,
            exclude=busy,
            feeds_limit=free,
        )
        pages.sort(key=lambda page: page.feed)
        for feed, group in groupby(pages, key=lambda page: page.feed):
            batch = list(group)
            self._start(self._pages, "pages", feed, partial(self._read, batch))
        return len(pages)

    def claim_deliveries(self, *, settle: float = 0.0, calm: float = 0.0) -> int:
        """Start sending what is due, each channel on a thread of its own; returns how many channels were started.

        settle: seconds that a delivery waits for polls and pages in hand. calm: seconds that a channel which got its
        burst is left alone, so that what follows comes in one message too.
        """
        service, now = self.service, self.service.clock()
        if self.stopping.is_set():
            return 0
        oldest = service.store.oldest_due_deliveries(now)  # channel → when its oldest due delivery was created
        working = self.in_hand("poll", "pages") > 0
        recent = service.store.recently_sent(now, calm) if calm else {}
        started = 0
        for channel, created in oldest.items():
            settled = not working or now - created >= timedelta(seconds=settle)
            hot = any(count >= self._burst(channel) for (name, _), count in recent.items() if name == channel)
            if settled and not hot and ("send", channel) not in self._in_hand:
                self._start(self._sends, "send", channel, partial(self._dispatch, channel))
                started += 1
        return started

    def wait(self, seconds: float) -> None:
        """Until some work in hand is finished, at most this long."""
        with self._lock:
            futures = list(self._in_hand.values())
        if futures:
            wait(futures, timeout=seconds, return_when="FIRST_COMPLETED")
        else:
            self.stopping.wait(seconds)

    def stop(self, grace: float) -> bool:
        """Start nothing more and wait for what is in hand, at most `grace` seconds; whether all of it finished."""
        self.stopping.set()
        end = time.monotonic() + grace
        while self.in_hand() and time.monotonic() < end:
            self.wait(0.2)
            time.sleep(0.01)
        for pool in (self._polls, self._pages, self._sends):
            pool.shutdown(wait=False, cancel_futures=True)
        return not self.in_hand()

    def _margin(self) -> float:
        return LEASE_MARGIN if isinstance(self.service.hands, Here) else LEASE_MARGIN + CLUSTER_MARGIN

    def _burst(self, channel: str) -> int:
        configured = self.service.channels.get(channel)
        return configured.burst if configured and configured.burst is not None else self.service.alerts.burst

    def _start(self, pool: ThreadPoolExecutor, kind: str, name: str, work: Callable[[], Done]) -> None:
        def run() -> None:
            try:
                done = work()
            except MonitorError as error:  # the database is away: said, and claimed again when it is back
                self.service.echo(f"{kind} {name}: {error}")
                self._lost.set()
                done = Done(errors=1)
            except Exception:
                log.exception("unexpected error in %s %s", kind, name)
                self.service.echo(f"{kind} {name}: unexpected error, see the log")
                done = Done(errors=1)
            with self._lock:
                self.done += done
                del self._in_hand[kind, name]

        with self._lock:
            self._in_hand[kind, name] = pool.submit(run)

    def _poll(self, feed: FeedStatus) -> Done:
        outcome, recorded = poll_feed(self.service, feed)
        return Done(polled=1, failed=bool(outcome.error), hits=len(recorded.hits))

    def _read(self, pages: list[DuePage]) -> Done:
        read = read_pages(self.service, pages, stopping=self.stopping.is_set)
        return Done(pages=read.read, hits=read.hits)

    def _dispatch(self, channel: str) -> Done:
        sent: Dispatched = dispatch_due(self.service, [channel])
        return Done(sent=sent.sent, unsent=sent.retried + sent.dead)


def poll_once(
    service: Service, *, only: Collection[str] | None = None, progress: Callable[[int, int], None] | None = None
) -> Done:
    """Poll every enabled feed (or `only` these) whatever its back-off, read due pages, send what is due.

    Of search feeds, those that are due by their own pace. A feed that another process is polling at this moment is left
    to it. `progress` is told (polled, to poll).
    """
    rounds = Rounds(service)
    waiting = {feed.id for feed in service.feeds.values() if feed.enabled and _is_one(feed, only)}
    if only is None:
        waiting |= rounds.turns.catch_up(service.clock())
    total = len(waiting)
    try:
        while True:
            resting = not rounds.in_hand("poll", "pages")  # asked first: what ends meanwhile frees its host's turn
            started = rounds.claim_polls(only=waiting, force=True) if waiting else []
            waiting.difference_update(started)
            pages = rounds.claim_pages()
            if progress:
                progress(total - len(waiting) - rounds.in_hand("poll"), total)
            if resting and not started and not pages:
                break
            if rounds.in_hand("poll", "pages"):
                rounds.wait(0.2)
        while rounds.in_hand("send") or rounds.claim_deliveries():
            rounds.wait(0.2)
        return rounds.done
    finally:
        rounds.stop(grace=5.0)


def _is_one(feed: FeedSource, only: Collection[str] | None) -> bool:
    if only is None:
        return not isinstance(feed, SearchFeed)
    return feed.id in only or (isinstance(feed, SearchFeed) and feed.of in only)


__all__ = ["BURST_WINDOW", "SETTLE", "Done", "Rounds", "poll_once"]
