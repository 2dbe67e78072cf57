"""A day at a newspaper's pace, compressed: what it does to a service, and what that takes of the machine meanwhile.

The newspaper writes (seeded), feeds break and mend, the mail server refuses for a while, a watchlist is edited, people
look at the desk. Every few seconds the service's process is measured from outside.
"""

from __future__ import annotations

import random
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.newsroom import WATCHLIST, Item, Mailbox, Newspaper, write_settings

FEEDS = 20
KEPT = 30
"""Entries that a feed shows."""

EVENING = 240.0
"""Seconds, of the machine's, that what was written last has to be told: a feed's interval, retries, its back-off."""

WATCHED = ("Rosneft", "Lukoil", "Sergei Lavrov")
PLACES = ("Aldport", "Bremsund", "Corvo", "Dalnik", "Esperance", "Fjordby", "Galt", "Hoek", "Irkal", "Jutta")
CARGOES = ("grain", "timber", "crude", "copper", "cars", "cement", "fertiliser", "coal", "steel", "salt")


@dataclass(frozen=True, slots=True)
class Sample:
    """The service at one moment."""

    hour: float  # of the compressed day
    memory: int  # bytes resident, of the process without its workers
    workers: int  # bytes resident, of its child processes
    files: int  # open file descriptors
    threads: int
    connections: int  # to the database


@dataclass(frozen=True, slots=True)
class Day:
    samples: tuple[Sample, ...]
    written: int  # articles that the newspaper wrote about somebody who is watched
    told: int  # mails about them, each counted once
    mails: int  # mails in all
    polls: int
    said: tuple[str, ...]  # the end of what the service printed


def run(
    directory: Path, *, storage: str, connections: Callable[[int], int], hours: float, pace: float, seed: int
) -> Day:
    """Run the service for `hours` of its own time. connections: the database's, of a process id."""
    rng = random.Random(seed)
    paper, mail = Newspaper(), Mailbox()
    for number in range(FEEDS):
        paper.feeds[f"feed{number}"] = [Item("Calm", "Nothing sails.", "", f"{number}-first")]
    settings = write_settings(
        directory,
        paper,
        mail=mail,
        storage=storage,
        alerts={"burst": 1000, "cooldown": "0s", "heartbeat": "hourly"},
        polling={"allow_private": True, "min_gap": "0s", "timeout": "20m", "per_host": 8, "interval": "15m"},
        retention={"articles": "2h", "entries": "4h", "messages": "4h"},
    )
    rows = (f"- {{id: feed{n}, url: '{paper.url}/feed{n}', interval: 15m, full_text: true}}\n" for n in range(FEEDS))
    (directory / "feeds.yaml").write_text("".join(rows))
    with (directory / "said.txt").open("w") as said:
        service = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.daemon", str(settings), str(pace)],
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parents[2],
        )
    try:
        url = _url(directory / "said.txt", service)
        samples, written = _live_through(directory, paper, mail, service, url, connections, hours, pace, rng)
    finally:
        if service.poll() is None:
            service.send_signal(signal.SIGTERM)
            service.wait(30)
        lines = (directory / "said.txt").read_text().splitlines()
        paper.close()
        mail.close()
    polls = sum(line.startswith("poll ") for line in lines)
    return Day(tuple(samples), written, len(_told(mail)), len(mail.messages), polls, tuple(lines[-40:]))


