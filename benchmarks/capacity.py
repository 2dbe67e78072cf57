"""What a day of the world's news costs, and what 100 million articles would: docs/capacity.md.

    python -m benchmarks.capacity [--feeds 250] [--rounds 10] [--articles 260] [--write]
    python -m benchmarks.cluster --parts bulk,memory --write        the rest of the page

Protocol. The day: 10,000 feeds asked every quarter of an hour (960,000 polls) and 1,000,000 articles, each with its
page and its robots.txt rules, against OFAC's SDN and consolidated lists. It is scaled down by a factor that is told:
a newsroom on loopback (benchmarks/newsroom.py) has `feeds` feeds and adds `articles` articles before each of `rounds`
rounds, with as many polls for each article as the day has. The service is the real one, its full pipeline: fetch,
parse, match, record, fetch the page, extract, match, record. Processor seconds of all its processes, which others'
work on the machine leaves as they are; multiplied by the factor they are the day's. Twice: one process with SQLite;
and a daemon with PostgreSQL and two Dask workers, where what the daemon itself takes (the one writer) is told apart.

Stages: processor time of the threads that did the work, by what they did; parsing and extraction run in processes of
their own and are what their family took.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from benchmarks import families
from benchmarks.quality import commit
from benchmarks.report import shared_data, table
from monitor import config
from monitor.daemon import build_service, close_service, utc_now
from monitor.pipeline import Service
from monitor.pipeline.cluster import Cluster
from monitor.pipeline.rounds import poll_once
from tests.cluster import Dask
from tests.postgres import postgres

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "benchmarks/capacity.json"
PAGE = ROOT / "docs/capacity.md"
LISTS = ("ofac-sdnset-2024-01-08.sdn.csv", "ofac-cons-2025-03-28.xml")

DAY_FEEDS, DAY_ARTICLES, DAY_POLLS = 10_000, 1_000_000, 960_000
SECONDS = 86_400


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=250)
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--articles", type=int, default=260, help="Added before each round.")
    arguments.add_argument("--ways", default="one,cluster", type=lambda said: said.split(","))
    arguments.add_argument("--write", action="store_true", help="Write docs/capacity.md.")
    arguments.add_argument(
        "--page", action="store_true", help="Only write the page again, of the figures that are kept."
    )
    asked = arguments.parse_args()
    if asked.page:
        PAGE.write_text(page(json.loads(KEPT.read_text())), encoding="utf-8")
        return
    data = shared_data()
    if data is None:
        raise SystemExit("set MONITOR_SHARED_DATA: real texts and lists are used")
    for way in asked.ways:
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            done = day(Path(directory), data, asked, way)
        print(json.dumps(done, indent=1))
        if asked.write:
            keep(f"day {way}", done)


def keep(part: str, figures: dict[str, Any]) -> None:
    """Keep these figures, and write the page of all that are kept."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept[part] = figures
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(page(kept), encoding="utf-8")


