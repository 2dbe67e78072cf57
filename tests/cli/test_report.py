"""`monitor report`, as it is run: a real newspaper polled, a report of that day written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.support import Done, monitor
from tests.newsroom import Item, Newspaper, write_settings


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    newspaper = Newspaper()
    newspaper.feeds["world"] = [Item("Rosneft fined", "Rosneft was fined by a court.", "", "r1"), Item("Fuel", "Dear.")]
    yield newspaper
    newspaper.close()


def test_a_day_is_reported(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper)
    today = f"{datetime.now(UTC):%Y-%m-%d}"

    def run(*arguments: str) -> Done:
        return monitor(tmp_path, *arguments, MONITOR_CONFIG="monitor.yaml")

    assert run("poll").status == 0
    told = run("report", "--from", today, "--entity", "Роснефть", "--output", "rosneft.html")
    assert told.status == 0, told.err
    assert told.out.startswith("Yes: Rosneft PJSC was found in 1 article on ")
    page = (tmp_path / "rosneft.html").read_text(encoding="utf-8")
    assert page.count("<!doctype html>") == 1
    assert "<mark>Rosneft</mark>" in page
    assert "<link" not in page, "the file needs no other"
    report = json.loads(run("report", "--from", today, "--format", "json").out)
    assert report["coverage"]["articles"] == 2
    assert report["coverage"]["open_gaps"] == 0
    assert [(one["watchlist"], one["entities"], one["names"]) for one in report["lists"]] == [("energy", 3, 6)]
    assert report["hits"][0]["list_version"] == report["lists"][0]["version"]
    assert report["hits"][0]["matcher_version"] == report["matchers"][0]["version"]
    wrong = run("report", "--from", "22.11.2026")
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err == "monitor: '22.11.2026' is no day or time; write 2026-11-22, or 2026-11-22T14:00+01:00\n"
    nowhere = run("report", "--from", today, "--output", "no/such/place.html")
    assert nowhere.status == 2
    assert "cannot be written" in nowhere.err
