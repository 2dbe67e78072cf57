"""Bulk screening over a Dask cluster: the same work through the same interface as a local pool.

Each worker gets the lists once, compiles them, and keeps the matcher for every block; a worker that is killed loses
nothing, because Dask gives its blocks to another, and a block's result depends on nothing else.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import partial
from typing import Any

from distributed import Client, LocalCluster, WorkerPlugin

from monitor import screening
from monitor.allocation import collect_rarely, keep_freed
from monitor.errors import UsageError, WorkError
from monitor.matching import MATCHER_VERSION, Matcher
from monitor.model.watchlists import Watchlist
from monitor.shelf import Shelf, of_this_user

CONNECT = 10.0
"""Seconds in which the scheduler, and a first worker, have to answer."""

LOCAL = "local"
"""An address that means: a cluster on this machine, for as long as the command runs."""


class Lists(WorkerPlugin):
    """What a worker is sent: lists, not a compiled index, which is larger and bound to a version."""

    def __init__(self, lists: Sequence[Watchlist], threshold: float) -> None:
        self.payload = pickle.dumps((tuple(lists), threshold))
        self.version = MATCHER_VERSION

    def setup(self, worker: Any) -> None:  # noqa: ARG002 - Dask's signature
        """Compile. Raises RuntimeError in a worker of another version: it could find something else."""
        if self.version != MATCHER_VERSION:
            raise RuntimeError(
                f"this worker's matcher is {MATCHER_VERSION}, the command's {self.version}; "
                "install the same version of sanctions-watchlist-monitor on both"
            )
        lists, threshold = pickle.loads(self.payload)  # noqa: S301 - from the command that the cluster works for
        collect_rarely()
        keep_freed()
        screening.share(Matcher.compile(lists, threshold=threshold, shelf=Shelf(of_this_user())))


class Packed(Executor):
    """Hands work on as bytes: Dask's scheduler then neither needs this program nor unpacks what it passes on."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(_unpack, pickle.dumps(partial(fn, *args, **kwargs)))


def _unpacking() -> Callable[[bytes], Any]:
    """A function that has no module: it travels by value, where others are imported by whoever unpickles their name."""

    def unpack(packed: bytes) -> Any:
        import pickle

        return pickle.loads(packed)()  # noqa: S301 - from whom the cluster works for

    return unpack


_unpack = _unpacking()


@contextmanager
def cluster(address: str, lists: Lists, *, jobs: int = 0) -> Iterator[tuple[Executor, int]]:
    """An executor over the cluster at `address` (tcp://host:port), and how many threads work there.

    `address` "local": a cluster of `jobs` processes on this machine (0: one a core). Raises UsageError where nobody
    answers, WorkError where a worker cannot take the lists.
    """
    local = None
    if address == LOCAL:
        local = LocalCluster(n_workers=jobs or None, threads_per_worker=1, dashboard_address=None)
    try:
        client = Client(local or address, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}; is it running?") from error
    try:
        _hand_out(client, lists)
        yield Packed(client.get_executor(pure=False)), max(1, sum(client.nthreads().values()))
    finally:
        client.close()
        if local:
            local.close()


def _hand_out(client: Client, lists: Lists) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except TimeoutError as error:
        address = client.scheduler_info()["address"]
        raise UsageError(f"the cluster has no worker; start one with: dask worker {address}") from error
    try:
        client.register_plugin(lists, name=f"monitor-{id(lists):x}")
    except Exception as error:  # whatever a worker raised comes through as itself
        raise WorkError(f"a worker cannot take the lists: {' '.join(str(error).split())}") from error
