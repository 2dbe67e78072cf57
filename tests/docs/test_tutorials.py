"""Who follows a page that tells it step by step sees what the page shows.

The files that a page names are written, its commands run in their order, in an empty directory, against a newspaper
and a mail server on this machine that stand in for the addresses on the page.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.examples import PAGES, ROOT, Block, Step, blocks, steps
from tests.newsroom import Item, Mailbox, Newspaper

TOLD = [page for page in PAGES if any(block.language == "console" and "$ " in block.text for block in blocks(page))]

NEWS = {
    "https://gcaptain.com/feed/": Item(
        "Tanker held off Fujairah", "Northgate Marine said that its tanker was held by the coast guard.", "", "1"
    ),
    "https://www.themoscowtimes.com/rss/news": Item("A visit", "Sergey Lavrov arrived on Monday.", "", "2"),
    "https://lenta.ru/rss": Item(
        "Переговоры", "Встреча с Сергеем Лавровым прошла в понедельник, сообщили в пресс-службе.", "", "3"
    ),
    "https://tvn24.pl/najwazniejsze.xml": Item(
        "Rozmowy", "Spotkanie z Siergiejem Ławrowem odbyło się w poniedziałek w Warszawie.", "", "4"
    ),
    "https://www.faz.net/rss/aktuell/": Item(
        "Besuch", "Außenminister Sergej Lawrow reiste am Montag nach einem kurzen Gespräch ab.", "", "5"
    ),
    "https://www.theguardian.com/world/rss": Item("Oil major fined", "A court fined Rosneft on Friday.", "", "6"),
    "https://www.cnbc.com/id/100727362/device/rss/rss.html": Item(
        "Caracas", "Nicolas Maduro spoke to the assembly for three hours.", "", "7"
    ),
}


@pytest.fixture
def newsroom() -> Iterator[tuple[Newspaper, Mailbox]]:
    paper, mail = Newspaper(), Mailbox()
    for number, item in enumerate(NEWS.values()):
        paper.feeds[f"feed{number}"] = [item]
    yield paper, mail
    paper.close()
    mail.close()


def local(text: str, paper: Newspaper, mail: Mailbox) -> str:
    """The page's addresses, those that a reader can reach and a test cannot, as ones on this machine."""
    for number, address in enumerate(NEWS):
        text = text.replace(address, f"{paper.url}/feed{number}")
    text = text.replace("host: mail.example.org", "host: 127.0.0.1").replace("port: 587", f"port: {mail.port}")
    return text.replace("security: starttls", "security: none")


def write(directory: Path, block: Block, paper: Newspaper, mail: Mailbox) -> None:
    text = local(block.text, paper, mail)
    if block.title.startswith("config/"):
        text += "polling: {allow_private: true, min_gap: 0s}\n"
    path = directory / block.title
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(directory: Path, step: Step) -> str:
    """What the command prints, as the reader's shell shows it."""
    done = subprocess.run(
        ["sh", "-c", step.command],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    # 1: the work found something to say (the reference, Commands)
    assert done.returncode in (0, 1), f"$ {step.command}\n{done.stdout}"
    return done.stdout


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", TOLD, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_reader_sees_what_the_page_shows(page: Path, tmp_path: Path, newsroom: tuple[Newspaper, Mailbox]) -> None:
    paper, mail = newsroom
    if page.name == "index.md":  # in a copy of the project, as it says
        (tmp_path / "watchlists").symlink_to(ROOT / "watchlists")
    shown = 0
    for block in blocks(page):
        if block.title:
            write(tmp_path, block, paper, mail)
        for step in steps(block) if block.language == "console" else ():
            out = run(tmp_path, step)
            assert step.fits(out), f"{block.id}: $ {step.command}\n{out}"
            shown += 1
    assert shown
    if page.name == "newsroom.md":
        queued = run(tmp_path, Step("monitor alerts list --json", ""))
        assert '"ana"' in queued
        assert "boris@example.org" in {str(message["To"]) for message in mail.messages}
        # whether Ana's has gone depends on the hour: that is what her quiet hours are for
        assert {str(message["To"]) for message in mail.messages} <= {"ana@example.org", "boris@example.org"}
    if page.name == "ministry.md":
        found = run(tmp_path, Step("monitor hits list --json", ""))
        assert found.count('"lavrov"') >= 4, "in all four papers"
