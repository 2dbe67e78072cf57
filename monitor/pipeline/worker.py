"""In a Dask worker: fieldwork for daemons elsewhere. It has no database, and nothing of what it knows outlives it.

A daemon equips each worker once, and again when its lists change; from then on work comes without them.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata, resources
from traceback import format_exc
from typing import Any

from monitor.allocation import collect_rarely
from monitor.client import Client
from monitor.errors import MonitorError, WorkError
from monitor.matching import Matcher
from monitor.model.settings import Polling
from monitor.model.watchlists import Watchlist
from monitor.pipeline.field import Tools
from monitor.shelf import Shelf, of_this_user
from monitor.workers import Workers

PARSERS = 2
"""Processes of a worker's that read documents, as the daemon has on a host of its own."""


@cache
def version() -> str:
    """Of this program, as `0.1.0 (code 5d41402abc4b)`: equal where every file of it is."""
    digest = hashlib.sha256()
    root = resources.files("monitor")
    pending = [root]
    while pending:
        for file in sorted(pending.pop().iterdir(), key=lambda file: file.name):
            if file.is_dir():
                if file.name != "__pycache__":
                    pending.append(file)
            elif not file.name.endswith(".pyc"):
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return f"{metadata.version('sanctions-watchlist-monitor')} (code {digest.hexdigest()[:12]})"


@dataclass(frozen=True, slots=True)
class Kit:
    """What a worker is sent once. Lists, not a compiled index, which is larger."""

    owner: str  # whose fieldwork it is: a digest of the database's address, the same for daemons that take turns
    token: str  # changes with the lists
    lists: bytes  # pickled (watchlists, threshold)
    polling: Polling


def kit(owner: str, lists: tuple[Watchlist, ...], threshold: float, polling: Polling) -> Kit:
    packed = pickle.dumps((lists, threshold))
    return Kit(owner, hashlib.sha256(packed).hexdigest()[:16], packed, polling)


@dataclass(frozen=True, slots=True)
class _Equipped:
    token: str
    polling: Polling
    tools: Tools


_equipped: dict[str, _Equipped] = {}  # by Kit.owner
_lock = threading.Lock()


async def equip(daemon_version: str, packed: bytes) -> str:
    """Take a pickled Kit; returns why this worker cannot, "" when it can. Compiling leaves the worker's loop alone.

    The version is compared before anything is unpacked: what another one packed may mean something else.
    """
    if daemon_version != version():
        return (
            f"it runs {version()}, the daemon {daemon_version}; "
            "install the same version of sanctions-watchlist-monitor on both"
        )
    if multiprocessing.current_process().daemon:
        return (
            "it may not start processes of its own, in which documents are read; "
            "start it with --no-nanny, or with DASK_DISTRIBUTED__WORKER__DAEMON=false"
        )
    return await asyncio.to_thread(_equip, packed)


def _equip(packed: bytes) -> str:
    new: Kit = pickle.loads(packed)  # noqa: S301 - from the daemon that the cluster works for
    with _lock:
        before = _equipped.get(new.owner)
        if before and (before.token, before.polling) == (new.token, new.polling):
            return ""
        lists, threshold = pickle.loads(new.lists)  # noqa: S301 - as above
        collect_rarely()
        matcher = Matcher.compile(lists, threshold=threshold, shelf=Shelf(of_this_user()))
        if before and before.polling == new.polling:  # the client knows which hosts it has just asked
            _equipped[new.owner] = replace(before, token=new.token, tools=replace(before.tools, matcher=matcher))
            return ""
        if before:
            before.tools.client.close()
            before.tools.workers.close()
        polling = new.polling
        client = Client(
            user_agent=polling.user_agent,
            timeout=polling.timeout,
            max_bytes=polling.max_bytes,
            allow_private=polling.allow_private,
            per_host=polling.per_host,
            min_gap=polling.min_gap,
            proxy=polling.proxy.get_secret_value(),
        )
        tools = Tools(client, Workers(max_workers=PARSERS), matcher, polling.timeout, stay=True)
        _equipped[new.owner] = _Equipped(new.token, polling, tools)
    return ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece of work; an exception of a library's may not survive pickling."""

    result: Any = None
    error: MonitorError | None = None
    unequipped: bool = False


def perform(owner: str, token: str, work: Callable[..., Any], *args: Any) -> Done:
    """`work(tools, *args)` with the tools of this daemon and these lists."""
    ours = _equipped.get(owner)
    if ours is None or ours.token != token:
        return Done(unequipped=True)
    try:
        return Done(work(ours.tools, *args))
    except MonitorError as error:
        return Done(error=error)
    except Exception as error:  # noqa: BLE001 - told in full to the daemon
        told = WorkError(f"unexpected {type(error).__name__}: {' '.join(str(error).split())}")
        told.retryable = False
        told.add_note(format_exc())
        return Done(error=told)