def _live_through(
    directory: Path,
    paper: Newspaper,
    mail: Mailbox,
    service: subprocess.Popen[bytes],
    url: str,
    connections: Callable[[int], int],
    hours: float,
    pace: float,
    rng: random.Random,
) -> tuple[list[Sample], int]:
    samples: list[Sample] = []
    written = article = turn = 0
    began = time.monotonic()
    lists = directory / "watchlists" / "energy.yaml"
    while (hour := (time.monotonic() - began) * pace / 3600) < hours:
        for _ in range(3):
            article += 1
            written += _write(paper, rng, article, about=article % 4 == 0)
        turn += 1
        _break_and_mend(paper, mail, rng, turn)
        if turn % 40 == 0:
            extra = "".join(f"  - {{name: Northgate Marine {turn} {n}}}\n" for n in range(turn // 40 % 3))
            lists.write_text(WATCHLIST + extra)
        for path in ("/", "/overview", "/api/v1/hits?limit=20", "/metrics", "/hits.atom"):
            if rng.random() < 0.4:
                assert requests.get(url + path, timeout=60).status_code in (200, 503), path
        samples.append(measure(service.pid, hour, connections))
        assert service.poll() is None, "the service ended by itself"
        time.sleep(2.0)
    # evening: nothing is written any more and nothing is broken, so what is still on its way arrives
    paper.faults.clear()
    mail.reply = ""
    end = time.monotonic() + EVENING
    while len(_told(mail)) < written and time.monotonic() < end:
        time.sleep(0.5)
    return samples, written


def _told(mail: Mailbox) -> set[str]:
    """The numbers of the articles that mails tell of."""
    return {
        number
        for message in list(mail.messages)
        if (body := message.get_body(("plain",))) is not None
        for number in re.findall(r"Ref (\d+)", str(message["Subject"]) + body.get_content())
    }


def _write(paper: Newspaper, rng: random.Random, number: int, *, about: bool) -> int:
    """A new article in one of the feeds, half of them with a page; whether it is about somebody who is watched."""
    feed = paper.feeds[f"feed{rng.randrange(FEEDS)}"]
    who = rng.choice(WATCHED) if about else "A firm"
    what = " ".join(rng.choices(PLACES, k=4) + rng.choices(CARGOES, k=4))
    title = f"Ref {number}: {who} and the {rng.choice(CARGOES)} of {rng.choice(PLACES)}"
    path = f"/page/{number}" if number % 2 else ""
    if path:
        paper.page(
            path, title, *(f"{who} of {rng.choice(PLACES)}, {what}, paragraph {n} of {number}." for n in range(6))
        )
        paper.pages.pop(f"/page/{number - 400}", None)
    feed.insert(0, Item(title, f"{what}, {number}. {who} would not comment.", path, str(number)))
    del feed[KEPT:]
    return int(about)


def _break_and_mend(paper: Newspaper, mail: Mailbox, rng: random.Random, turn: int) -> None:
    if turn % 5 == 0:
        paper.faults.clear()
        for number in rng.sample(range(FEEDS), 3):
            paper.faults[f"/feed{number}"] = rng.choice((500, 404, 0.5, b"<rss><channel><item><title>broken"))
    mail.reply = "451 try again" if turn % 60 in (10, 11, 12) else ""


def measure(pid: int, hour: float, connections: Callable[[int], int]) -> Sample:
    below = _children(pid)
    return Sample(
        hour=hour,
        memory=_resident(pid),
        workers=sum(_resident(child) for child in below),
        files=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        threads=len(list(Path(f"/proc/{pid}/task").iterdir())),
        connections=connections(pid),
    )


def open_files(pid: int, path: Path) -> int:
    """How often a process has this file open: for SQLite, its connections."""
    count = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += str(link.readlink()) == str(path)
        except FileNotFoundError:  # closed meanwhile
            continue
    return count


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(child) for child in task.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        found += own + [below for child in own for below in _children(child)]
    return found


def _url(path: Path, service: subprocess.Popen[bytes]) -> str:
    for _ in range(3000):
        if found := re.search(r"http://127\.0\.0\.1:\d+", path.read_text()):
            return found[0]
        assert service.poll() is None, path.read_text()
        time.sleep(0.1)
    raise AssertionError("the desk was not served within five minutes")


def grown(samples: Sequence[Sample], what: str) -> tuple[float, float]:
    """(median in the second quarter, median in the last): the first is for warming up."""
    quarter = len(samples) // 4
    values = [float(getattr(one, what)) for one in samples]
    return statistics.median(values[quarter : 2 * quarter]), statistics.median(values[-quarter:])


def leaks(samples: Sequence[Sample], *, memory: float) -> list[str]:
    """What is not flat: memory that grew by more than the share `memory`, handles, threads or connections by any more
    than what comes and goes with the work in hand.
    """
    found = []
    for what, allowed in (("memory", None), ("workers", None), ("files", 4), ("threads", 3), ("connections", 2)):
        before, after = grown(samples, what)
        limit = before * (1 + memory) if allowed is None else before + allowed
        if after > limit:
            found.append(f"{what}: {before:,.0f} in the second quarter, {after:,.0f} in the last")
    return found


__all__ = ["Day", "Sample", "grown", "leaks", "measure", "open_files", "run"]
