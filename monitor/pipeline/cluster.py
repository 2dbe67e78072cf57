"""Fieldwork by the workers of a Dask cluster, through the `concurrent.futures` interface.

The daemon, which alone knows the database, decides who asks whom: all work for a host goes to one worker, the host's,
chosen by rendezvous hashing, whose own client then keeps the manners; and here a turn at the host is held for as long
as a worker asks it, so that they are also kept when the host passes to another worker. For the same reason no work is
left to Dask to repeat: it would do so at once. What a lost worker had in hand is given to another after the gap.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from distributed import Client
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError

from monitor.client import Leg
from monitor.client.politeness import Politeness
from monitor.client.urls import target
from monitor.errors import FetchError, WorkError, WorkersGone
from monitor.model.settings import Polling
from monitor.pipeline.field import Tools
from monitor.pipeline.network import host_of
from monitor.pipeline.service import Service
from monitor.pipeline.worker import Done, Kit, equip, kit, perform, version
from monitor.screening.dask import Packed

CONNECT = 10.0
"""Seconds in which a connection to the scheduler has to stand."""

ANSWER = 30.0
"""Seconds in which it has to answer; when it is killed its connections break off at once."""

LOOK = 1.0
"""Seconds between two looks at who works."""

EQUIP = 300.0
"""Seconds in which a worker has to have its lists: 45,000 names are compiled in a few, more on a busy machine."""

TURN = 60.0
"""Seconds that work waits for its turn at a host."""

NOBODY = 20.0
"""Seconds that work waits for a worker when there is none; then it is given back."""

TRIES = 3
"""Workers that may be lost over a piece of work until it counts as what killed them."""

OVERDUE = 90.0
"""Seconds beyond two fetches (robots.txt, page) after which a worker that says nothing is given up."""

LEGS = 11
"""Hosts that a get may be led over: as many as there are redirects, and the first."""

HOSTS_KEPT = 10_000

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)
logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
"""Dask prints a traceback whenever a scheduler is away; it is said here, in a line, and once."""


def _unknown(record: logging.LogRecord) -> bool:
    """Whether a log record tells more than that a worker or the scheduler was lost, which is said here."""
    return not (record.exc_info and isinstance(record.exc_info[1], FutureCancelledError | CommClosedError))


logging.getLogger("tornado.application").addFilter(_unknown)
"""Dask's callbacks end with the work that a lost worker had in hand, and their loop prints a traceback for each."""


@dataclass(eq=False)
class _Hand:
    """A worker that was equipped."""

    address: str
    executor: Executor
    token: str  # of the lists it has
    gone: threading.Event = field(default_factory=threading.Event)
    busy: int = 0


class _LostError(Exception):
    """A worker is gone, or does not answer."""


