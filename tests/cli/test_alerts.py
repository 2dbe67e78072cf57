"""Channels as settings name them: fallbacks, files, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.cli.support import monitor
from tests.newsroom import Item, Newspaper, write_settings


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    newspaper = Newspaper()
    newspaper.feeds["world"] = [Item("Rosneft fined", "Rosneft was fined by a court.", "", "r1")]
    yield newspaper
    newspaper.close()


def channels(*rows: dict[str, Any]) -> dict[str, Any]:
    made = [{"type": "console", **row} for row in rows]
    return {"channels": made, "routes": [{"id": "all", "channels": [row["id"] for row in made]}]}


def run(directory: Path, *arguments: str, expect: int = 0) -> str:
    done = monitor(directory, *arguments, MONITOR_CONFIG="monitor.yaml")
    assert done.status == expect, done.out + done.err
    return done.out + done.err


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": "a", "fallback": "b"}], "a falls back to 'b'; there are: a"),
        ([{"id": "a", "fallback": "a"}], "a falls back to itself in the end"),
        ([{"id": "a", "fallback": "b"}, {"id": "b", "fallback": "a"}], "a falls back to itself in the end"),
        ([{"id": "a", "rate": "many"}], "not a rate: write how many messages"),
        ([{"id": "a", "quiet": {"from": "25:00", "to": "07:00"}}], "not a time of day"),
        ([{"id": "a", "quiet": {"from": "22:00", "to": "07:00", "timezone": "Mars"}}], "not a time zone"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_where_it_is_written(
    tmp_path: Path, paper: Newspaper, rows: list[dict[str, Any]], said: str
) -> None:
    write_settings(tmp_path, paper, **channels(*rows))
    out = run(tmp_path, "check", expect=2)
    assert said in out
    assert "monitor.yaml:" in out


def test_a_chain_of_fallbacks_is_fine(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper, **channels({"id": "a", "fallback": "b"}, {"id": "b", "fallback": "c"}, {"id": "c"}))
    run(tmp_path, "check")


def test_hits_are_published_as_a_file_beside_the_settings(tmp_path: Path, paper: Newspaper) -> None:
    write_settings(tmp_path, paper, **channels({"id": "portal", "type": "atom", "path": "public/hits.xml"}))
    for _ in range(2):
        run(tmp_path, "poll")
    parsed = feedparser.parse((tmp_path / "public" / "hits.xml").read_bytes())
    [entry] = parsed.entries
    assert entry.title.startswith("Rosneft PJSC (energy, ")
    assert entry.title.endswith("): Rosneft fined")


def test_check_says_where_alerts_go(tmp_path: Path, paper: Newspaper) -> None:
    phone = {"id": "phone", "type": "apprise", "url": "ntfys://user:secret@push.example/topic"}
    write_settings(tmp_path, paper, **channels(phone))
    out = run(tmp_path, "check")
    assert "channel phone (apprise): alerts, with personal data in them, go out to ntfys (through Apprise)" in out
    assert "secret" not in out


def test_own_templates_are_used_and_previewed_and_faults_are_refused(tmp_path: Path, paper: Newspaper) -> None:
    (tmp_path / "templates").mkdir()
    template = tmp_path / "templates" / "console.txt.j2"
    template.write_text("OURS {{ message.headline }}\n")
    more = {**channels({"id": "terminal"}), "alerts": {"templates": "templates"}}
    write_settings(tmp_path, paper, **more)
    assert "OURS Rosneft PJSC (energy" in run(tmp_path, "poll")
    assert "OURS Northwind Example Shipping" in run(tmp_path, "alerts", "preview")
    assert "OURS Rosneft PJSC" in run(tmp_path, "alerts", "preview", "--channel", "terminal", "--hit", "1")
    assert "no channel 'x'" in run(tmp_path, "alerts", "preview", "--channel", "x", expect=2)
    template.write_text("{{ message.haedline }}")
    said = run(tmp_path, "check", expect=2)
    assert "console.txt.j2" in said
    assert "haedline" in said
    template.rename(template.with_name("mail.j2"))
    assert "no message is made of it" in run(tmp_path, "check", expect=2)
