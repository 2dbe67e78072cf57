"""`monitor feeds` against a newspaper on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Item, Newspaper, write_settings


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    one = Newspaper()
    one.feeds["world"] = [
        Item("Rosneft fined", "The refinery of Rosneft was fined by a court.", "/fined", "r1"),
        Item("Harbour wins prize", "The old town celebrates.", "/prize", "r2"),
    ]
    yield one
    one.close()


def monitor(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "feeds", *arguments, "--config", "monitor.yaml"],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def test_a_feed_is_tried_without_being_stored(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper)
    done = monitor(tmp_path, "test", f"{paper.url}/world")
    assert done.returncode == 0, done.stderr
    assert "2 entries, 1 with hits" in done.stdout
    assert "HIT Rosneft PJSC (energy, " in done.stdout
    assert "its rhythm is not known" in done.stdout
    assert "it can say that nothing changed" in done.stdout
    said = json.loads(monitor(tmp_path, "test", "world", "--json").stdout)
    assert [entry["title"] for entry in said["entries"]] == ["Rosneft fined", "Harbour wins prize"]
    assert [hit["entity"] for entry in said["entries"] for hit in entry["hits"]] == ["rosneft"]
    assert not list(tmp_path.glob("*.db"))


def test_what_is_no_feed_says_what_it_is(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper)
    paper.page("/front", "Front page", "News of the day.")
    done = monitor(tmp_path, "test", f"{paper.url}/front")
    assert done.returncode == 1
    assert "an HTML page, not a feed" in done.stderr
    assert monitor(tmp_path, "test", f"{paper.url}/nowhere").returncode == 1


def test_a_search_shows_whom_it_searches_for(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper)
    row = {"id": "hunt", "url": f"{paper.url}/find-{{name}}", "search": {"watchlists": ["energy"], "limit": 2}}
    (tmp_path / "feeds.yaml").write_text(json.dumps([{"id": "world", "url": f"{paper.url}/world"}, row]))
    paper.faults["/find-Rosneft%20PJSC"] = paper.rss("world")
    done = monitor(tmp_path, "test", "hunt")
    assert done.returncode == 0, done.stderr
    assert "problem: search feed hunt: 3 entities, of which the first 2" in done.stdout
    assert "2 searches, each every 6 h: one every 3 h" in done.stdout
    assert f"  {paper.url}/find-Lukoil%20PJSC" in done.stdout
    assert "2 entries, 1 with hits" in done.stdout
    one = json.loads(monitor(tmp_path, "test", "hunt.energy.rosneft", "--json").stdout)
    assert one["url"].endswith("/find-Rosneft%20PJSC")
    assert "hunt" not in monitor(tmp_path, "export").stdout
    assert "is the address of a search" in monitor(tmp_path, "add", f"{paper.url}/{{name}}").stderr
    listed = json.loads(monitor(tmp_path, "list", "--json").stdout)
    assert [feed["id"] for feed in listed] == ["world"]  # nothing has run yet


def test_what_was_searched_for_is_listed(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper)
    row = {"id": "hunt", "url": f"{paper.url}/find-{{name}}", "search": {"watchlists": ["energy"]}}
    (tmp_path / "feeds.yaml").write_text(json.dumps([row]))
    paper.faults |= {f"/find-{name}%20PJSC": paper.rss("world") for name in ("Rosneft", "Lukoil")}
    command = [sys.executable, "-m", "monitor", "poll", "--config", "monitor.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr  # one search found no feed
    for _ in range(2):  # looking at them takes none away
        listed = {feed["id"]: feed for feed in json.loads(monitor(tmp_path, "list", "--json").stdout)}
        assert listed["hunt.energy.rosneft"]["entries"] == 2
        assert listed["hunt.energy.lavrov"]["failures"] == 1
    done = subprocess.run([*command, "--feed", "hunt"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "polled 3 feeds" in done.stdout