class Cluster:
    """`Hands` that are workers of the Dask cluster at `address` (tcp://host:port)."""

    def __init__(
        self, address: str, polling: Polling, kit_of_now: Callable[[], Kit], say: Callable[[str], None]
    ) -> None:
        """kit_of_now: what workers are to have now; asked for every second. say: told who comes, goes or is refused."""
        self.address = address
        self._polling = polling
        self._kit_of_now = kit_of_now
        self._say = say
        self._politeness = Politeness(polling.per_host, polling.min_gap)
        self._client: Client | None = None
        self._kit = kit_of_now()
        self._packed = pickle.dumps(self._kit)
        self._hands: dict[str, _Hand] = {}
        self._refused: dict[str, str] = {}  # address → why
        self._equipping: set[str] = set()
        self._asked: dict[str, tuple[str, float]] = {}  # host → who asked it last, until when (time.monotonic())
        self._away = "not looked for yet"
        self._told = False  # that the scheduler is away
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._helpers = ThreadPoolExecutor(4, thread_name_prefix="equip")
        self._keeper = threading.Thread(target=self._keep, name="cluster", daemon=True)
        self._keeper.start()

    @classmethod
    def of(cls, service: Service, address: str, threshold: float) -> Cluster:
        """For this service, with its lists of the moment. threshold: 0–100, for lists and entities that set none."""
        owner = hashlib.sha256(service.store.db.name.encode()).hexdigest()[:16]

        lists = service.lists
        made = kit(owner, tuple(lists), threshold, service.polling)

        def kit_of_now() -> Kit:
            nonlocal lists, made
            if lists is not service.lists:
                lists = service.lists
                made = kit(owner, tuple(lists), threshold, service.polling)
            return made

        return cls(address, service.polling, kit_of_now, service.echo)

    def ask(self, url: str, work: Callable[[Tools, str, Leg | None], T | Leg], /) -> T:
        host, leg = _host(url), None
        for _ in range(LEGS):
            found = self._at(host, work, url, leg)
            if not isinstance(found, Leg):
                return found
            host, leg = found.host, found
        raise FetchError(f"{host}: led over more than {LEGS} hosts", retryable=False)

    def do(self, work: Callable[Concatenate[Tools, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        call = partial(_with, work, args, kwargs)
        while True:
            token = self._kit.token
            found: T = self._tried(self._least_busy, call)
            if token == self._kit.token:  # else the lists changed meanwhile
                return found

    def problems(self) -> list[str]:
        with self._changed:
            if self._hands:
                return []
            refused = [f"{address} is refused: {why}" for address, why in self._refused.items()]
            return [f"no worker at the Dask scheduler {self.address}: {self._away or 'none has come'}", *refused]

    def close(self) -> None:
        """Give up what is in hand, which raises WorkersGone in its thread. The cluster itself stays as it is."""
        self._closed.set()
        self._politeness.close()
        with self._changed:
            self._changed.notify_all()
        self._helpers.shutdown(wait=False, cancel_futures=True)
        self._keeper.join(timeout=CONNECT)
        self._leave()

    # work

    def _at(self, host: str, work: Callable[..., T | Leg], url: str, leg: Leg | None) -> T | Leg:
        with self._politeness.turn(host, TURN) as got:
            if not got and not self._closed.is_set():
                raise FetchError(f"{host}: too many requests were waiting for it ({TURN:g} s)")
            found: T | Leg = self._tried(partial(self._of_host, host), work, url, leg, host=host)
            return found

    def _tried(self, choose: Callable[[], _Hand | None], work: Callable[..., Any], *args: Any, host: str = "") -> Any:
        for _ in range(TRIES):
            hand = self._waited(choose)
            if host:
                self._keep_gap(host, hand)
            try:
                done = self._performed(hand, work, args)
            except _LostError as error:
                log.warning("%s: %s", hand.address, error)
                self._drop(hand, str(error))
                continue
            finally:
                if host:
                    self._note(host, hand)
            if done.unequipped:
                self._drop(hand, "")
                continue
            if done.error:
                raise done.error
            return done.result
        raise WorkError(f"{TRIES} workers were lost over it, one after the other")

    def _performed(self, hand: _Hand, work: Callable[..., Any], args: tuple[Any, ...]) -> Done:
        end = time.monotonic() + 2 * self._polling.timeout + OVERDUE
        with self._changed:
            hand.busy += 1
        try:
            future: Future[Done] = hand.executor.submit(perform, self._kit.owner, hand.token, work, *args)
            while not wait([future], timeout=0.25).done:
                if self._closed.is_set():
                    future.cancel()
                    raise WorkersGone("the cluster was left; it is done again")
                if hand.gone.is_set() or time.monotonic() > end:
                    future.cancel()
                    raise _LostError("gone with work in hand" if hand.gone.is_set() else "does not answer")
            return future.result()
        except (_LostError, WorkersGone):
            raise
        except (Exception, CancelledError) as error:  # Dask's own: whatever the work raised comes as a Done
            raise _LostError(f"lost its work: {type(error).__name__}: {error}") from error
        finally:
            with self._changed:
                hand.busy -= 1

    def _waited(self, choose: Callable[[], _Hand | None]) -> _Hand:
        end = time.monotonic() + NOBODY
        with self._changed:
            while not self._closed.is_set():
                hand = choose()
                if hand:
                    return hand
                left = end - time.monotonic()
                if left <= 0 and not self._equipping:
                    break
                self._changed.wait(min(max(left, 0.1), LOOK))
        raise WorkersGone("; ".join(self.problems()) or "the cluster was left")

    def _of_host(self, host: str) -> _Hand | None:
        """The same worker for a host as long as it is there, whoever else comes or goes."""
        return max(self._hands.values(), key=lambda hand: _weight(host, hand.address), default=None)

    def _least_busy(self) -> _Hand | None:
        """Of those that have the lists of now."""
        ready = [hand for hand in self._hands.values() if hand.token == self._kit.token]
        return min(ready, key=lambda hand: (hand.busy, hand.address), default=None)

    def _keep_gap(self, host: str, hand: _Hand) -> None:
        """The host's own worker keeps the gap itself; a new one cannot know when the last one asked."""
        with self._changed:
            last, since = self._asked.get(host, (hand.address, 0.0))
        wait_for = since + self._polling.min_gap - time.monotonic()
        if last != hand.address and wait_for > 0:
            self._closed.wait(wait_for)

    def _note(self, host: str, hand: _Hand) -> None:
        with self._changed:
            self._asked.pop(host, None)
            self._asked[host] = (hand.address, time.monotonic())
            while len(self._asked) > HOSTS_KEPT:
                del self._asked[next(iter(self._asked))]

    # who works

    def _keep(self) -> None:
        """Look who works, over and over: this thread alone connects."""
        while not self._closed.is_set():
            try:
                self._look()
                away = ""
            except (Exception, CancelledError) as error:  # noqa: BLE001 - Dask's errors have no common base
                away = f"it does not answer ({' '.join(str(error).split())[:200] or type(error).__name__})"
                self._leave()
            if bool(away) != self._told:
                said = f"is not there: {away}; it is looked for" if away else "is there again"
                self._say(f"cluster: the Dask scheduler at {self.address} {said}")
            with self._changed:
                self._away, self._told = away, bool(away)
            self._closed.wait(LOOK)

    def _look(self) -> None:
        if self._client is None:
            self._client = Client(self.address, timeout=CONNECT, set_as_default=False)
        if self._client.status != "running":
            raise ConnectionError("the connection broke off")
        there = set(self._client.nthreads(callback_timeout=ANSWER))
        self._renew_kit()
        with self._changed:
            gone = [hand for address, hand in self._hands.items() if address not in there]
            stale = {hand.address for hand in self._hands.values() if hand.token != self._kit.token}
            new = (there - set(self._hands) - set(self._refused) | stale) - self._equipping
            self._refused = {address: why for address, why in self._refused.items() if address in there}
            self._equipping |= new
        for hand in gone:
            self._drop(hand, "gone")
        for address in sorted(new & there):
            self._helpers.submit(self._equip, self._client, address)

    def _renew_kit(self) -> None:
        new = self._kit_of_now()
        if new is not self._kit:
            with self._changed:
                self._kit, self._packed = new, pickle.dumps(new)

    def _equip(self, client: Client, address: str) -> None:
        """Give a worker its lists; one that cannot take them is refused until it comes again under another address."""
        sent, packed = self._kit, self._packed
        why = ""
        try:
            said = client.run(
                equip, version(), packed, workers=[address], on_error="return", callback_timeout=EQUIP
            ).get(address, "gone")
            if isinstance(said, ImportError | AttributeError):
                why = f"it has another version of sanctions-watchlist-monitor than {version()}, or none ({said})"
            elif said:
                why = f"{said}" if isinstance(said, str) else f"{type(said).__name__}: {said}"
        except (Exception, CancelledError) as error:  # noqa: BLE001 - it went away meanwhile; looked at again
            log.warning("%s was not equipped: %s", address, error)
            why = "gone"
        with self._changed:
            self._equipping.discard(address)
            if client is not self._client or why == "gone":
                return
            known = self._hands.get(address)
            if why:
                self._refused[address] = why
            elif known:
                known.token = sent.token
            else:
                executor = Packed(client.get_executor(workers=[address], allow_other_workers=False, pure=False))
                self._hands[address] = _Hand(address, executor, sent.token)
            self._changed.notify_all()
        if why:
            self._say(f"cluster: worker {address} is refused: {why}")
        elif not known:
            self._say(f"cluster: worker {address} works for us")

    def _drop(self, hand: _Hand, why: str) -> None:
        with self._changed:
            if self._hands.get(hand.address) is not hand:
                return
            del self._hands[hand.address]
            hand.gone.set()
            self._changed.notify_all()
        if why:
            self._say(f"cluster: worker {hand.address}: {why}; what it had in hand goes to another")

    def _leave(self) -> None:
        """Forget the scheduler and all who work there."""
        with self._changed:
            client, self._client = self._client, None
            hands, self._hands = list(self._hands.values()), {}
            self._refused, self._equipping = {}, set()
            self._changed.notify_all()
        for hand in hands:
            hand.gone.set()
        if client:
            try:
                client.close(timeout=1.0)
            except (Exception, CancelledError) as error:  # noqa: BLE001 - it is given up in any case
                log.info("leaving the scheduler: %s", error)


def _with(work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any], tools: Tools) -> T:
    return work(tools, *args, **kwargs)


def _host(url: str) -> str:
    """The host by the name that requests go to; of a URL that is none, as it can be read."""
    try:
        return target(url).host
    except FetchError:
        return host_of(url)


def _weight(host: str, address: str) -> bytes:
    return hashlib.blake2b(f"{host}|{address}".encode(), digest_size=8).digest()
