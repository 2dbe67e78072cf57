"""Silences and reasons, as an analyst uses them: real commands, a real newspaper, a real mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import monitor
from tests.newsroom import Item, Mailbox, Newspaper, write_settings


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    newspaper = Newspaper()
    newspaper.feeds["world"] = [Item("Rosneft fined", "Rosneft was fined by a court.", "", "r1")]
    yield newspaper
    newspaper.close()


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


def run(directory: Path, *arguments: str, expect: int = 0) -> str:
    done = monitor(directory, *arguments, MONITOR_CONFIG="monitor.yaml")
    assert done.status == expect, done.out + done.err
    return done.out + done.err


def test_silence_is_kept_while_it_lasts_and_says_why(tmp_path: Path, paper: Newspaper, mail: Mailbox) -> None:
    write_settings(tmp_path, paper, mail=mail)
    said = run(tmp_path, "silence", "add", "--entity", "rosneft", "--for", "7d", "--reason", "annual meeting")
    assert "silence 1: entity rosneft until" in said
    run(tmp_path, "poll")
    assert mail.messages == []
    assert len(json.loads(run(tmp_path, "hits", "list", "--json"))) == 1, "the evidence is kept all the same"
    [verdict] = json.loads(run(tmp_path, "alerts", "why", "--hit", "1", "--json"))
    assert (verdict["told"], verdict["deliveries"]) == (None, [])
    assert verdict["reason"].startswith("silence 1 until ")
    assert verdict["reason"].endswith("(annual meeting)")
    assert "NOT told" in run(tmp_path, "alerts", "why", "--hit", "1")

    [listed] = json.loads(run(tmp_path, "silence", "list", "--json"))
    assert (listed["entity"], listed["in_force"], listed["reason"]) == ("rosneft", True, "annual meeting")
    assert "silence 1 is over" in run(tmp_path, "silence", "end", "1")
    assert "nothing is silenced" in run(tmp_path, "silence", "list")
    assert "annual meeting" in run(tmp_path, "silence", "list", "--all")

    paper.feeds["world"].append(Item("Rosneft appeals", "Rosneft appealed on Monday.", "", "r2"))
    run(tmp_path, "poll")
    assert len(mail.messages) == 1
    assert "Rosneft appeals" in mail.text()
    [delivery] = [one for one in json.loads(run(tmp_path, "alerts", "list", "--json")) if one["channel"] == "desk-mail"]
    shown = run(tmp_path, "alerts", "show", str(delivery["id"]))
    assert "sent" in shown
    assert "because: route" in shown
    assert "first alert about this subject" in run(tmp_path, "alerts", "why", str(delivery["id"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["silence", "add", "--for", "1h", "--reason", "x"], "say what to silence"),
        (["silence", "add", "--feed", "world", "--reason", "x"], "say how long"),
        (["silence", "add", "--feed", "world", "--for", "soon", "--reason", "x"], "'soon' is not a duration"),
        (["silence", "add", "--feed", "world", "--for", "0s", "--reason", "x"], "must end in the future"),
        (["silence", "add", "--feed", "world", "--until", "2020-01-01", "--reason", "x"], "must end in the future"),
        (["silence", "end", "9"], "no silence 9 is in force"),
        (["alerts", "why"], "name a delivery"),
        (["alerts", "why", "9"], "no delivery 9"),
        (["alerts", "why", "--hit", "9"], "no hit 9"),
        (["alerts", "show", "9"], "no delivery 9"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(tmp_path: Path, paper: Newspaper, arguments: list[str], said: str) -> None:
    write_settings(tmp_path, paper)
    out = run(tmp_path, *arguments, expect=2)
    assert said in out
    assert len(out.splitlines()) == 1