class Stages:
    """Processor time of threads, by what they did."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._lock = threading.Lock()

    def watch(self, owner: object, name: str, stage: str) -> None:
        """From now on `owner.name(…)` is counted as `stage`."""
        work = getattr(owner, name)

        @wraps(work)
        def watched(*args: Any, **kwargs: Any) -> Any:
            begun = time.thread_time()
            try:
                return work(*args, **kwargs)
            finally:
                with self._lock:
                    self.seconds[stage] += time.thread_time() - begun

        setattr(owner, name, watched)


def day(place: Path, data: Path, asked: argparse.Namespace, way: str) -> dict[str, Any]:
    with ExitStack() as stack:
        room = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.newsroom", str(asked.feeds), str(data / "articles/articles.jsonl.gz")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(room.wait)
        stack.callback(room.kill)
        assert room.stdin is not None
        assert room.stdout is not None
        base = f"http://127.0.0.1:{room.stdout.readline().strip()}"
        storage, dask = f"sqlite:///{place}/monitor.db", None
        if way == "cluster":
            server = stack.enter_context(postgres())
            if server is None:
                raise SystemExit("no PostgreSQL binaries run here")
            storage = server.database()
            dask = Dask(place)
            stack.callback(dask.close)
            dask.scheduler()
            for name in ("one", "two"):
                dask.worker(name, threads=16)
        service = made(place, data, base, storage, asked.feeds)
        stages = Stages()
        stages.watch(service.store, "record_poll", "record (the writer)")
        stages.watch(service.store, "record_page", "record (the writer)")
        if dask:
            service.hands = cluster = Cluster.of(service, dask.address, 88.0)
            stack.callback(cluster.close)
            while cluster.problems():
                time.sleep(0.5)
        else:
            stages.watch(service.hands, "ask", "fetch")
            stages.watch(service.hands, "do", "match")
        before, begun = time.process_time(), time.perf_counter()
        polled = read = hits = 0
        for _ in range(asked.rounds):
            room.stdin.write(f"{asked.articles}\n")
            room.stdin.flush()
            room.stdout.readline()
            done = poll_once(service)
            if done.failed or done.errors:
                raise SystemExit(f"{done.failed} polls failed, {done.errors} pieces of work were lost")
            polled, read, hits = polled + done.polled, read + done.pages, hits + done.hits
        own, clock = time.process_time() - before, time.perf_counter() - begun
        stored = sum(feed.entries for feed in service.store.feeds())
        elsewhere = sum(families.seconds(process.pid) for process in dask.running.values()) if dask else 0.0
        size = database_bytes(service, place)
        close_service(service)
        parsers = 0.0
        if not dask:
            time.sleep(1.0)  # the fork server has counted the workers that ended
            parsers = families.seconds(os.getpid(), but={os.getpid(), room.pid})
            stages.seconds["parse, extract"] = parsers
        stages.seconds["the rest"] = own - sum(stages.seconds.values()) + (parsers if not dask else 0.0)
        return {
            "measured": f"{datetime.now(UTC):%Y-%m-%d}",
            "commit": commit(),
            "feeds": asked.feeds,
            "polls": polled,
            "articles": stored,
            "pages": read,
            "hits": hits,
            "factor": round(DAY_ARTICLES / stored),
            "clock": clock,
            "daemon": own,
            "workers": elsewhere + parsers,
            "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "database_bytes": size,
            "stages": dict(stages.seconds),
            "load": round(os.getloadavg()[0], 1),
        }


def made(place: Path, data: Path, base: str, storage: str, feeds: int) -> Service:
    (place / "lists").mkdir()
    for number, name in enumerate(LISTS):
        kind = ("ofac-sdn", "ofac-consolidated")[number]
        row = {"watchlist": kind, "source": kind, "file": str(data / "lists" / name)}
        (place / "lists" / f"{kind}.yaml").write_text(json.dumps(row))
    settings = {
        "storage": {"url": storage},
        "watchlists": ["lists"],
        "feeds": [{"id": f"feed-{n}", "url": f"{base}/feed/{n}"} for n in range(feeds)],
        "polling": {"allow_private": True, "min_gap": 0, "per_host": 64, "concurrency": 32},
        "alerts": {"burst": 1_000_000},
    }
    path = place / "monitor.yaml"
    path.write_text(json.dumps(settings))
    os.chdir(place)
    return build_service(config.load(path, {}), echo=lambda _line: None, clock=utc_now)


def database_bytes(service: Service, place: Path) -> int:
    if service.store.db.sqlite:
        return sum(path.stat().st_size for path in place.glob("monitor.db*"))
    with service.store.db.read() as connection:
        total = (
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        )
        return int(connection.exec_driver_sql(total).scalar() or 0)


Figures = dict[str, Any]


def page(kept: dict[str, Figures]) -> str:
    """docs/capacity.md, as far as there are figures."""
    parts: list[Callable[[dict[str, Figures]], str]] = [_day, _bulk, _memory, _plan]
    return "\n\n".join([HEAD, *filter(None, (part(kept) for part in parts))]) + "\n"


HEAD = """# Capacity

