"""`monitor doctor`: what is well and what is not, against real servers; nothing is changed and nothing is sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.store import Store
from tests.alerts.servers import Reply, Sink
from tests.cli.support import Done, monitor

LIST = "watchlist: energy\nentities: [{id: rosneft, name: Rosneft PJSC}]\n"


@pytest.fixture
def sink() -> Iterator[Callable[..., Sink]]:
    made: list[Sink] = []

    def start(*replies: Reply) -> Sink:
        made.append(Sink(*replies))
        return made[-1]

    yield start
    for one in made:
        one.close()


def lay_out(directory: Path, *channels: str, feed: str = "https://news.example.org/rss") -> None:
    (directory / "lists").mkdir()
    (directory / "lists" / "energy.yaml").write_text(LIST)
    (directory / "config").mkdir()
    channels = channels or ("id: terminal, type: console",)
    rows = "".join(f"  - {{{row}}}\n" for row in channels)
    ids = ", ".join(row.split(",")[0][4:] for row in channels)
    (directory / "config" / "monitor.yaml").write_text(
        f"watchlists: [../lists]\nfeeds: [{{id: world, url: {feed}}}]\nweb: {{enabled: false}}\nchannels:\n{rows}"
        f"routes: [{{id: all, channels: [{ids}]}}]\n"
    )


def look(directory: Path, *arguments: str, **environ: str) -> tuple[Done, dict[str, list[dict[str, Any]]]]:
    done = monitor(directory, "doctor", "--json", *arguments, **environ)
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in json.loads(done.out)["findings"]:
        found.setdefault(finding["area"], []).append(finding)
    return done, found


@contextmanager
def stored(directory: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{directory / 'var' / 'monitor.db'}", now=datetime.now(UTC))
    yield store
    store.close()


def test_a_fresh_directory_is_in_order_and_stays_as_it_is(tmp_path: Path) -> None:
    lay_out(tmp_path)
    done, found = look(tmp_path)
    assert done.status == 0, done.out
    assert "not there yet" in found["database"][0]["said"]
    assert not (tmp_path / "var").exists(), "looking makes nothing"
    plain = monitor(tmp_path, "doctor")
    assert "0 broken, 1 to look at" in plain.out
    assert "1 files, 1 entities, 1 names" in plain.out


def test_channels_are_asked_and_nothing_is_sent(tmp_path: Path, sink: Callable[..., Sink]) -> None:
    slack, hook = sink(Reply(body=b'{"ok": false, "error": "token_revoked"}')), sink(Reply(status=404))
    lay_out(
        tmp_path,
        f"id: bot, type: slack, token: xoxb-4711-secret, channel: C1, api_url: {slack.url}",
        f"id: case, type: webhook, url: {hook.url}/in/t0ps3cret",
        "id: post, type: email, host: 127.0.0.1, port: 9, from: a@example.org, to: [b@example.org], security: none",
        "id: page, type: atom, path: out/hits.atom",
    )
    done, found = look(tmp_path)
    assert done.status == 1
    by_channel = {row["said"].split()[0]: row for row in found["channels"]}
    assert "Slack refuses the token: token_revoked" in by_channel["bot"]["said"]
    assert by_channel["case"]["grade"] == "ok", "a webhook's host that answers is there, whatever it thinks of a GET"
    assert "127.0.0.1:9" in by_channel["post"]["said"]
    assert by_channel["post"]["grade"] == "broken"
    assert by_channel["page"]["grade"] == "ok"
    assert [request.path for request in slack.requests] == ["/auth.test"]
    assert [request.path for request in hook.requests] == ["/"], "the path is a secret, and no message is sent"
    assert "secret" not in done.out
    assert "t0ps3cret" not in done.out


def test_a_clock_behind_the_database(tmp_path: Path, sink: Callable[..., Sink]) -> None:
    lay_out(tmp_path)
    assert monitor(tmp_path, "feeds", "list").status == 0
    with stored(tmp_path) as store, store.db.write() as connection:
        later = datetime.now(UTC) + timedelta(days=400)
        connection.exec_driver_sql(f"UPDATE feeds SET last_polled = '{later:%Y-%m-%d %H:%M:%S}.000000'")
    done, found = look(tmp_path)
    assert done.status == 1
    assert f"has a record of {later:%Y-%m-%d}" in found["clock"][0]["said"]


def test_a_damaged_database_is_told_with_its_mend(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert monitor(tmp_path, "feeds", "list").status == 0
    file = tmp_path / "var" / "monitor.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray(file.read_bytes())
    raw[8192:40960] = b"\xa5" * (40960 - 8192)
    file.write_bytes(raw)
    done, found = look(tmp_path)
    assert done.status == 1
    assert found["database"][-1]["grade"] == "broken"
    assert "restore a backup" in found["database"][-1]["said"] + found["database"][-1]["mend"]


def test_an_older_schema_is_left_for_the_start(tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "var").mkdir()
    with sqlite3.connect(tmp_path / "var" / "monitor.db") as connection:
        connection.execute("CREATE TABLE elsewhere (id INTEGER)")
    _, found = look(tmp_path)
    assert found["database"][0]["grade"] == "watch"
    assert "brought up to date at the next start" in found["database"][0]["mend"]
    with sqlite3.connect(tmp_path / "var" / "monitor.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("elsewhere",)]


def test_lists_and_feeds_that_fail_are_named(tmp_path: Path, sink: Callable[..., Sink]) -> None:
    broken = sink(Reply(status=500))
    lay_out(tmp_path, feed=f"{broken.url}/rss")
    settings = tmp_path / "config" / "monitor.yaml"
    settings.write_text(settings.read_text() + "polling: {allow_private: true, min_gap: 0s}\n")
    assert monitor(tmp_path, "poll").status == 1
    (tmp_path / "lists" / "energy.yaml").write_text(LIST + "colour: red\n")
    (tmp_path / "lists" / "un.yaml").write_text("watchlist: un\nsource: un\n")
    done, found = look(tmp_path)
    assert done.status == 1
    assert "world" in found["feeds"][0]["said"]
    assert "500" in found["feeds"][0]["said"]
    assert "none of them answers" in found["feeds"][-1]["mend"]
    told = " | ".join(row["said"] for row in found["lists"])
    assert "energy.yaml:3" in told
    assert "un is not here" in told
    assert "nothing is watched" in found["lists"][-1]["mend"]


def test_broken_settings_end_with_2(tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "config" / "monitor.yaml").write_text("feds: []\n")
    done = monitor(tmp_path, "doctor")
    assert done.status == 2
    assert "monitor.yaml:1" in done.err
