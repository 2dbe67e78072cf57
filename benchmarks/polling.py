"""How fast a thousand feeds are polled, whole and when nothing is new.

    python -m benchmarks.polling [--feeds 1000] [--entries 20] [--profile] [--write]

Protocol. A server of one process holds that many feeds, each with that many entries of some 60 words, and answers
conditional requests. A service as `monitor poll` makes it (SQLite, concurrency 64, per_host 64, min_gap 0, three
watched entities, no full texts) polls all of them into an empty database, and then all again, when every answer is
304. Seconds of the clock, and of the processor: the service with its workers, without the server. Beside it, in the
same run: what feedparser needs to parse the same documents as it comes, and a bare loop of `requests.get` over the
same addresses, one after the other, which reads nothing of what it gets.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import hashlib
import io
import json
import multiprocessing
import os
import platform
import pstats
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path

import feedparser
import requests

from benchmarks import families
from benchmarks.report import table, write_section
from monitor import config
from monitor.daemon import build_service, close_service, utc_now
from monitor.pipeline import Service
from monitor.pipeline.rounds import Done, poll_once
from tests.newsroom import WATCHLIST

SYLLABLES = "ta ri no ke lu mo sa ve di po ga re bu cha le so ni pa hu fe".split()  # noqa: SIM905
WORDS = ["".join(parts) for parts in product(SYLLABLES, repeat=3)]  # 8,000: as many as newspapers mostly use
Row = tuple[str, float, float]  # what, seconds of the clock, seconds of the processor


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=1000)
    arguments.add_argument("--entries", type=int, default=20)
    arguments.add_argument("--profile", action="store_true", help="Show where the polling threads spend their time.")
    arguments.add_argument("--write", action="store_true", help="Put the figures into docs/benchmarks.md.")
    asked = arguments.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs, asked.feeds, asked.entries), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{ours.recv()}"
    documents = [document(number, asked.entries) for number in range(asked.feeds)]
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        service = made(Path(directory), base, asked.feeds)
        try:
            whole = timed("polled fully", lambda: poll(service, asked))
            same = timed("nothing new (304)", lambda: poll(service, asked))
        finally:
            close_service(service)
            time.sleep(1.0)  # the fork server has counted the workers that ended
            workers = families.seconds(os.getpid(), but={os.getpid(), server.pid or 0})
    # a worker's time is known when it has ended; the second pass gives the workers nothing to do
    rows = [(whole[0], whole[1], whole[2] + workers), same]
    rows.append(timed("feedparser as it comes", lambda: [feedparser.parse(io.BytesIO(one)) for one in documents]))
    session = requests.Session()
    rows.append(timed("bare requests loop", lambda: [session.get(f"{base}/{n}").content for n in range(asked.feeds)]))
    load = os.getloadavg()[0]
    server.terminate()
    report(asked, rows, sum(map(len, documents)), load)


def report(asked: argparse.Namespace, rows: list[Row], size: int, load: float) -> None:
    parsing, loop = rows[2][2], rows[3][2]
    shown = [
        (name, f"{clock:.1f}", f"{cpu:.1f}", f"{cpu / parsing:.2f}", f"{cpu / loop:.2f}") for name, clock, cpu in rows
    ]
    head = ["", "clock, s", "processor, s", "÷ feedparser's", "÷ requests loop's"]
    said = (
        f"{asked.feeds:,} feeds of {asked.entries} entries ({size / 1e6:.1f} MB) on a loopback server, SQLite, "
        f"concurrency 64, Python {platform.python_version()}, {os.cpu_count()} cores with a load of {load:.1f} at the "
        "end: what is above 2 or 3 is others' work, and makes the clock's seconds long. Ratios are of processor time."
    )
    print(said, table(head, shown), sep="\n\n")
    if asked.write:
        write_section("polling", f"## Polling (`python -m benchmarks.polling`)\n\n{said}\n\n{table(head, shown)}")


def made(directory: Path, base: str, count: int) -> Service:
    (directory / "list.yaml").write_text(WATCHLIST)
    settings = {
        "storage": {"url": f"sqlite:///{directory}/monitor.db"},
        "watchlists": ["list.yaml"],
        "feeds": [{"id": f"feed-{n}", "url": f"{base}/{n}", "full_text": False} for n in range(count)],
        "polling": {"allow_private": True, "min_gap": 0, "per_host": 64, "concurrency": 64},
    }
    path = directory / "monitor.yaml"
    path.write_text(json.dumps(settings))
    return build_service(config.load(path, {}), echo=lambda _line: None, clock=utc_now)


def poll(service: Service, asked: argparse.Namespace) -> None:
    done = profiled(lambda: poll_once(service)) if asked.profile else poll_once(service)
    if done.polled != asked.feeds or done.failed:
        raise SystemExit(f"{done.failed} of {done.polled} polls failed: {service.store.feeds()[0].last_error}")


def profiled(work: Callable[[], Done]) -> Done:
    """With the profile of every thread that begins meanwhile, added up; processor time."""
    profiles: list[cProfile.Profile] = []
    run = threading.Thread.run

    def watched(thread: threading.Thread) -> None:
        profiles.append(cProfile.Profile(time.thread_time))
        profiles[-1].runcall(run, thread)

    threading.Thread.run = watched  # type: ignore[method-assign]
    try:
        return work()
    finally:
        threading.Thread.run = run  # type: ignore[method-assign]
        time.sleep(0.5)  # the pool's threads end
        stats = pstats.Stats(profiles[0])
        for one in profiles[1:]:
            stats.add(one)
        stats.sort_stats("cumulative").print_stats("monitor", 45)
        stats.sort_stats("tottime").print_stats(30)


def timed(name: str, work: Callable[[], object]) -> Row:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return name, time.perf_counter() - clock, time.process_time() - cpu


def document(number: int, entries: int) -> bytes:
    def words(seed: int, count: int) -> str:
        state = number * 1_000_003 + seed * 7_919 + 1
        chosen = []
        for _ in range(count):
            state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
            chosen.append(WORDS[(state >> 33) % len(WORDS)])
        return " ".join(chosen)

    items = "".join(
        f"<item><title>{words(n, 9).capitalize()}</title><link>https://paper-{number}.example/2026/{number}/{n}</link>"
        f"<guid isPermaLink='false'>{number}-{n}</guid>"
        f"<pubDate>Wed, 22 Oct 2025 {n % 24:02}:{number % 60:02}:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{words(n + 500, 50).capitalize()}.&lt;/p&gt;</description></item>"
        for n in range(entries)
    )
    text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper {number}</title>{items}</channel></rss>"
    return text.encode()


def serve(tell: Connection, feeds: int, entries: int) -> None:
    answers: dict[bytes, tuple[bytes, bytes, bytes]] = {}  # path → ETag, whole answer, "not modified"
    for number in range(feeds):
        body = document(number, entries)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'.encode()
        head = b"ETag: " + etag + b"\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
        whole = b"HTTP/1.1 200 OK\r\n" + head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
        answers[f"/{number}".encode()] = etag, whole, b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"

    class Talk(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            self.asked = b""

        def data_received(self, data: bytes) -> None:
            self.asked += data
            while b"\r\n\r\n" in self.asked:
                request, _, self.asked = self.asked.partition(b"\r\n\r\n")
                etag, whole, same = answers[request.split(b" ", 2)[1]]
                self.transport.write(same if etag in request else whole)  # type: ignore[attr-defined]

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Talk, "127.0.0.1", 0, backlog=512)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    main()
