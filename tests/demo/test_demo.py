"""`monitor demo` as a person runs it: from an empty directory, in a pipe and in a terminal."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from monitor.alerts.render import DISCLAIMER
from monitor.demo.expected import HITS, SILENT, alerts

COMMAND = [sys.executable, "-m", "monitor", "demo"]
NAMES = ("Rosneft Oil Company", "Lukoil OAO", "Sergei Viktorovich Lavrov", "Velastra Dawn", "海桥远洋航运有限公司")


class Demo:
    """A process whose output is read as it comes, and whose children can be found by a mark in their environment."""

    def __init__(self, directory: Path, *, terminal: bool = False, once: bool = False) -> None:
        self.mark = f"mark-{uuid.uuid4()}"
        self.tmp = Path(tempfile.mkdtemp(prefix="demo-"))  # a short name: sockets are made in it
        self.cwd = directory / "empty"
        self.cwd.mkdir()
        self._ours, theirs = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen(
            [*COMMAND, *(["--once"] if once else [])],
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.STDOUT,
            env=os.environ | {"TMPDIR": str(self.tmp), "DEMO_MARK": self.mark, "TERM": "xterm", "COLUMNS": "100"},
            start_new_session=True,
        )
        os.close(theirs)
        self._said = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while chunk := os.read(self._ours, 65_536):
                self._said += chunk
        except OSError:  # how a pseudo-terminal says that nobody is left
            return

    @property
    def said(self) -> str:
        """Without colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", bytes(self._said).decode("utf-8", "replace"))

    def until(self, check: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not check():
            assert time.monotonic() < end, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.05)

    def end(self) -> int:
        status = self.process.wait(timeout=90)
        self._reader.join(10)
        return status

    def kill(self) -> None:
        self.process.kill()
        self.end()
        os.close(self._ours)
        shutil.rmtree(self.tmp, ignore_errors=True)

    def children(self) -> list[str]:
        """Processes that still carry the mark."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"DEMO_MARK={self.mark}".encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text())
            except OSError:
                continue  # it ended while we looked
        return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    running: list[Demo] = []

    def begin(**options: bool) -> Demo:
        running.append(Demo(tmp_path, **options))
        return running[-1]

    yield begin
    for one in running:
        one.kill()


def test_it_shows_everything_and_ends_by_itself_in_a_pipe(start: Callable[..., Demo]) -> None:
    demo = start()
    assert demo.end() == 0, demo.said
    said = demo.said
    for name in (
        "Rosneft Oil Company",
        "Lukoil OAO",
        "Sergei Viktorovich Lavrov",
        "Velastra Dawn",
        "海桥远洋航运有限公司",
    ):
        assert name in said
    assert f"{sum(map(len, HITS.values()))} hits" in said
    assert f"{len(alerts())} mails received" in said
    assert f"{len(alerts(loud=True))} Slack messages received" in said
    assert all(why in said for why in SILENT.values())
    assert said.count(DISCLAIMER) == 2
    found = re.search(r"^ +(/\S+\.html)", said, re.MULTILINE)
    assert found, said
    html = Path(found[1]).read_text(encoding="utf-8")
    assert "<mark" in html
    assert "Why some cargoes wait for paperwork" in html
    assert {path.parent for path in demo.tmp.rglob("*") if path.is_file()} == {Path(found[1]).parent}, "left behind"
    assert list(demo.cwd.iterdir()) == []
    assert "\x1b" not in bytes(demo._said).decode()
    assert all(len(line) <= 100 for line in said.splitlines()[:12])
    assert demo.children() == []


def test_in_a_terminal_the_dashboard_stays_until_ctrl_c(start: Callable[..., Demo]) -> None:
    demo = start(terminal=True)
    demo.until(lambda: "Ctrl-C" in demo.said)
    found = re.search(r"(http://127\.0\.0\.1:\d+/) +the dashboard", demo.said)
    assert found, demo.said
    assert "Rosneft Oil Company" in requests.get(found[1], timeout=10).text
    page = re.search(r"http://127\.0\.0\.1:\d+/hits/\d+", demo.said)
    assert page
    assert requests.get(page[0], timeout=10).status_code == 200
    demo.process.send_signal(signal.SIGINT)
    assert demo.end() == 0, demo.said
    assert demo.children() == []


def test_it_can_be_ended_in_the_middle(start: Callable[..., Demo]) -> None:
    demo = start()
    demo.until(lambda: "poll harbour-gazette" in demo.said)
    demo.process.send_signal(signal.SIGTERM)
    assert demo.end() in (0, 143), demo.said
    assert "Traceback" not in demo.said
    end = time.monotonic() + 10
    while demo.children() and time.monotonic() < end:
        time.sleep(0.1)
    assert demo.children() == []
