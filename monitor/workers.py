"""Worker processes that can be killed: whatever a document does to its parser, it is over at its deadline.

The processes come from a fork server (forking a process that runs threads is not safe) and start with the first task.
A deadline is the kernel's alarm inside the worker, so it also ends C code that never looks up, and goes on when the
service itself has been killed. Pebble's own timeout stands behind it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from pathlib import Path
from traceback import format_exc
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from monitor.allocation import give_back, trim
from monitor.errors import MonitorError, WorkError
from monitor.spool import Spooled

MEMORY = 120_000_000
"""Bytes of data that one worker may hold beside what it has when it begins (30 MB in the service). The largest real
page that was measured (1.6 MB) takes 35 MB; a document that needs more than this was made to."""

LARGE = 1_000_000
"""Bytes of an argument from which a task is a large one: of these one worker fewer than there are takes any, so that
the others' documents never wait behind them."""

TASKS = 500
"""Tasks after which a worker is replaced: lxml and regex caches grow for as long as a process lives."""

SLACK = 5.0
"""Seconds after its deadline until pebble stops a worker that the alarm did not."""

QUEUE = 300.0
"""Seconds that a task may wait for a free worker before the pool counts as stuck and is made anew."""

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """At most `max_workers` processes, shared by any number of threads."""

    def __init__(self, max_workers: int) -> None:
        self._max_workers = max_workers
        self._pool: ProcessPool | None = None
        self._live: dict[ProcessFuture[tuple[bool, Any]], ProcessPool] = {}  # what threads are waiting for
        self._closed = False
        self._lock = threading.Lock()
        self._large = threading.BoundedSemaphore(max(1, max_workers - 1))

    def run(self, function: Callable[..., T], *args: Any, timeout: float) -> T:
        """What `function(*args)` returns in a worker; both must pickle, so `function` is a module's own.

        A spooled argument is read in the worker: the function gets its bytes.

        timeout: seconds that it may run; waiting for a free worker does not count. Errors of ours that it raises come
        through as they are. Raises WorkError when it overruns its deadline or its memory, when its worker is killed,
        when the workers are closed, or when it raises anything else (then with the traceback as a note).
        """
        name = function.__name__
        try:
            with self._large if _is_large(args) else contextlib.nullcontext():
                done, result = self._result(function, args, timeout)
        except TimeoutError:
            raise WorkError(f"{name} did not finish within {timeout:g} s and was stopped") from None
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGALRM:
                raise WorkError(f"{name} did not finish within {timeout:g} s and was stopped") from None
            raise WorkError(f"{name}: its worker process died (exit code {error.exitcode})") from None
        except (CancelledError, BrokenProcessPool) as error:
            raise WorkError(f"{name}: the workers were stopped") from error
        if not done:
            raise result
        value: T = result
        return value

    def close(self) -> None:
        """Stop every worker at once; what they have in hand raises WorkError in its thread, and so does later work."""
        with self._lock:
            self._closed = True
            pool = self._pool
        if pool:
            self._discard(pool)

    def _result(self, function: Callable[..., object], args: tuple[Any, ...], timeout: float) -> tuple[bool, Any]:
        try:
            return self._once(function, args, timeout)
        except BrokenProcessPool:  # perhaps it broke while idle, and nobody has noticed before
            return self._once(function, args, timeout)

    def _once(self, function: Callable[..., object], args: tuple[Any, ...], timeout: float) -> tuple[bool, Any]:
        pool = self._running()
        future: ProcessFuture[tuple[bool, Any]] | None = None
        try:
            future = self._schedule(pool, function, args, timeout)
            return future.result(timeout=QUEUE + timeout)
        except BrokenProcessPool:
            self._discard(pool)
            raise
        except TimeoutError:
            if future and not future.done():
                self._discard(pool)
            raise
        finally:
            with self._lock:
                if future:
                    self._live.pop(future, None)

    def _schedule(
        self, pool: ProcessPool, function: Callable[..., object], args: tuple[Any, ...], timeout: float
    ) -> ProcessFuture[tuple[bool, Any]]:
        with self._lock:
            if self._pool is not pool:
                raise BrokenProcessPool("stopped meanwhile")
            try:
                future: ProcessFuture[tuple[bool, Any]] = pool.schedule(
                    _work, args=(function, args, timeout), timeout=timeout + SLACK
                )
            except RuntimeError as error:
                raise BrokenProcessPool(str(error)) from error
            self._live[future] = pool
            return future

    def _running(self) -> ProcessPool:
        with self._lock:
            if self._closed:
                raise BrokenProcessPool("closed")
            if self._pool is None:
                context = multiprocessing.get_context("forkserver")
                self._pool = ProcessPool(self._max_workers, max_tasks=TASKS, initializer=_prepare, context=context)
            return self._pool

    def _discard(self, pool: ProcessPool) -> None:
        """Stop a pool; the next task gets a new one. Pebble gives a whole pool up when an idle worker is killed."""
        with self._lock:
            if self._pool is not pool:
                return
            self._pool = None
            waiting = [future for future, its in self._live.items() if its is pool]
        pool.stop()  # type: ignore[no-untyped-call]
        for future in waiting:  # pebble leaves some of them waiting for ever
            future.cancel()  # type: ignore[no-untyped-call]
        pool.join()


def _is_large(args: tuple[Any, ...]) -> bool:
    return any(isinstance(arg, bytes | Spooled) and len(arg) > LARGE for arg in args)


def end_helpers() -> None:
    """End, and wait for, the processes that multiprocessing keeps beside this one; called when nothing else follows.

    The fork server and the resource tracker end by themselves once this process is gone, a moment later: whoever looks
    at once, as a service manager does, would find children left. Does nothing where there is no /proc.
    """
    for listed in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended
            for pid in map(int, listed.read_text().split()):
                with contextlib.suppress(OSError):  # it has ended already
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)


def _prepare() -> None:
    """In a new worker: a limit to its memory, large pieces of which go back, and no life after the service's."""
    give_back()
    with contextlib.suppress(OSError, ValueError):  # systems that know no such limit
        most = _data() + MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler of Python's would wait for C code to end
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def _data() -> int:
    """Bytes of data that this process has so far, which depends on what the program's main module imports.

    Raises OSError where there is no /proc.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[5])  # "data + stack", proc(5)
    return pages * resource.getpagesize()


def _die_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _work(function: Callable[..., object], args: tuple[Any, ...], timeout: float) -> tuple[bool, object]:
    """(True, result) or (False, error): an exception of a library's may not survive pickling, and would take pebble's
    threads down with it."""
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        return True, function(*(arg.read() if isinstance(arg, Spooled) else arg for arg in args))
    except MonitorError as error:
        return False, error
    except MemoryError:
        return False, WorkError(f"{function.__name__} needed more than {MEMORY // 1_000_000} MB of memory")
    except Exception as error:  # noqa: BLE001 - told in full to the caller
        told = WorkError(f"{function.__name__}: unexpected {type(error).__name__}: {' '.join(str(error).split())}")
        told.retryable = False
        told.add_note(format_exc())
        return False, told
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if _is_large(args):
            trim()
