"""`monitor web`: users made on the command line enter a desk that polls nothing."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.cli.support import monitor

PASSWORD = "violet-harbour-47"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with settings and a list."""
    (tmp_path / "config").mkdir()
    (tmp_path / "list.yaml").write_text(
        "watchlist: energy\nentities:\n  - {id: rosneft, type: organization, name: Rosneft}\n"
    )
    settle(tmp_path, "{port: 0, users: users.yaml}")
    return tmp_path


def settle(place: Path, web: str) -> None:
    (place / "config/monitor.yaml").write_text(
        f"config_version: 1\nstorage: {{url: sqlite:///var/m.db}}\nwatchlists: [../list.yaml]\nfeeds: []\nweb: {web}\n"
    )


@contextmanager
def serving(place: Path) -> Iterator[int]:
    """`monitor web`, and the port it says."""
    command = [sys.executable, "-m", "monitor", "web"]
    process = subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert process.stdout
        yield int(process.stdout.readline().strip().rstrip("/").rpartition(":")[2])
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0


def ask(port: int, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_users_made_on_the_command_line_enter(place: Path) -> None:
    added = monitor(place, "web", "user", "add", "dana", stdin=PASSWORD + "\n")
    assert (added.status, added.err) == (0, "")
    assert "analyst" in added.out
    token = monitor(place, "web", "user", "token", "dana", "--label", "case-system").out.strip()
    listed = json.loads(monitor(place, "web", "user", "list", "--json").out)
    assert [(one["name"], one["role"], one["tokens"][0]["label"]) for one in listed] == [
        ("dana", "analyst", "case-system")
    ]
    kept = (place / "config/users.yaml").read_text()
    assert PASSWORD not in kept
    assert token not in kept
    with serving(place) as port:
        form = urlencode({"name": "dana", "password": PASSWORD}).encode()
        entered = ask(port, "/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})
        assert entered.status == 303
        assert ask(port, "/", Cookie=str(entered.getheader("Set-Cookie")).partition(";")[0]).status == 200
        assert ask(port, "/api/v1/hits", Authorization=f"Bearer {token}").status == 200
        assert monitor(place, "web", "user", "remove", "dana").status == 0
        assert ask(port, "/api/v1/hits", Authorization=f"Bearer {token}").status == 401


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "dana"), "short\n", "12 to 1024 characters"),
        (("add", "d/na"), PASSWORD, "is no name"),
        (("token", "kim", "--label", "x"), "", "no such file"),
        (("add", "dana", "--role", "boss"), PASSWORD, "--role"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(place: Path, arguments: tuple[str, ...], stdin: str, said: str) -> None:
    done = monitor(place, "web", "user", *arguments, stdin=stdin)
    assert done.status == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not (place / "config/users.yaml").exists()


@pytest.mark.parametrize("command", ["web", "run"])
def test_it_does_not_open_itself_to_others_by_accident(place: Path, command: str) -> None:
    settle(place, "{host: 0.0.0.0, port: 0}")
    done = monitor(place, command)
    assert done.status == 2
    assert "web.host: 0.0.0.0" in done.err
    assert done.err.count("\n") == 1
    settle(place, "{port: 0, users: users.yaml}")
    missing = monitor(place, command)
    assert missing.status == 2
    assert "monitor web user add" in missing.err
