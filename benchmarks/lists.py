"""How fast lists are read and in how much memory; how years of changes are taken in; how fast new names are looked for.

    python -m benchmarks.lists [--megabytes 150] [--parts readers,real,replay,rescreen] [--write]

Writes the section "lists" of docs/benchmarks.md with `--write`, of all parts. Protocol. *Readers*: a made file of that
size in each publisher's form (benchmarks/madelists.py, as many bytes a record as the real ones have) is read by
`read_list` in a process of its own; seconds of the processor, and the most memory the process ever had, beside what it
had after importing the readers. *Real*: the same for the publishers' files of MONITOR_SHARED_DATA. *Replay*: 308
snapshots of the SDN list, August 2021 to May 2024, published one after the other by a server on loopback and taken by
`refresh`, as the service does. *Rescreen*: real news is stored in SQLite, then a list of thousands of entities is
taken up, and its names are held against all of it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.madelists import FORMS, made
from benchmarks.quality import commit
from benchmarks.report import shared_data, table, write_section
from monitor.client import Client
from monitor.matching import Matcher
from monitor.model.articles import Article, Entry
from monitor.model.feeds import NewArticle, PollOutcome, Validators
from monitor.model.settings import FeedSource
from monitor.model.watchlists import Watchlist
from monitor.pipeline.rescreen import note_lists, rescreen_pending
from monitor.store import Store
from monitor.store.packing import digest
from monitor.watchlists.diff import difference
from monitor.watchlists.read import read_directory, read_list
from monitor.watchlists.refresh import Outcome, refresh
from monitor.watchlists.snapshots import in_use
from tests.watchlists.publisher import Publisher

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
REAL = (
    "ofac-sdnset-2024-01-08.sdn.csv",
    "ofac-cons-2025-03-28.xml",
    "un-consolidated-2026-02-27.xml",
    "uk-hmt-conlist-2020-04-27.csv",
    "ca-sema-2025-05.xml",
    "us-csl-2023-11-30.csv",
)

Measured = tuple[int, int, float, float, float]
"""Records, names, seconds of the processor, MB at most, MB before."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--megabytes", type=int, default=150)
    arguments.add_argument("--parts", default="readers,real,replay,rescreen")
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    shared = shared_data()
    parts: dict[str, Callable[[], str]] = {"readers": lambda: readers(asked.megabytes)}
    if shared is not None:
        lists, articles = shared / "lists", shared / "articles" / "articles.jsonl.gz"
        parts["real"] = lambda: real(lists)
        parts["replay"] = lambda: replay(next((lists / "history").glob("*.tar.xz")))
        parts["rescreen"] = lambda: rescreen(lists / REAL[0], articles)
    else:
        print("MONITOR_SHARED_DATA is not set: only made files are read")
    said = []
    for name in asked.parts.split(","):
        if name in parts:
            said.append(parts[name]())
            print(said[-1], "\n", flush=True)
    if asked.write:
        head = (
            f"## Lists (`python -m benchmarks.lists`)\n\nMeasured {datetime.now(UTC):%Y-%m-%d} on commit `{commit()}`, "
        )
        write_section("lists", f"{head}Python {platform.python_version()}, one process.\n\n" + "\n\n".join(said))


def readers(megabytes: int) -> str:
    rows = []
    for form in FORMS:
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            rows.append([form, *_row(made(form, Path(directory), megabytes * 1_000_000))])
            print(rows[-1], flush=True)
    return (
        f"Made files of {megabytes} MB. Memory is what the process had at most, what it had before (the interpreter and "
        "the readers) in brackets; the rest is the records themselves, whatever the file's size. The largest real list "
        "that is downloaded by itself has 30 MB, OFAC's advanced form 120 MB and 18,000 records.\n\n" + _table(rows)
    )


def real(lists: Path) -> str:
    return "The publishers' real files, with the files beside them.\n\n" + _table(
        [[name, *_row(lists / name)] for name in REAL]
    )


def _table(rows: list[list[str]]) -> str:
    return table(["list", "MB", "records", "names", "seconds", "MB/s", "memory, MB"], rows)


def _row(path: Path) -> list[str]:
    records, names, seconds, most, before = measured(path)
    size = path.stat().st_size / 1e6
    figures = [f"{size:.1f}", f"{records:,}", f"{names:,}", f"{seconds:.2f}", f"{size / seconds:.1f}"]
    return [*figures, f"{most:.0f} ({before:.0f})"]


