"""Under systemd: the unit file that is written, and what the service tells systemd."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import monitor
from tests.cli.test_doctor import lay_out


def test_the_unit_names_this_place_and_passes_systemds_own_check(tmp_path: Path) -> None:
    lay_out(tmp_path, "id: page, type: atom, path: /srv/www/hits.atom")
    done = monitor(tmp_path, "service", "install", "--into", str(tmp_path / "units"), "--account", "root")
    assert done.status == 0, done.err
    assert "systemctl daemon-reload && systemctl enable --now monitor" in done.out
    path = tmp_path / "units" / "monitor.service"
    unit = path.read_text()
    assert f"-m monitor run --config {tmp_path}/config/monitor.yaml" in unit
    assert f"ReadWritePaths=-/srv/www -{tmp_path}/var" in unit
    assert "User=root" in unit
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    checked = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60)
    said = [line for line in checked.stderr.splitlines() if "monitor.service" in line]
    assert said == []
    assert checked.returncode == 0, checked.stderr


def test_a_persons_own_service(tmp_path: Path) -> None:
    lay_out(tmp_path)
    done = monitor(tmp_path, "service", "install", "--user", HOME=str(tmp_path / "home"))
    assert "systemctl --user enable --now" in done.out or "systemctl --user daemon-reload" in done.out
    unit = (tmp_path / "home/.config/systemd/user/monitor.service").read_text()
    assert "User=" not in unit
    assert "WantedBy=default.target" in unit


def test_where_nothing_may_be_written_the_mend_is_said(tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "file").write_text("")
    done = monitor(tmp_path, "service", "install", "--into", str(tmp_path / "file" / "units"))
    assert done.status == 2
    assert "--user" in done.err


def test_a_path_that_systemd_would_split_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "two words"
    place.mkdir()
    lay_out(place)
    done = monitor(place, "service", "show")
    assert done.status == 2
    assert "two words" in done.err


def test_systemd_is_told_that_we_are_ready_alive_and_stopping(tmp_path: Path) -> None:
    lay_out(tmp_path, feed="http://127.0.0.1:9/rss")
    # The address of a Unix socket is short; a test's directory may not be.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        name = f"\0monitor-test-{os.getpid()}"
        heard.bind(name)
        heard.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run"],
            cwd=tmp_path,
            env=os.environ | {"NOTIFY_SOCKET": "@" + name[1:], "WATCHDOG_USEC": "600000"},
            stdout=subprocess.DEVNULL,
        )
        try:
            assert heard.recv(4096) == b"READY=1\nSTATUS=1 names, 1 feeds"
            assert heard.recv(4096) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            while (told := heard.recv(4096)) == b"WATCHDOG=1":
                pass
            assert told == b"STOPPING=1"
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
