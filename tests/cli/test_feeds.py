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
