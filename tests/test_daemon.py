"""`monitor run` as a process: started, fed, edited under its feet, stopped, killed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.newsroom import WATCHLIST, Item, Mailbox, Newspaper, write_settings


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    newspaper = Newspaper()
    yield newspaper
    newspaper.close()


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


class Running:
    """A `monitor run` process whose output is read as it comes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "--config", "monitor.yaml"],
            cwd=directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self, pattern: str, within: float = 20.0) -> str:
        """The first line that matches, waited for."""
        return until(lambda: next((line for line in self.lines if re.search(pattern, line)), ""), within, self.lines)

    @property
    def url(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said("dashboard"))
        assert found
        return found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        status = self.process.wait(timeout=12)
        self.reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


def until(check: Callable[[], Any], within: float, context: object = "") -> Any:
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"did not happen within {within} s: {context}")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    running: list[Running] = []

    def begin() -> Running:
        running.append(Running(tmp_path))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.stop(signal.SIGKILL)


def hits(directory: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "hits", "list", "--json", "--config", "monitor.yaml"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found += [int(entry.name), *children(int(entry.name))]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_starts_polls_alerts_serves_and_stops(
    tmp_path: Path, paper: Newspaper, mail: Mailbox, start: Callable[[], Running]
) -> None:
    paper.feeds["world"] = [Item("Oil major fined", "A court fined Rosneft on Friday.", "/fined", "1")]
    paper.page("/fined", "Oil major fined", *["The court sat for three hours and then gave its ruling." * 2] * 4)
    write_settings(tmp_path, paper, mail=mail)
    daemon = start()
    daemon.said("watching 3 entities")
    daemon.said(r"poll world: 1 entries, 1 new")
    daemon.said(r"hit 1: Rosneft PJSC")
    until(lambda: mail.messages, 25, daemon.lines)
    assert requests.get(f"{daemon.url}/healthz", timeout=5).status_code == 200
    assert requests.get(f"{daemon.url}/readyz", timeout=5).status_code == 200
    page = requests.get(daemon.url, timeout=5).text
    assert "<mark>Rosneft</mark>" in page
    below = children(daemon.process.pid)
    assert daemon.stop() in (0, 143)
    assert not [pid for pid in below if alive(pid)], "a child was left behind"
    assert len(mail.messages) == 1


def test_watchlists_and_feeds_are_taken_up_and_a_broken_edit_is_said(
    tmp_path: Path, paper: Newspaper, start: Callable[[], Running]
) -> None:
    paper.feeds["world"] = [Item("Calm seas", "Northgate Marine moors a tanker.", "", "1")]
    paper.feeds["trade"] = [Item("Tanker sails", "Northgate Marine let the tanker sail.", "", "2")]
    write_settings(tmp_path, paper, feeds={"world": "/world"})
    daemon = start()
    daemon.said("poll world: 1 entries, 1 new, 0 edited, 0 hits")

    lists = tmp_path / "watchlists" / "energy.yaml"
    lists.write_text(WATCHLIST + "  - {nmae: Northgate Marine}\n")
    daemon.said(r"BROKEN EDIT.*energy\.yaml:7")
    assert requests.get(f"{daemon.url}/readyz", timeout=5).status_code == 503
    lists.write_text(WATCHLIST + "  - {name: Northgate Marine}\n")
    daemon.said("watchlists changed: now 4 entities")
    daemon.said("New on energy: Northgate Marine: in your news once")

    rows = (tmp_path / "feeds.yaml").read_text()
    (tmp_path / "feeds.yaml").write_text(rows + "- {id: trade, url: nonsense}\n")
    daemon.said(r"BROKEN EDIT.*feeds\.yaml:2")
    (tmp_path / "feeds.yaml").write_text(rows + f"- {{id: trade, url: '{paper.url}/trade', interval: 1s}}\n")
    daemon.said("feeds changed: now 2")
    daemon.said("hit 2: Northgate Marine")
    assert requests.get(f"{daemon.url}/readyz", timeout=5).status_code == 200
    assert daemon.stop() in (0, 143)


def test_a_second_start_and_a_dawdling_feed(tmp_path: Path, paper: Newspaper, start: Callable[[], Running]) -> None:
    """A feed that never answers delays nobody, not even the end; a restart repeats nothing."""
    paper.feeds["good"] = [Item("Lukoil sells", "Lukoil sold its stake.", "", "1")]
    paper.faults["/slow"] = 60.0
    path = write_settings(tmp_path, paper, feeds={"slow": "/slow", "good": "/good"})
    settings = json.loads(path.read_text())
    settings["polling"]["timeout"] = "50s"
    path.write_text(json.dumps(settings))
    daemon = start()
    daemon.said("hit 1: Lukoil PJSC")
    until(lambda: paper.requests["/good"] > 3, 20, daemon.lines)
    asked = time.monotonic()
    assert daemon.stop() in (0, 143)
    assert time.monotonic() - asked < 10
    before = hits(tmp_path)
    again = start()
    again.said("poll good: (unchanged|1 entries, 0 new)")
    assert again.stop() in (0, 143)
    assert hits(tmp_path) == before


def test_a_port_in_use_is_one_line_and_exit_2(tmp_path: Path, paper: Newspaper) -> None:
    paper.feeds["world"] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        write_settings(tmp_path, paper, web={"port": port})
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "run", "--config", "monitor.yaml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def kill_rounds(directory: Path, paper: Newspaper, mail: Mailbox, start: Callable[[], Running], rounds: int) -> None:
    """Kill the service at random moments while new articles keep coming; then count."""
    rng = random.Random(20260101)
    paper.feeds["world"] = []
    write_settings(directory, paper, mail=mail, alerts={"burst": 1000, "cooldown": "0s"})
    for number in range(rounds):
        paper.feeds["world"] = [
            Item(f"Cargo {number}-{n} seized", f"Customs seized cargo {number}-{n} of Rosneft.", "", f"{number}-{n}")
            for n in range(5)
        ] + paper.feeds["world"][:50]
        daemon = start()
        below: list[int] = []
        time.sleep(rng.uniform(0.8, 3.5))
        below = children(daemon.process.pid)
        daemon.stop(signal.SIGKILL)
        until(lambda below=below: not [pid for pid in below if alive(pid)], 10, "workers outlived the service")
    daemon = start()
    expected = {f"Cargo {number}-{n} seized" for number in range(rounds) for n in range(5)}
    until(lambda: len(told(mail)) == len(expected), 60, daemon.lines[-20:])
    daemon.stop()
    found = [hit["article"]["title"] for hit in hits(directory)]
    assert sorted(found) == sorted(expected), "a hit was lost, or stored twice"
    ids = [str(message["Message-ID"]) for message in mail.messages]
    assert len(set(ids)) == len(expected), "a repeat must carry the same Message-ID"
    assert len(ids) - len(set(ids)) <= rounds, "at worst one message is repeated at each kill"


def told(mail: Mailbox) -> set[str]:
    return {str(message["Message-ID"]) for message in mail.messages}


def test_kill_9_loses_no_hit_and_stores_none_twice(
    tmp_path: Path, paper: Newspaper, mail: Mailbox, start: Callable[[], Running]
) -> None:
    kill_rounds(tmp_path, paper, mail, start, rounds=6)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_kill_9_many_times(tmp_path: Path, paper: Newspaper, mail: Mailbox, start: Callable[[], Running]) -> None:
    kill_rounds(tmp_path, paper, mail, start, rounds=200)
