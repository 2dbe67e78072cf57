"""How archives are screened by one core, two, and a Dask cluster; in how much memory however long they are.

    python -m benchmarks.cluster [--copies 3] [--rounds 2] [--parts bulk] [--gigabytes 10] [--write]

Protocol. *bulk*: `monitor screen` as a user calls it, over an archive of all real texts of MONITOR_SHARED_DATA (news
and feed entries, `copies` times, every copy in another order) against OFAC's SDN and consolidated lists: one process,
two, and a Dask cluster of a scheduler and two workers of one thread on this machine. Seconds of the clock, so the
machine must be idle; what the same command needs for one article (reading the lists, starting) is told apart and left
out of the ratios. Rounds are interleaved, figures are medians. Every result is compared with the first, line for
line. No run finds the words that an earlier one looked up (`*.words` beside the compiled lists), as it would in use.

*memory*: the same command reads a generated stream of that many gigabytes from standard input, two processes; the
memory of all its processes (proportional set size: shared pages counted once) is read every second, and is shown by
tenths of the stream.

--write puts the figures into docs/capacity.md (benchmarks/capacity.py), whose other figures stay as they are.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.capacity import keep
from benchmarks.families import held
from benchmarks.madelists import WORDS
from benchmarks.quality import commit
from benchmarks.report import shared_data
from tests.cluster import Dask

LISTS = ("ofac-sdnset-2024-01-08.sdn.csv", "ofac-cons-2025-03-28.xml")
ARTICLES = ("articles.jsonl.gz", "feeditems-2022.jsonl.gz")


def main() -> None:
    asked = _asked()
    data = shared_data()
    if data is None:
        raise SystemExit("set MONITOR_SHARED_DATA: real texts and lists are screened")
    lists = [data / "lists" / name for name in LISTS]
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        place = Path(directory)
        if "bulk" in asked.parts:
            done = bulk(place, lists, data / "articles", asked.copies, asked.rounds)
            print(json.dumps(done, indent=1))
            if asked.write:
                keep("bulk", done)
        if "memory" in asked.parts:
            done = memory(lists, asked.gigabytes)
            print(json.dumps(done, indent=1))
            if asked.write:
                keep("memory", done)


def _asked() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--copies", type=int, default=3)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--gigabytes", type=float, default=10.0)
    arguments.add_argument("--parts", default="bulk", type=lambda said: said.split(","))
    arguments.add_argument("--write", action="store_true", help="Put the figures into docs/capacity.md.")
    return arguments.parse_args()


def command(lists: list[Path], *more: str) -> list[str]:
    named = [part for path in lists for part in ("--watchlist", str(path))]
    return [sys.executable, "-m", "monitor", "screen", *named, *more]


def bulk(place: Path, lists: list[Path], articles: Path, copies: int, rounds: int) -> dict[str, Any]:
    count, size = archive(place / "in.jsonl", articles, copies)
    os.environ["XDG_CACHE_HOME"] = str(place / "cache")  # where compiled lists are kept
    (place / "one.jsonl").write_text('{"id": "1", "text": "Nobody in particular was named."}\n')
    dask = Dask(place)
    try:
        dask.scheduler()
        for name in ("one", "two"):
            dask.worker(name, threads=1)
        ways = {
            "one process": ("--jobs", "1"),
            "two processes": ("--jobs", "2"),
            "Dask, two workers": ("--dask", dask.address),
        }
        digests: set[str] = set()
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for number in range(rounds + 1):  # the first warms caches, on disk and in the workers
            for way, options in ways.items():
                start = screened(place, lists, "one.jsonl", options)[0]
                if number:
                    for book in place.glob("cache/*/*.words"):
                        book.unlink()
                    clock, digest = screened(place, lists, "in.jsonl", options)
                    digests.add(digest)
                    taken[way].append((start, clock))
                    print(f"{way}: {clock:.1f} s, of which {start:.1f} s to start", file=sys.stderr)
    finally:
        dask.close()
    if len(digests) != 1:
        raise SystemExit("results differ")
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        "articles": count,
        "megabytes": round(size / 1e6),
        "rounds": rounds,
        "load": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count(),
        "ways": {
            way: {
                "start": statistics.median(start for start, _ in times),
                "screening": statistics.median(clock - start for start, clock in times),
            }
            for way, times in taken.items()
        },
    }


def screened(place: Path, lists: list[Path], name: str, options: tuple[str, ...]) -> tuple[float, str]:
    """Seconds of the clock, and a digest of the results."""
    started = time.perf_counter()
    subprocess.run(command(lists, name, "--output", "out.jsonl", *options), cwd=place, check=True)
    clock = time.perf_counter() - started
    return clock, hashlib.sha256((place / "out.jsonl").read_bytes()).hexdigest()


def archive(path: Path, articles: Path, copies: int) -> tuple[int, int]:
    """All texts, `copies` times; returns how many they are, and their bytes."""
    rows = []
    for name in ARTICLES:
        with gzip.open(articles / name, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                rows.append({field: row[field] for field in ("id", "title", "text", "lang") if row.get(field)})
    chance = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(copies):
            chance.shuffle(rows)
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return copies * len(rows), path.stat().st_size


def memory(lists: list[Path], gigabytes: float) -> dict[str, Any]:
    total = int(gigabytes * 1e9)
    running = subprocess.Popen(
        command(lists, "-", "--jobs", "2"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=1 << 20
    )
    samples: list[tuple[int, int]] = []  # (bytes sent, bytes of memory)
    sent = 0
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            with suppress(OSError):
                samples.append((sent, held(running.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    assert running.stdin is not None
    for lines in stream():
        running.stdin.write(lines)
        sent += len(lines)
        if sent >= total:
            break
    running.stdin.close()
    status = running.wait()
    over.set()
    watcher.join()
    if status:
        raise SystemExit(f"monitor screen ended with {status}")
    tenths = [
        max((mem for at, mem in samples if k * total <= at * 10 <= (k + 1) * total), default=0) for k in range(10)
    ]
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        "gigabytes": gigabytes,
        "minutes": round((time.perf_counter() - started) / 60, 1),
        "most_mb_by_tenth": [round(most / 1e6) for most in tenths],
    }


def stream() -> Iterator[bytes]:
    """JSON Lines without end, 200 articles of 4,000 characters at a time: ordinary words in ever new order."""
    chance = random.Random(4)
    sentences = [" ".join(chance.choices(WORDS, k=12)).lower().capitalize() + "." for _ in range(5000)]
    for number in itertools.count():
        rows = [
            {
                "id": f"{number}-{n}",
                "title": chance.choice(sentences),
                "text": " ".join(chance.choices(sentences, k=40)),
            }
            for n in range(200)
        ]
        yield "".join(json.dumps(row) + "\n" for row in rows).encode()


if __name__ == "__main__":
    main()
