"""The same work over a Dask cluster: line for line what one process gives, whoever is killed meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_screen import LIST, archive

pytest.importorskip("distributed")

RUN = [sys.executable, "-m", "monitor", "screen", "in.jsonl", "--watchlist", "energy.yaml"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "energy.yaml").write_text(LIST)
    return tmp_path


@pytest.fixture
def scheduler(directory: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one process each, as a person starts them."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> None:
        with (directory / "dask.log").open("ab") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
                    cwd=directory,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    file = directory / "scheduler.json"
    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    until = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    address = json.loads(file.read_text())["address"]
    for name in ("one", "two"):
        start("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--name", name, "--no-nanny")
    yield address, started
    for process in started:
        process.kill()
        process.wait()


def screened(directory: Path, *arguments: str) -> list[bytes]:
    done = subprocess.run([*RUN, *arguments], cwd=directory, capture_output=True, timeout=150)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.splitlines()


def test_one_process_many_and_a_cluster_of_our_own_agree(directory: Path) -> None:
    archive(directory / "in.jsonl", 3000)
    alone = screened(directory, "--jobs", "1")
    assert len(alone) == 2000
    assert screened(directory, "--jobs", "2") == alone
    assert screened(directory, "--dask", "local", "--jobs", "2") == alone


def test_a_worker_that_is_killed_changes_nothing(
    directory: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, processes = scheduler
    archive(directory / "in.jsonl", 20_000)
    alone = screened(directory, "--jobs", "1")
    running = subprocess.Popen([*RUN, "--dask", address, "--output", "out.jsonl"], cwd=directory)
    until = time.monotonic() + 90
    while not (directory / "out.jsonl").exists() or (directory / "out.jsonl").stat().st_size < 10_000:
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(processes[-1].pid, signal.SIGKILL)
    assert running.wait(150) == 0
    assert (directory / "out.jsonl").read_bytes().splitlines() == alone


def test_nobody_there_is_one_line(directory: Path) -> None:
    archive(directory / "in.jsonl", 1)
    done = subprocess.run([*RUN, "--dask", "tcp://127.0.0.1:9"], cwd=directory, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert b"Traceback" not in done.stderr
