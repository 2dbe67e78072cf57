"""SIGKILL at any moment of a poll: nothing is lost, nothing is stored twice, and what was sent twice says so."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from select import select

import pytest
from sqlalchemy import func
from sqlalchemy import select as query

from monitor.model.alerts import DeliveryState
from monitor.store import HitQuery, Store
from monitor.store.tables import articles, entry_keys, pages
from tests.newsroom import Item, Mailbox, Newspaper, write_settings
from tests.postgres import Postgres

ROOT = Path(__file__).parents[2]


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


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/monitor.db"
    server: Postgres = request.getfixturevalue("server")
    return server.database()


class Polls:
    """`monitor poll`, over and over; see `polls_by_fork`."""

    def __init__(self, settings: Path) -> None:
        self.settings = settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.polls_by_fork"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self) -> int:
        """One poll to its end; its exit status."""
        self._start()
        return self._ended()

    def run_and_kill(self, sign: Callable[[], int], wait: float) -> bool:
        """One poll, killed `wait` seconds after `sign` has changed; False when it ended before that."""
        before = sign()
        child = self._start()
        assert self.process.stdout is not None
        while sign() == before and not select([self.process.stdout], [], [], 0.002)[0]:
            pass
        select([self.process.stdout], [], [], wait)
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(child, signal.SIGKILL)
        return self._ended() == -signal.SIGKILL

    def _start(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.settings}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def _ended(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate(timeout=30)


def news(number: int) -> list[Item]:
    """A round's news: a name in the feed's own text, one that only the page has, one that an edit brings, and none."""
    return [
        Item(f"Cargo {number} seized", f"Customs seized cargo {number} of Rosneft.", "", f"cargo-{number}"),
        Item(f"Talks {number} end", f"Round {number} went on late.", f"/talks-{number}", f"talks-{number}"),
        Item(f"Fuel prices, week {number}", f"They rose by {number} cents.", "", f"fuel-{number}"),
        Item(f"Harbour {number} wins a prize", f"Jury {number} was of one mind.", "", f"prize-{number}"),
    ]


def edited(item: Item) -> Item:
    if not item.guid.startswith("fuel-") or "Lukoil" in item.summary:
        return item
    return Item(item.title, f"{item.summary} Lukoil followed.", item.path, item.guid)


def expected(rounds: int) -> list[tuple[str, str]]:
    """(title, entity) of every hit that there must be."""
    return sorted(
        pair
        for number in range(rounds)
        for pair in (
            (f"Cargo {number} seized", "rosneft"),
            (f"Talks {number} end", "lavrov"),
            (f"Fuel prices, week {number}", "lukoil"),
        )
    )


def crash(directory: Path, storage: str, paper: Newspaper, mail: Mailbox, *, kills: int, seed: int) -> None:
    """Kill polls at random moments; after every third a poll that ends must leave everything as if none was killed.

    News come in and are edited only after such a poll: what a killed one has lost, the feed does not bring again.
    """
    rng = random.Random(seed)
    signs: list[tuple[Callable[[], int], float]] = [  # what is waited for, and the seconds within which the kill comes
        (lambda: paper.requests["/world"], 0.2),  # parsing, screening, recording
        (lambda: sum(n for path, n in paper.requests.items() if path.startswith("/talks")), 0.2),
        (lambda: len(mail.messages), 0.05),  # between sending and noting it
    ]
    paper.feeds["world"] = []
    settings = write_settings(directory, paper, mail=mail, storage=storage, alerts={"burst": 100_000, "cooldown": "0s"})
    polls = Polls(settings)
    rounds = kills // 3
    killed = 0
    try:
        assert polls.run() == 0, (directory / "said").read_text()
        for number in range(rounds):
            talks(paper, number)
            paper.feeds["world"] = news(number) + [edited(item) for item in paper.feeds["world"][:4]]
            for sign, within in signs:
                killed += polls.run_and_kill(sign, rng.uniform(0.0, within))
            assert polls.run() == 0, (directory / "said").read_text()[-3000:]
        paper.feeds["world"] = [edited(item) for item in paper.feeds["world"]]
        assert polls.run() == 0, (directory / "said").read_text()[-3000:]
    finally:
        polls.close()
    assert killed >= rounds, "the kills came too late to mean anything"
    assert "Traceback" not in (directory / "said").read_text()
    count(storage, mail, rounds, killed)


def talks(paper: Newspaper, number: int) -> None:
    paper.page(
        f"/talks-{number}",
        f"Talks {number} end",
        f"Round {number} of the talks in the old palace went on until late, with no statement at its end.",
        f"Russian foreign minister Sergei Lavrov left round {number} through a side door and did not speak.",
        "A further round is planned for next month, in a place that neither delegation would name on Tuesday.",
    )


def count(storage: str, mail: Mailbox, rounds: int, killed: int) -> None:
    store = Store.open(storage, now=datetime.now(UTC))
    try:
        with store.db.read() as connection:
            titles = Counter(connection.execute(query(articles.c.title)).scalars())
            keyed = query(func.count(entry_keys.c.article_id.distinct()))
            assert connection.execute(keyed).scalar() == len(titles), "an article that no key leads to"
            assert connection.execute(query(func.count()).where(pages.c.due.is_not(None))).scalar() == 0
        assert titles == Counter(item.title for number in range(rounds) for item in news(number))
        assert store.feeds()[0].entries == len(titles)
        records = store.hits(HitQuery(limit=1_000_000))
        found = sorted((record.article.title, record.hit.entity.id) for record in records)
        assert found == expected(rounds), "a hit was lost, or stored twice"
        deliveries = store.deliveries()
        assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
        told = [(alert.channel, record.id) for d in deliveries for alert in d.alerts for record in alert.hits]
        ids = [record.id for record in records]
        assert sorted(told) == sorted((channel, id) for channel in ("desk-mail", "terminal") for id in ids)
        assert store.integrity() == []
        assert store.lease_owners() == []
    finally:
        store.close()
    messages = Counter(str(message["Message-ID"]) for message in mail.messages)
    assert len(messages) == len(found), "a message was lost, or went out again under another id"
    assert sum(messages.values()) - len(messages) <= killed, "at worst one message is repeated at each kill"


def test_kill_9_at_random_moments(tmp_path: Path, storage: str, paper: Newspaper, mail: Mailbox) -> None:
    crash(tmp_path, storage, paper, mail, kills=12, seed=20260301)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_kill_9_a_thousand_times(tmp_path: Path, storage: str, paper: Newspaper, mail: Mailbox) -> None:
    crash(tmp_path, storage, paper, mail, kills=1000, seed=20260302)
