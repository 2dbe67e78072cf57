"""How fast lists are read and in how much memory; how years of changes are taken in; how fast new names are looked for.

    python -m benchmarks.lists [--megabytes 150] [--every 1] [--parts readers,real,service,replay,rescreen] [--write]

Writes the section "lists" of docs/benchmarks.md with `--write`, of all parts. Protocol. *Readers*: a made file of that
size in each publisher's form, of as many bytes a record as the real ones have (benchmarks/madelists.py), is read by
`read_list` in a process of its own; seconds of the processor, and the most memory the process ever had. *Real*: the
same for the publishers' files of MONITOR_SHARED_DATA. *Service*: lists as long as the longest, read and compiled into a
matcher, which is held as the service holds it. *Replay*: 308 snapshots of the SDN list, August 2021 to May 2024,
published one after the other by a server on loopback and taken by `refresh`, as the service does. *Rescreen*: real news
is stored in SQLite, then a list of thousands of entities is taken up, and its names are held against all of it.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import platform
import re
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
from monitor.watchlists.refresh import GROW, SHRINK, Outcome, refresh
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

Measured = tuple[int, int, float, float]
"""Records, names, seconds of the processor, MB at most."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--megabytes", type=int, default=150, help="of a made file")
    arguments.add_argument("--every", type=int, default=1, help="replay each so many-th snapshot only")
    arguments.add_argument("--parts", default="readers,real,service,replay,rescreen")
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    shared = shared_data()
    parts: dict[str, Callable[[], str]] = {
        "readers": lambda: readers(asked.megabytes),
        "service": lambda: service(shared / "lists" / REAL[0] if shared else None),
    }
    if shared is not None:
        lists, articles = shared / "lists", shared / "articles" / "articles.jsonl.gz"
        parts["real"] = lambda: real(lists)
        parts["replay"] = lambda: replay(next((lists / "history").glob("*.tar.xz")), asked.every)
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
        "Made files. Memory is the most that the process ever had: an interpreter with the readers has about 50 MB, "
        "the rest is the records themselves, packed where they are more than 25,000 (`monitor/model/packed.py`).\n\n"
        + _table(rows)
    )


def real(lists: Path) -> str:
    return "The publishers' real files, with the files beside them.\n\n" + _table(
        [[name, *_row(lists / name)] for name in REAL]
    )


def service(real: Path | None) -> str:
    """What is held while the service runs: records as objects, and the matcher."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        long = made("OpenSanctions targets.simple.csv", Path(directory), 20_000_000)
        rows = [["as long as OpenSanctions' sanctions (made)", *_row(long, "--compile")]]
        if real is not None:
            rows.insert(0, [real.name, *_row(real, "--compile")])
    return (
        "In the service, where a list is compiled: reading, linking and compiling anew, with the records as objects "
        "beside the matcher.\n\n" + _table(rows)
    )


def _table(rows: list[list[str]]) -> str:
    return table(["list", "MB", "records", "names", "seconds", "MB/s", "memory, MB"], rows)


def _row(path: Path, *options: str) -> list[str]:
    records, names, seconds, most = measured(path, *options)
    size = path.stat().st_size / 1e6
    figures = [f"{size:.1f}", f"{records:,}", f"{names:,}", f"{seconds:.2f}", f"{size / seconds:.1f}"]
    return [*figures, f"{most:.0f}"]


def measured(path: Path, *options: str) -> Measured:
    """Of reading a list in a new process."""
    command = [sys.executable, "-m", "benchmarks.readlist", str(path), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    records, names, seconds, most = json.loads(done.stdout)
    return records, names, seconds, most


def replay(archive: Path, every: int) -> str:
    publisher = Publisher()
    client = Client(user_agent="benchmark/1", timeout=60.0, max_bytes=10_000_000, allow_private=True)
    outcomes: Counter[str] = Counter()
    differences: list[tuple[int, int, int]] = []
    times: list[float] = []
    told: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        before: Watchlist | None = None
        for day, (name, body) in enumerate(itertools.islice(snapshots(archive), 0, None, every)):
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
                    differences.append((len(found.added), len(found.removed), len(found.changed)))
                before = after
    client.close()
    publisher.close()
    columns = list(zip(*differences, strict=True))
    rows = [
        [what, f"{sum(some):,}", f"{statistics.median(some):.0f}", max(some), sum(1 for one in some if one)]
        for what, some in zip(("added", "removed", "changed"), columns, strict=True)
    ]
    said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    return (
        f"{len(times)} snapshots of the SDN list (primary file), each {every}. of three years, taken one after the "
        f"other: {said}. A refresh (request, reading, checking, writing) took {statistics.median(times):.2f} s, at "
        f"most {max(times):.2f} s.\n\n"
        + table(["records", "in all", "median of a step", "most in a step", "steps with any"], rows)
        + "".join(f"\n\n- {line}" for line in told)
        + f"\n\n{steps(archive)}"
    )


def steps(archive: Path) -> str:
    """By ids alone, over every snapshot: how much changes from one to the next, and what would have been held back."""
    before: frozenset[bytes] = frozenset()
    changes: list[tuple[int, int]] = []
    doubted = 0
    for _, body in snapshots(archive):
        ids = frozenset(re.findall(rb'^(\d+),"', body, re.MULTILINE))
        if before:
            changes.append((len(ids - before), len(before - ids)))
            doubted += not len(before) * (1 - SHRINK) <= len(ids) <= len(before) * (1 + GROW)
        before = ids
    added, removed = zip(*changes, strict=True)
    return (
        f"All {len(changes) + 1} snapshots, by their ids: {sum(added):,} records added and {sum(removed):,} removed, "
        f"at most {max(added)} and {max(removed)} in one step; {doubted} steps would have been held back."
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
        started = time.process_time()
        matcher = Matcher.compile([watchlist])
        compiled = time.process_time() - started
        note_lists(store, [watchlist], window=90 * 86_400.0, now=NOW)
        started = time.process_time()
        [done] = rescreen_pending(store, matcher, clock=lambda: NOW)
        seconds = time.process_time() - started
        store.close()
    characters = sum(len(text["text"]) for text in texts)
    return (
        f"Rescreening: {len(watchlist.entities):,} entities new on the lists (compiled in {compiled:.1f} s) against "
        f"{done.articles:,} stored articles ({characters / 1e6:.1f} million characters): {seconds:.1f} s, "
        f"{done.articles / seconds:,.0f} articles a second of one processor, {len(done.hits):,} hits written."
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
