"""The service as a person would use it: the real commands, a real newspaper, a real mail server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Item, Mailbox, Newspaper, write_settings


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


def monitor(directory: Path, *arguments: str, expect: int = 0) -> str:
    """Run a command in the directory; its stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments, "--config", "monitor.yaml"],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout


def listing(directory: Path, noun: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(monitor(directory, noun, "list", "--json"))
    return found


def test_a_name_in_a_feed_becomes_one_hit_and_one_mail_and_nothing_more(
    tmp_path: Path, paper: Newspaper, mail: Mailbox
) -> None:
    paper.feeds["world"] = [
        Item("Refinery fire is out", "Crews from Rosneft put the fire out overnight.", "/fire", "f1"),
        Item("Harbour wins prize", "The old town celebrates.", "/prize", "f2"),
    ]
    paper.page("/fire", "Refinery fire is out", *["Crews worked through the night to save the plant." * 3] * 4)
    paper.page("/prize", "Harbour wins prize", *["The jury praised the quays and the market hall." * 3] * 4)
    write_settings(tmp_path, paper, mail=mail)

    said = monitor(tmp_path, "poll")
    assert "poll world: 2 entries, 2 new" in said
    hits = listing(tmp_path, "hits")
    assert [(hit["entity"], hit["watchlist"], hit["article"]["feed"]) for hit in hits] == [
        ("rosneft", "energy", "world")
    ]
    assert hits[0]["mentions"][0]["surface"] == "Rosneft"
    assert len(mail.messages) == 1
    assert "Rosneft PJSC" in mail.text()
    assert "Crews from Rosneft put the fire out overnight." in mail.text()
    assert f"{paper.url}/fire" in mail.text()

    for _ in range(2):
        assert "0 new hits, 0 messages sent" in monitor(tmp_path, "poll")
    assert listing(tmp_path, "hits") == hits
    assert len(mail.messages) == 1
    assert {delivery["state"] for delivery in listing(tmp_path, "alerts")} == {"sent"}


def test_the_full_text_is_read_and_menus_are_not(tmp_path: Path, paper: Newspaper) -> None:
    paper.feeds["world"] = [Item("Ministers meet", "Talks went on late.", "/talks", "t1")]
    paper.page(
        "/talks",
        "Ministers meet",
        "The talks in the old palace went on until late in the evening, with no statement at the end of the day.",
        "Russian foreign minister Sergei Lavrov left through a side door and did not speak to the reporters waiting.",
        "A second round is planned for next month, in a place that neither delegation would name on Tuesday.",
    )
    paper.pages["/talks"] = paper.pages["/talks"].replace(
        "Ten harbours to see before winter", "Lukoil shares fall again"
    )
    write_settings(tmp_path, paper)
    monitor(tmp_path, "poll")
    assert [hit["entity"] for hit in listing(tmp_path, "hits")] == ["lavrov"]


def test_feeds_that_fail_stop_nobody_and_say_why(tmp_path: Path, paper: Newspaper) -> None:
    paper.feeds["good"] = [Item("Lukoil sells stations", "Lukoil sold 200 stations.", "", "g1")]
    paper.faults |= {
        "/gone": 410,
        "/broken": 500,
        "/slow": 10.0,
        "/empty": b"",
        "/page": b"<!doctype html><html><body>Welcome</body></html>",
        "/cut": paper.rss("good").replace(b"</channel></rss>", b"<item><title>Rosneft is c"),
    }
    feeds = {name.lstrip("/"): name for name in paper.faults} | {"good": "/good"}
    write_settings(tmp_path, paper, feeds=feeds)
    monitor(tmp_path, "poll", expect=1)
    status = {feed["id"]: feed for feed in listing(tmp_path, "feeds")}
    assert status["good"]["failures"] == 0
    assert status["good"]["last_success"]
    assert status["cut"]["entries"] >= 1, "the complete entry of a feed that breaks off is kept"
    for name in ("gone", "broken", "slow", "empty", "page"):
        assert status[name]["failures"] == 1, name
        assert status[name]["last_error"], name
        assert status[name]["last_success"] is None, name
    assert "410" in status["gone"]["last_error"]
    assert "HTML" in status["page"]["last_error"]
    assert {hit["article"]["feed"] for hit in listing(tmp_path, "hits")} == {"good", "cut"}


def test_a_document_that_broke_off_is_asked_for_whole_again(tmp_path: Path, paper: Newspaper) -> None:
    """The server would call it unchanged, and the entry that was cut off would never be seen."""
    paper.feeds |= {"whole": [Item("Calm seas", "", "", "1")], "cut": [Item("Calm seas", "", "", "1")]}
    paper.faults["/cut"] = paper.rss("cut").replace(b"</channel></rss>", b"<item><title>Rosneft is c")
    write_settings(tmp_path, paper)
    monitor(tmp_path, "poll")
    said = monitor(tmp_path, "poll")
    assert "poll whole: unchanged" in said
    assert "poll cut: unchanged" not in said


def test_a_page_that_hangs_does_not_hold_back_what_the_feed_said(tmp_path: Path, paper: Newspaper) -> None:
    paper.feeds["world"] = [Item("Rosneft names a chairman", "The board met on Monday.", "/hangs", "h1")]
    paper.faults["/hangs"] = 60.0
    write_settings(tmp_path, paper)
    monitor(tmp_path, "poll")
    assert [hit["entity"] for hit in listing(tmp_path, "hits")] == ["rosneft"]


def test_an_edit_alerts_only_about_whom_it_adds(tmp_path: Path, paper: Newspaper, mail: Mailbox) -> None:
    paper.feeds["world"] = [Item("Fuel prices", "Rosneft raised its prices.", "", "e1")]
    write_settings(tmp_path, paper, mail=mail)
    monitor(tmp_path, "poll")
    paper.feeds["world"] = [Item("Fuel prices", "Rosneft and Lukoil raised their prices.", "", "e1")]
    monitor(tmp_path, "poll")
    assert sorted(hit["entity"] for hit in listing(tmp_path, "hits")) == ["lukoil", "rosneft"]
    assert len(mail.messages) == 2
    assert "Lukoil PJSC" in str(mail.messages[1]["Subject"])


def test_new_guids_on_old_items_add_nothing(tmp_path: Path, paper: Newspaper, mail: Mailbox) -> None:
    items = [Item(f"Rosneft opens well {n}", f"Well {n} is open.", f"/well-{n}", f"a{n}") for n in range(3)]
    paper.feeds["world"] = items
    write_settings(tmp_path, paper, mail=mail)
    monitor(tmp_path, "poll")
    before, mails = listing(tmp_path, "hits"), len(mail.messages)
    paper.feeds["world"] = [Item(item.title, item.summary, item.path, f"new-{item.guid}") for item in items]
    monitor(tmp_path, "poll")
    assert listing(tmp_path, "hits") == before
    assert len(mail.messages) == mails


def test_a_flood_becomes_one_summary_with_every_hit_in_it(tmp_path: Path, paper: Newspaper, mail: Mailbox) -> None:
    paper.feeds["world"] = [
        Item(f"Port {n} refuses tanker", f"Port {n} turned away a tanker of Lukoil with {n} tonnes.", "", f"p{n}")
        for n in range(1, 31)
    ]
    write_settings(tmp_path, paper, mail=mail)
    monitor(tmp_path, "poll")
    assert len(listing(tmp_path, "hits")) == 30
    assert len(mail.messages) == 1
    for n in range(1, 31):
        assert f"Port {n} refuses tanker" in mail.text()


def test_a_mail_server_that_is_down_loses_nothing(tmp_path: Path, paper: Newspaper, mail: Mailbox) -> None:
    paper.feeds["world"] = [Item("Rosneft in court", "Rosneft appeared in court.", "", "c1")]
    write_settings(tmp_path, paper, mail=mail)
    mail.reply = "451 try again later"
    monitor(tmp_path, "poll", expect=1)
    waiting = [row for row in listing(tmp_path, "alerts") if row["channel"] == "desk-mail"]
    assert [(row["state"], row["attempts"]) for row in waiting] == [("pending", 1)]
    assert "451" in waiting[0]["last_error"]
    assert len(waiting[0]["hits"]) == 1
    assert not mail.messages
    mail.reply = "554 no"
    with_retry_now(tmp_path)
    monitor(tmp_path, "poll", expect=1)
    dead = [row for row in listing(tmp_path, "alerts") if row["channel"] == "desk-mail"]
    assert [row["state"] for row in dead] == ["dead"]
    mail.reply = ""
    monitor(tmp_path, "alerts", "retry", str(dead[0]["id"]))
    monitor(tmp_path, "poll")
    assert len(mail.messages) == 1


def with_retry_now(directory: Path) -> None:
    """Let the time until the next try pass, as far as the database is concerned."""
    import sqlite3

    with sqlite3.connect(directory / "monitor.db") as database:
        database.execute("UPDATE deliveries SET next_attempt = '2020-01-01 00:00:00' WHERE state = 'pending'")


def test_an_unknown_feed_is_wrong_usage(tmp_path: Path, paper: Newspaper) -> None:
    paper.feeds["world"] = []
    write_settings(tmp_path, paper)
    monitor(tmp_path, "poll", "--feed", "nowhere", expect=2)


def test_one_feed_alone_can_be_polled(tmp_path: Path, paper: Newspaper) -> None:
    paper.feeds |= {"one": [Item("Calm seas", "Nothing stirs.", "", "1")], "two": [Item("Calm seas", "", "", "1")]}
    write_settings(tmp_path, paper)
    monitor(tmp_path, "poll", "--feed", "two")
    assert paper.requests["/one"] == 0
    assert paper.requests["/two"] == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"pollng": {}}, "polling"),
        ({"polling": {"interval": "soon"}}, "duration"),
        ({"storage": "postgresql://monitor:s3cret@127.0.0.1:1/x"}, "127.0.0.1"),
        ({"storage": "sqlite:////proc/nowhere/monitor.db"}, "/proc/nowhere"),
        ({"watchlists": ["missing"]}, "missing"),
        ({"channels": [{"id": "s", "type": "slack", "webhook_url": "${NO_SUCH_SECRET}"}]}, "NO_SUCH_SECRET"),
        ({"routes": [{"id": "r", "channels": ["nobody"]}]}, "nobody"),
    ],
)
def test_what_cannot_work_is_one_line_and_exit_2(
    tmp_path: Path, paper: Newspaper, settings: dict[str, Any], said: str
) -> None:
    paper.feeds["world"] = []
    write_settings(tmp_path, paper, **settings)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "poll", "--config", "monitor.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "s3cret" not in done.stderr + done.stdout
