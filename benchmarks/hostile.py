"""What the service holds in memory, and how long it takes, when most of its feeds mean harm.

    python -m benchmarks.hostile [--copies 4] [--write]

Protocol. A server of another process answers on every loopback address: 27 ways to harm (bodies of 200 MB, packed and
not, drips, endless headers, redirects to forbidden addresses and with bodies of 200 MB, entity bombs, markup that takes
parsers quadratic time, 10 MB of nesting, attributes or noise), each at `copies` feeds on as many addresses, and twenty
ordinary feeds among them. `monitor poll` reads all of them at once (timeout 5 s, max_bytes 10 MB, concurrency 128).
Memory is that of its process and its workers, what they share counted once (Pss), looked at every 50 ms. Seconds are
from the start of a poll to its end, parsing included, as the database has them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import table, write_section
from tests.hostile import CASES, memory
from tests.newsroom import WATCHLIST

ORDINARY = 20
TIMEOUT = 5  # seconds


@dataclass(frozen=True, slots=True)
class Measured:
    peak: int  # bytes
    rows: dict[str, tuple[float, str, int]]  # feed → seconds, error, entries seen
    said: str


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--copies", type=int, default=4)
    arguments.add_argument("--write", action="store_true", help="Put the figures into docs/benchmarks.md.")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        measured = measure(Path(directory), list(CASES), asked.copies, concurrency=128)
    slowest = max(seconds for feed, (seconds, _, _) in measured.rows.items() if feed.startswith("ordinary"))
    said = (
        f"{len(CASES)} kinds of harm, {asked.copies} feeds each, {ORDINARY} ordinary feeds, all at once: at most "
        f"{measured.peak / 1e6:.0f} MB in all processes together; the slowest ordinary feed took {slowest:.1f} s "
        f"(Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end)."
    )
    shown = []
    for case in CASES:
        rows = [row for feed, row in measured.rows.items() if feed.rpartition("-")[0] == case]
        what = next((error for _, error, _ in rows if error), f"{rows[0][2]} entries read")
        shown.append((case, what.replace("|", "/")[:110], f"{max(row[0] for row in rows):.1f}"))
    made = table(["harm", "what came of it", "slowest, s"], shown)
    print(said, made, sep="\n\n")
    if asked.write:
        write_section("hostile", f"## Hostile feeds (`python -m benchmarks.hostile`)\n\n{said}\n\n{made}")


def measure(directory: Path, cases: list[str], copies: int, *, concurrency: int) -> Measured:
    """Poll them all once with `monitor poll`."""
    server = subprocess.Popen([sys.executable, "-m", "tests.hostile"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert server.stdout
        port = int(server.stdout.readline())
        path = settings(directory, port, cases, copies, concurrency)
        with (directory / "said").open("w+") as said:
            command = [sys.executable, "-m", "monitor", "poll", "--config", str(path)]
            poll = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=directory)
            peak = 0
            while poll.poll() is None:
                peak = max(peak, memory(poll.pid))
                time.sleep(0.05)
            said.seek(0)
            return Measured(peak, polled(directory / "monitor.db"), said.read())
    finally:
        server.kill()
        server.communicate()


def settings(directory: Path, port: int, cases: list[str], copies: int, concurrency: int) -> Path:
    (directory / "list.yaml").write_text(WATCHLIST)
    names = [f"{case}-{copy}" for case in cases for copy in range(copies)]
    names += [f"ordinary-{n}" for n in range(ORDINARY)]
    feeds = [
        {
            "id": name,
            "url": f"http://127.0.{1 + n // 200}.{1 + n % 200}:{port}/{name.rpartition('-')[0]}",
            "full_text": False,
        }
        for n, name in enumerate(names)
    ]
    written = {
        "storage": {"url": f"sqlite:///{directory}/monitor.db"},
        "watchlists": ["list.yaml"],
        "feeds": feeds,
        "polling": {"allow_private": True, "timeout": TIMEOUT, "concurrency": concurrency},
    }
    path = directory / "monitor.yaml"
    path.write_text(json.dumps(written))
    return path


def polled(database: Path) -> dict[str, tuple[float, str, int]]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT feed_id, (julianday(finished) - julianday(started)) * 86400, error, seen FROM polls"
        ).fetchall()
    return {feed: (seconds, error, seen) for feed, seconds, error, seen in rows}


if __name__ == "__main__":
    main()
