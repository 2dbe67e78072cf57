"""How fast the desk's pages are when the database is full.

    python -m benchmarks.desk [--articles 200000] [--hits 100000] [--rounds 15] [--write]

Protocol. A SQLite database is filled as `benchmarks.store` does it, with a mention for each hit, 5,000 hits of one
noisy entity among them. The real server answers on loopback; each address is asked for `--rounds` times after a first
request, one at a time. Milliseconds: the clock's median and worst, and the processor's median, of client and server
together. On a machine that others use, the processor's figure is the one to compare. `--write` puts it into
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import series
from benchmarks.report import table, write_section
from benchmarks.store import ENTITIES, NOW, Put, fill
from monitor.matching import Matcher
from monitor.model.settings import FeedSource
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Watchlist
from monitor.store import Store, tables
from monitor.store.packing import pack_text
from monitor.web.app import create_app
from monitor.web.server import Server

TEXT = "The refinery said on Monday that its tankers would wait. " * 70
LIMIT = 150
"""Milliseconds that a page may take."""

PAGES = {
    "hits to decide": "/",
    "all hits": "/?disposition=any",
    "hits, an older page": "/?disposition=any&before=50000",
    "hits by words that many have": "/?disposition=any&q=refinery+court",
    "hits by words that none has": "/?disposition=any&q=nowhere+at+all",
    "hits of one entity": "/?disposition=any&entity=e7",
    "a hit": "/hits/99991",
    "overview": "/overview",
    "entities": "/entities",
    "entities by words": "/entities?q=company+49",
    "an entity with 5,000 hits": "/entities/energy/e0",
    "feeds": "/feeds",
    "lists": "/lists",
    "alerts": "/alerts",
    "silences": "/silences",
    "API: hits, 100": "/api/v1/hits",
    "API: entities, 100": "/api/v1/entities",
    "API: overview": "/api/v1/overview",
    "Atom": "/hits.atom",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=200_000)
    arguments.add_argument("--hits", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        store = Store.open(f"sqlite:///{directory}/monitor.db", now=NOW)
        feeds = [FeedSource(id=f"feed-{n}", url=f"https://feed-{n}.example/rss") for n in range(series.FEEDS)]
        store.sync_feeds(feeds, NOW)
        polls = asked.articles // 3  # three new entries a poll, as `benchmarks.store` has it
        fill(store, asked.articles, asked.articles, asked.hits, polls, random.Random(7))
        engine = store.db.bare_engine()
        Put(engine)(tables.mentions, mentions(asked.articles, asked.hits))
        engine.dispose()
        with store.db.write() as connection:  # every twentieth hit is the noisy entity's
            connection.exec_driver_sql("UPDATE hits SET entity_id = 'e0' WHERE id % 20 = 0")
            last = tables.versions.c.id > asked.articles - 1000  # the others' texts are noise of the same size
            connection.execute(tables.versions.update().values(text=pack_text(TEXT)).where(last))
        rows = list(measured(store, asked.rounds))
        store.close()
    print(table(["page", "clock, median", "worst", "processor"], rows))
    slow = [row[0] for row in rows if float(row[3]) > LIMIT]
    print(f"slower than {LIMIT} ms of processor time: {', '.join(slow) or 'none'}; load {os.getloadavg()[0]:.1f}")
    if asked.write:
        write_section("desk", section(asked, rows))


def mentions(articles: int, hits: int) -> Iterator[dict[str, Any]]:
    step = max(1, articles // hits)
    for n in range(hits):
        where = {"hit_id": n + 1, "version_id": n * step + 1, "field": "text", "start": 0, "end": 4}
        yield {**where, "surface": "Poll", "name": f"Company {n % ENTITIES} PJSC", "score": 95.0}


def measured(store: Store, rounds: int) -> Iterator[tuple[str, str, str, str]]:
    names = [(Name(f"Company {n} PJSC"), Name(f"Gesellschaft {n}", NameKind.ALIAS)) for n in range(ENTITIES)]
    listed = tuple(Entity("energy", f"e{n}", EntityType.ORGANIZATION, both) for n, both in enumerate(names))
    matcher = Matcher.compile([Watchlist("energy", listed, version="v1")])
    app = create_app(store, base_url="", hosts=["127.0.0.1"], ready=list, clock=lambda: NOW, matcher=lambda: matcher)
    server = Server(app, "127.0.0.1", 0)
    server.start()
    try:
        for name, path in PAGES.items():
            ask(server.port, path)
            times = [ask(server.port, path) for _ in range(rounds)]
            print(path, [round(one[1]) for one in times], flush=True)
            clock, processor = [one[0] for one in times], [one[1] for one in times]
            yield name, f"{statistics.median(clock):.0f}", f"{max(clock):.0f}", f"{statistics.median(processor):.0f}"
    finally:
        server.stop()


def ask(port: int, path: str) -> tuple[float, float]:
    """Milliseconds of one request: the clock's, and this process's, which is client and server."""
    began, busy = time.perf_counter(), time.process_time()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return (time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000


def section(asked: argparse.Namespace, rows: list[tuple[str, str, str, str]]) -> str:
    return f"""## The desk's pages (`python -m benchmarks.desk`)

{asked.hits:,} hits stored in {asked.articles:,} articles, SQLite, Python {platform.python_version()}, {asked.rounds}
requests each, milliseconds; {os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f} at the end: what is above
that many is others' work, and makes the clock's figures long. A page may take {LIMIT} ms.

{table(["page", "clock, median", "worst", "processor, median"], rows)}
"""


if __name__ == "__main__":
    main()
