"""Real worker processes, given functions of this file's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from monitor.errors import FetchError, ParseError, WorkError
from monitor.spool import open_spool, spooled
from monitor.workers import Workers


@pytest.fixture(scope="module")
def shared() -> Iterator[Workers]:
    workers = Workers(max_workers=2)
    yield workers
    workers.close()


def double(number: int) -> int:
    return 2 * number


def count_of(body: bytes, what: bytes) -> int:
    return body.count(what)


def pid() -> int:
    return os.getpid()


def nap(seconds: float) -> None:
    time.sleep(seconds)


def measure(body: bytes) -> int:
    time.sleep(60)
    return len(body)


def spin_in_c() -> None:
    re.match(r"(a|a)*b", "a" * 60)  # exponential, and one call of C code


def eat_memory() -> int:
    return len(b"x" * 2_000_000_000)


def fail(error: Exception) -> None:
    raise error


class Unpicklable(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def fail_with_an_unpicklable_error() -> None:
    raise Unpicklable("names in\n", "two lines")


def test_work_is_done_in_another_process(shared: Workers) -> None:
    assert shared.run(double, 21, timeout=30) == 42
    assert shared.run(pid, timeout=30) != os.getpid()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="spooled where there is /proc")
def test_a_spooled_argument_is_read_in_the_worker(shared: Workers) -> None:
    file = open_spool()
    assert file
    with file:
        file.write(b"x" * 300_000)
        document = spooled(file)
        assert shared.run(count_of, document, b"x", timeout=30) == 300_000
    with pytest.raises(WorkError, match="count_of: unexpected FileNotFoundError"):
        shared.run(count_of, document, b"x", timeout=30)


def test_threads_share_the_workers(shared: Workers) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(shared.run(double, n, timeout=30))) for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [2 * n for n in range(20)]


@pytest.mark.parametrize("hang", [(nap, 60.0), (spin_in_c,)])
def test_a_task_over_its_deadline_is_killed_and_named(shared: Workers, hang: tuple) -> None:
    with pytest.raises(WorkError, match=rf"{hang[0].__name__} did not finish within 0.3 s") as raised:
        shared.run(*hang, timeout=0.3)
    assert raised.value.retryable
    assert shared.run(double, 1, timeout=30) == 2


def test_a_task_that_eats_memory_is_refused_it(shared: Workers) -> None:
    with pytest.raises(WorkError, match="eat_memory needed more than 120 MB"):
        shared.run(eat_memory, timeout=30)
    assert shared.run(double, 1, timeout=30) == 2


def test_our_own_errors_come_through_intact(shared: Workers) -> None:
    with pytest.raises(FetchError, match=r"^busy$") as raised:
        shared.run(fail, FetchError("busy", retryable=False, status=503, retry_after=9.0), timeout=30)
    assert (raised.value.retryable, raised.value.status, raised.value.retry_after) == (False, 503, 9.0)
    with pytest.raises(ParseError, match=r"^not a feed$"):
        shared.run(fail, ParseError("not a feed"), timeout=30)


def test_any_other_error_is_told_in_one_line_with_its_traceback_as_a_note(shared: Workers) -> None:
    with pytest.raises(WorkError) as raised:
        shared.run(fail_with_an_unpicklable_error, timeout=30)
    assert str(raised.value) == "fail_with_an_unpicklable_error: unexpected Unpicklable: names in two lines"
    assert not raised.value.retryable
    assert "test_workers.py" in raised.value.__notes__[0]
    assert shared.run(double, 1, timeout=30) == 2


def test_a_worker_killed_at_work_fails_that_task_only(shared: Workers) -> None:
    victims: list[str] = []

    def work() -> None:
        try:
            shared.run(nap, 60.0, timeout=50)
        except WorkError as error:
            victims.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    _kill_workers()
    for thread in threads:
        thread.join()
    assert victims == ["nap: its worker process died (exit code -9)"] * 2
    assert shared.run(double, 1, timeout=30) == 2


def test_workers_killed_while_idle_are_replaced(shared: Workers) -> None:
    shared.run(double, 1, timeout=30)
    _kill_workers()
    assert [shared.run(double, n, timeout=30) for n in range(5)] == [0, 2, 4, 6, 8]


def _kill_workers() -> None:
    """Those of this process, once they are up; the fork server and its tracker, their parents, are left alone."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        time.sleep(0.3)
        found = [child for server in psutil.Process().children() for child in server.children()]
        if len(found) >= 2:
            for worker in found:
                worker.kill()
            return
    raise AssertionError("no workers seen")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("moment", [0.0, 0.1, 0.6])  # before a worker is up, about then, and at work
@pytest.mark.parametrize("task", [(nap, 60.0), (spin_in_c,), (measure, b"x" * 3_000_000)])
def test_closing_ends_work_in_hand_and_refuses_more(task: tuple, moment: float) -> None:
    workers = Workers(max_workers=1)
    errors: list[str] = []
    started = threading.Event()

    def work() -> None:
        started.set()
        try:
            workers.run(*task, timeout=50)
        except WorkError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    started.wait()
    time.sleep(moment)
    workers.close()
    for thread in threads:
        thread.join()
    assert errors == [f"{task[0].__name__}: the workers were stopped"] * 3
    with pytest.raises(WorkError, match="the workers were stopped"):
        workers.run(double, 1, timeout=30)
    workers.close()


def test_nothing_is_started_before_it_is_needed() -> None:
    before = psutil.Process().children(recursive=True)
    Workers(max_workers=2).close()
    assert psutil.Process().children(recursive=True) == before


SERVICE = """
import os, sys, threading, time
sys.path.insert(0, {tests!r})
import test_workers
from monitor.workers import Workers

if __name__ == "__main__":
    workers = Workers(max_workers=2)
    for task in ((test_workers.nap, 40.0), (test_workers.spin_in_c,)):
        threading.Thread(target=workers.run, args=task, kwargs={{"timeout": 4.0}}, daemon=True).start()
    print("up", flush=True)
    time.sleep(60)
"""


def test_kill_9_of_the_service_leaves_no_orphans(tmp_path: Path) -> None:
    script = tmp_path / "service.py"
    script.write_text(SERVICE.format(tests=str(Path(__file__).parent)))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as service:
        assert service.stdout
        assert service.stdout.readline() == b"up\n"
        family: list[psutil.Process] = []
        while len(family) < 4:  # the fork server, the tracker, two workers
            time.sleep(0.2)
            family = psutil.Process(service.pid).children(recursive=True)
        time.sleep(1.0)
        service.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