What a machine can take, measured; and what more would need, on paper. Written by
`python -m benchmarks.capacity --write` and `python -m benchmarks.cluster --parts bulk,memory --write`, whose beginnings
say how it was measured."""


def _day(kept: dict[str, Figures]) -> str:
    rows = []
    for key, name in (("day one", "one process, SQLite"), ("day cluster", "daemon, PostgreSQL, two Dask workers")):
        if key in kept:
            one = kept[key]
            cpu = one["daemon"] + one["workers"]
            rows.append(
                (
                    name,
                    f"1 : {one['factor']}",
                    f"{one['articles']:,}",
                    f"{one['polls']:,}",
                    f"{1000 * cpu / one['articles']:.1f}",
                    f"{cpu / one['articles'] * 1e6 / 3600:.1f}",
                    f"{1000 * one['daemon'] / one['articles']:.1f}",
                    f"{one['memory_mb']:,}",
                    f"{one['database_bytes'] / one['articles'] / 1000:.1f}",
                )
            )
    if not rows:
        return ""
    head = [
        "", "scale", "articles", "polls", "processor, ms an article", "core-hours a million articles",
        "of that the daemon, ms", "memory of the daemon, MB", "database, kB an article",
    ]  # fmt: skip
    said = [
        "## A day of a million articles",
        "10,000 feeds asked every quarter of an hour (960,000 polls), 1,000,000 articles with their pages, OFAC's SDN "
        "and consolidated lists. Measured at the scale that the table says: as many polls for each article as the day "
        "has, on a loopback newsroom whose feeds write in a Zipfian rhythm, real texts. A day of a million has "
        f"{DAY_ARTICLES / SECONDS:.1f} articles a second. Full texts are kept for `retention.articles` only.",
        table(head, rows),
    ]
    if "day one" in kept:
        one = kept["day one"]
        cores = (one["daemon"] + one["workers"]) / one["articles"] * DAY_ARTICLES / SECONDS
        disk = one["database_bytes"] / one["articles"] / 1000
        said.append(
            f"So the day keeps **{cores:.2f} cores** busy on average; news comes unevenly, and an hour may have three "
            f"times its share: {3 * cores:.2f} cores. Database: {disk:.1f} GB a day while full texts are kept."
        )
        total = sum(one["stages"].values())
        stages = sorted(one["stages"].items(), key=lambda item: -item[1])
        said.append("Where the processor's time goes (one process):")
        said.append(
            table(
                ["stage", "ms an article", "share"],
                [(name, f"{1000 * s / one['articles']:.1f}", f"{100 * s / total:.0f} %") for name, s in stages],
            )
        )
        said.append(f"*Measured {one['measured']} on commit `{one['commit']}`.*")
    return "\n\n".join(said)


def _bulk(kept: dict[str, Figures]) -> str:
    one = kept.get("bulk")
    if not one:
        return ""
    first = one["ways"]["one process"]["screening"]
    rows = [
        (
            way,
            f"{times['screening']:.1f}",
            f"{one['articles'] / times['screening']:,.0f}",
            f"{first / times['screening']:.2f}",
            f"{times['start']:.1f}",
        )
        for way, times in one["ways"].items()
    ]
    return "\n\n".join(
        [
            "## Archives: the scaling curve",
            f"`monitor screen` over {one['articles']:,} real texts ({one['megabytes']} MB), seconds of the clock, on "
            f"{one['cores']} cores; results are the same, line for line.",
            table(["", "screening, s", "articles a second", "× one process", "to start, s"], rows),
            f"*Measured {one['measured']} on commit `{one['commit']}`, medians of {one['rounds']} rounds, load at the "
            f"end {one['load']}.*",
        ]
    )


def _memory(kept: dict[str, Figures]) -> str:
    one = kept.get("memory")
    if not one:
        return ""
    tenths = one["most_mb_by_tenth"]
    return "\n\n".join(
        [
            "## Archives: memory",
            f"A generated stream of {one['gigabytes']:g} GB through `monitor screen -` with two processes "
            f"({one['minutes']:g} minutes); the most memory of all its processes in each tenth of it:",
            table(["tenth", *map(str, range(1, 11))], [("MB", *tenths)]),
            f"*Measured {one['measured']} on commit `{one['commit']}`.*",
        ]
    )


def _plan(kept: dict[str, Figures]) -> str:
    if "day one" not in kept or "day cluster" not in kept:
        return ""
    alone, spread = kept["day one"], kept["day cluster"]
    writer = spread["daemon"] / spread["articles"]
    field = spread["workers"] / spread["articles"]
    single = alone["daemon"] / alone["articles"]
    rate, polls = 100e6 / SECONDS, 100_000 / 900
    cores = rate * field
    a_core = 0.5 / writer
    monitors = -(-rate // a_core)
    disk = spread["database_bytes"] / spread["articles"]
    return f"""## On paper: 100 million articles a day, 100,000 feeds

That is {rate:,.0f} articles and {polls:,.0f} polls a second; polls cost little beside articles. By the figures above:

- *One process* is bound by its one interpreter: {1000 * single:.1f} ms an article, {SECONDS / single / 1e6:.0f} million
  articles a day at most, half of that with room for a busy hour. Up to there a second machine is for standing by, not
  for speed.
- *Fieldwork on a cluster* takes {1000 * field:.1f} ms an article: {cores:,.0f} cores for 100 million a day,
  {3 * cores:,.0f} with room for a busy hour. It has no state and no order, and hosts are spread over workers by
  hashing, so that it grows with the machines. An article is three pieces of work for Dask's scheduler, which is said to
  pass on a few thousand a second; that is untested here.
- *The writer* is what does not spread: the daemon takes {1000 * writer:.1f} ms an article, so that one core records
  {a_core:,.0f} articles a second with half of it left free. For 100 million a day: **{monitors:.0f} monitors**, each
  with a share of the feeds, its own database (or schema) and scheduler, all with the same lists. Feeds are shared out
  by host, so that no host is asked by two.
- *What is lost by sharing*: a story that two of them hold is told twice. Feeds that copy each other belong together,
  by language or region.
- *Disk*: {disk / 1000:.1f} kB an article while full texts are kept, {disk * 100e6 / 1e12:.1f} TB a day: 100 million
  articles a day need a `retention.articles` of days, not of 90.

Measured is what the tables say, on one machine of two cores; what is on paper is arithmetic on it."""


if __name__ == "__main__":
    main()
