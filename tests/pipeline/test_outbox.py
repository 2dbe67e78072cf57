"""The outbox under fire: killed between claiming, sending and recording; a channel that hangs; a flood that waits."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import select
from typing import IO

import pytest

from monitor.model.alerts import DeliveryState
from monitor.model.settings import FeedSource
from monitor.pipeline.rounds import Rounds
from monitor.store import Store
from tests.alerts.servers import Reply, Sink
from tests.newsroom import Mailbox
from tests.pipeline.desk import Desk
from tests.store.support import Planner, new, poll

ROOT = Path(__file__).parents[2]
RECIPIENTS = ("ana@example.org", "ben@example.org")


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


class Sender:
    """`dispatch_by_fork`, over and over."""

    def __init__(self, settings: Path) -> None:
        self.settings = settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.dispatch_by_fork"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, aim: Callable[[], bool] | None = None, delay: float = 0.0) -> bool:
        """Send what is due; killed `delay` seconds after `aim` holds. Whether it came to its end."""
        self._pipe(self.process.stdin).write(f"{self.settings}\n")
        self._pipe(self.process.stdin).flush()
        out = self._pipe(self.process.stdout)
        child = int(out.readline())
        while aim is not None and not select([out], [], [], 0.0005)[0]:
            if aim():
                time.sleep(delay)
                with suppress(ProcessLookupError):  # it ended this very moment
                    os.kill(child, signal.SIGKILL)
                break
        return out.readline().strip() == "0"

    def close(self) -> None:
        self._pipe(self.process.stdin).close()
        self.process.wait(timeout=20)
        self._pipe(self.process.stdout).close()

    def _pipe(self, pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


def killed(directory: Path, mail: Mailbox, *, rounds: int, seed: int, burst: int) -> tuple[int, int]:
    """(mails, those that came again). Each round brings news and is killed while it sends them."""
    (directory / "list.yaml").write_text("watchlist: energy\nentities: [{name: Rosneft PJSC}]\n")
    url = f"sqlite:///{directory}/monitor.db"
    channel = {
        "id": "desk",
        "type": "email",
        "host": "127.0.0.1",
        "port": mail.port,
        "security": "none",
        "from": "monitor@example.org",
        "to": list(RECIPIENTS),
        "burst": burst,
    }
    settings = directory / "monitor.yaml"
    settings.write_text(
        json.dumps({"storage": {"url": url}, "watchlists": ["list.yaml"], "feeds": [], "channels": [channel]})
    )
    rng = random.Random(seed)
    now = datetime.now(UTC) - timedelta(hours=1)
    store = Store.open(url, now=now)
    store.sync_feeds([FeedSource(id="world", url="https://world.example/rss")], now)
    sender = Sender(settings)
    titles: list[str] = []
    ended = 0
    try:
        for number in range(rounds):
            fresh = [f"Rosneft cargo {number}.{n} sails" for n in range(6)]
            titles += fresh
            news = poll(*(new(title) for title in fresh), at=now + timedelta(seconds=number))
            store.record_poll(news, Planner("desk", recipients=RECIPIENTS, due=now))
            at = len(mail.messages) + rng.randint(0, len(fresh) * len(RECIPIENTS) if burst > len(fresh) else 2)
            ended += sender.send(lambda at=at: len(mail.messages) >= at, rng.uniform(0.0, 0.008))  # type: ignore[misc]
        while not sender.send():
            pytest.fail("nobody killed it")
    finally:
        sender.close()
    assert ended < rounds, "no kill met it at work"

    assert {d.state for d in store.deliveries()} == {DeliveryState.SENT}
    store.close()
    carried: dict[tuple[str, str], set[str]] = {}
    for message in mail.messages:
        body = message.get_body(("plain",))
        assert body is not None
        for title in re.findall(r"Rosneft cargo \d+\.\d+ sails", str(message["Subject"]) + body.get_content()):
            carried.setdefault((title, str(message["To"])), set()).add(str(message["Message-ID"]))
    for title in titles:
        for recipient in RECIPIENTS:
            assert (title, recipient) in carried, "lost"
    assert all(len(ids) == 1 for ids in carried.values()), "what came twice came under one id"
    ids = [str(message["Message-ID"]) for message in mail.messages]
    return len(ids), len(ids) - len(set(ids))


@pytest.mark.parametrize(("burst", "seed"), [(1000, 4), (5, 9)], ids=["one by one", "in summaries"])
def test_kill_9_between_claim_send_and_record(tmp_path: Path, mail: Mailbox, burst: int, seed: int) -> None:
    killed(tmp_path, mail, rounds=12, seed=seed, burst=burst)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("burst", [1000, 5], ids=["one by one", "in summaries"])
def test_kill_9_hundreds_of_times(tmp_path: Path, mail: Mailbox, burst: int) -> None:
    mails, again = killed(tmp_path, mail, rounds=300, seed=1, burst=burst)
    sys.stdout.write(f"{mails} mails, {again} of them again\n")  # for who runs it with -s
    assert 0 < again < mails / 2, "kills between sending and recording were among them"


def test_one_dead_channel_delays_no_other(desk: Desk, sink: Callable[..., Sink]) -> None:
    hangs = sink(Reply(200, b"ok", delay=20.0))
    slack = {"id": "desk-slack", "type": "slack", "webhook_url": f"{hangs.url}/hook", "timeout": "15s"}
    desk.start([slack, {"id": "terminal", "type": "console"}])
    desk.news("Rosneft fined")
    rounds = Rounds(desk.service)
    try:
        assert rounds.claim_deliveries() == 2
        while rounds.in_hand("send") > 1:
            rounds.wait(1.0)
        states = {d.channel: d.state for d in desk.service.store.deliveries()}
        assert states == {"desk-slack": DeliveryState.PENDING, "terminal": DeliveryState.SENT}
        desk.news("Lukoil sells stations")
        rounds.claim_deliveries()
        while rounds.in_hand("send") > 1:
            rounds.wait(1.0)
        assert any("Lukoil sells stations" in line for line in desk.said), "nor does it the time after"
    finally:
        desk.service.channel_client.close()
        rounds.stop(grace=10.0)


def backlog(desk: Desk, count: int) -> None:
    planner = Planner("terminal", due=desk.now)
    for start in range(0, count, 1000):
        news = [new(f"Rosneft cargo {n} sails") for n in range(start, min(start + 1000, count))]
        desk.service.store.record_poll(poll(*news, at=desk.now), planner)
        desk.now += timedelta(seconds=1)
    desk.now += timedelta(minutes=10)


@pytest.mark.parametrize("burst", [10, 100_000], ids=["in summaries", "one by one"])
def test_a_backlog_of_ten_thousand_drains(desk: Desk, burst: int) -> None:
    desk.start([{"id": "terminal", "type": "console", "burst": burst}])
    backlog(desk, 10_000)
    told: list[str] = []
    while said := desk.send():
        told += said
        desk.now += timedelta(minutes=1)
    titles = [int(number) for number in re.findall(r"^ +Rosneft cargo (\d+) sails$", "\n".join(told), re.MULTILINE)]
    assert sorted(titles) == list(range(10_000)), "each once"
    assert desk.service.store.oldest_due_deliveries(desk.now) == {}
    assert len(told) == (10 if burst == 10 else 10_000)