def measured(path: Path) -> Measured:
    """Of reading a list in a new process."""
    command = [sys.executable, "-m", "benchmarks.readlist", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    records, names, seconds, most, before = json.loads(done.stdout)
    return records, names, seconds, most, before


def replay(archive: Path) -> str:
    publisher = Publisher()
    client = Client(user_agent="benchmark/1", timeout=60.0, max_bytes=10_000_000, allow_private=True)
    outcomes: Counter[str] = Counter()
    steps: list[tuple[int, int, int]] = []
    times: list[float] = []
    told: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        before: Watchlist | None = None
        for day, (name, body) in enumerate(snapshots(archive)):
            publisher.files["SDN.CSV"] = body
            started = time.perf_counter()
            done = refresh(
                client, "ofac-sdn", Path(directory), now=NOW + timedelta(days=day), url=f"{publisher.url}SDN.CSV"
            )
            times.append(time.perf_counter() - started)
            outcomes[done.outcome.value] += 1
            if done.outcome in {Outcome.HELD, Outcome.FAILED}:
                told.append(f"{name}: {done.message.partition('.')[0]}")
            place = in_use(Path(directory))
            if done.outcome is Outcome.UPDATED and place is not None:
                after = read_directory(place)
                if before is not None:
                    found = difference(before, after)
                    steps.append((len(found.added), len(found.removed), len(found.changed)))
                before = after
    client.close()
    publisher.close()
    columns = list(zip(*steps, strict=True))
    rows = [
        [what, f"{sum(some):,}", f"{statistics.median(some):.0f}", max(some), sum(1 for one in some if one)]
        for what, some in zip(("added", "removed", "changed"), columns, strict=True)
    ]
    said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    return (
        f"{len(times)} snapshots of the SDN list (primary file), taken one after the other: {said}. A refresh "
        f"(request, reading, checking, writing) took {statistics.median(times):.2f} s, at most {max(times):.2f} s.\n\n"
        + table(["records", "in all", "median of a step", "most in a step", "steps with any"], rows)
        + "".join(f"\n\n- {line}" for line in told)
    )


def snapshots(archive: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content), in the order of their dates."""
    with tarfile.open(archive) as packed:
        for member in sorted(packed.getmembers(), key=lambda member: member.name):
            content = packed.extractfile(member)
            if content is not None:
                yield member.name, content.read()


def rescreen(path: Path, articles: Path) -> str:
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines]
    watchlist = read_list(path)
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        store = Store.open(f"sqlite:///{directory}/monitor.db", now=NOW)
        store.sync_feeds([FeedSource(id="world", url="https://world.example/rss")], NOW)
        for at in range(0, len(texts), 200):
            store.record_poll(_poll(texts[at : at + 200]), lambda _records, _history: [])
        started = time.perf_counter()
        matcher = Matcher.compile([watchlist])
        compiled = time.perf_counter() - started
        note_lists(store, [watchlist], window=90 * 86_400.0, now=NOW)
        started = time.perf_counter()
        [done] = rescreen_pending(store, matcher, clock=lambda: NOW)
        seconds = time.perf_counter() - started
        store.close()
    characters = sum(len(text["text"]) for text in texts)
    return (
        f"Rescreening: {len(watchlist.entities):,} entities new on the lists (compiled in {compiled:.1f} s) against "
        f"{done.articles:,} stored articles ({characters / 1e6:.1f} million characters): {seconds:.1f} s, "
        f"{done.articles / seconds:,.0f} articles a second, {len(done.hits):,} hits written, in one process."
    )


def _poll(texts: list[dict[str, str]]) -> PollOutcome:
    entries = []
    for text in texts:
        entry = Entry(guid=text["id"], url="", title=text["title"], summary=text["text"], published=NOW)
        article = Article("", text["title"], text["text"], text["lang"])
        entries.append(NewArticle(entry, (f"guid:{text['id']}",), digest(text["id"]).hex(), article, ()))
    later = NOW + timedelta(minutes=15)
    return PollOutcome("world", NOW, NOW, Validators(), later, 200, seen=len(entries), articles=tuple(entries))


if __name__ == "__main__":
    main()
