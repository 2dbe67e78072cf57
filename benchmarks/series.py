"""Millions of rows made by the database itself: what is alike in all of them, and differs by a number."""

from __future__ import annotations

import os
import struct
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from monitor.store import sketches

FEEDS = 100
KEYS = 4  # of an entry: its id, link and title, text, link
STORY_KEYS = 2
TEXT = 1_800  # bytes: an article of 4,000 letters, compressed
BLOBS = 100
"""Different texts: more would not compress worse, and take longer to make."""


def fill(
    engine: Engine, *, entries: int, texts: int, sketched: int, polls: int, start: datetime, end: datetime
) -> None:
    """Stories, articles, versions, keys and polls, spread evenly over that time.

    texts: how many of the newest versions have their text; sketched: the first story that has its sketch.
    """
    of = _SQLite() if engine.dialect.name == "sqlite" else _PostgreSQL()
    seconds = (end - start).total_seconds()
    seen = of.moment(f"{start.timestamp()} + s.n * {seconds / entries}")
    polled = of.moment(f"{start.timestamp()} + s.n * {seconds / polls}")
    due = of.moment(f"{start.timestamp()} + s.n * {seconds / polls} + {seconds / polls * FEEDS}")
    language = "CASE (s.n / 100) % 4 WHEN 0 THEN 'en' WHEN 1 THEN 'ru' WHEN 2 THEN 'de' ELSE 'zh' END"
    word = (
        "CASE s.n % 5 WHEN 0 THEN 'Tanker' WHEN 1 THEN 'Court' WHEN 2 THEN 'Refinery' WHEN 3 THEN 'Bank' ELSE 'Oil' END"
    )
    address = "'https://paper.example/news/2026/' || s.n || '/an-address-as-long-as-they-are'"
    blob = f"JOIN blobs ON blobs.n = s.n % {BLOBS}"
    with engine.begin() as connection:
        of.prepare(connection)
        connection.execute(
            text(f"CREATE TEMPORARY TABLE blobs (n INTEGER PRIMARY KEY, text {of.blob}, sketch {of.blob})")
        )
        connection.execute(
            text("INSERT INTO blobs VALUES (:n, :text, :sketch)"),
            [{"n": n, "text": os.urandom(TEXT), "sketch": os.urandom(8 * (1 + sketches.SIZE))} for n in range(BLOBS)],
        )
        for into, what, rows, more in (
            ("stories (id, first_seen, sketch)", f"s.n + 1, {seen}, CASE WHEN s.n >= {sketched} THEN blobs.sketch END", entries, blob),
            (
                "articles (id, feed_id, story_id, url, title, published, published_raw, first_seen, lang, digest, version)",
                f"s.n + 1, 'feed-' || (s.n % {FEEDS}), s.n + 1, {address}, {word} || ' in the news, number ' || s.n, "
                f"{seen}, '', {seen}, {language}, {of.hex32('s.n')}, 1",
                entries,
                "",
            ),
            (
                "article_versions (id, article_id, number, source, created, digest, title, text, length, lang, list_set_id)",
                f"s.n + 1, s.n + 1, 1, 'feed', {seen}, {of.key('s.n', entries)}, 'News, number ' || s.n, "
                f"CASE WHEN s.n >= {entries - texts} THEN blobs.text END, 4000, 'en', 1",
                entries,
                blob,
            ),
            ("entry_keys (digest, article_id)", f"{of.key('s.n', entries * KEYS)}, s.n / {KEYS} + 1", entries * KEYS, ""),
            ("story_keys (digest, story_id)", f"{of.key('s.n', entries * STORY_KEYS)}, s.n / {STORY_KEYS} + 1", entries * STORY_KEYS, ""),
            (
                "polls (id, feed_id, started, finished, status, unchanged, seen, new, edited, hits, problems, error, "
                "list_set_id, known, next_poll)",
                f"s.n + 1, 'feed-' || (s.n % {FEEDS}), {polled}, {polled}, 200, {of.false}, 50, 3, 0, 0, '[]', "
                f"CASE WHEN s.n % 97 = 0 THEN '503 Service Unavailable' ELSE '' END, "
                f"CASE WHEN s.n % 97 = 0 THEN NULL ELSE 1 END, 47, {due}",
                polls,
                "",
            ),
        ):  # fmt: skip
            connection.execute(text(f"INSERT INTO {into} {of.series(what, rows, more)}"))
        of.number(connection, ("stories", "articles", "article_versions", "polls"))


class _SQLite:
    blob, false = "BLOB", "0"

    def prepare(self, connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        raw.create_function(
            "spread", 2, lambda n, count: struct.pack(">QQ", n * (2**64 // count), 7), deterministic=True
        )

    def moment(self, seconds: str) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%f', {seconds}, 'unixepoch') || '000'"

    def hex32(self, n: str) -> str:
        return f"printf('%032x', {n})"

    def key(self, n: str, count: int) -> str:
        """Digests are spread evenly; in their order they are written fast."""
        return f"spread({n}, {count})"

    def series(self, what: str, rows: int, more: str) -> str:
        counted = f"WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {rows - 1})"
        return f"{counted} SELECT {what} FROM s {more}"

    def number(self, connection: Connection, names: tuple[str, ...]) -> None:
        """Rowids go on from the last by themselves."""


class _PostgreSQL:
    blob, false = "BYTEA", "false"

    def prepare(self, connection: Connection) -> None:
        """What is needed is there."""

    def moment(self, seconds: str) -> str:
        return f"to_timestamp({seconds})"

    def hex32(self, n: str) -> str:
        return f"lpad(to_hex({n}), 32, '0')"

    def key(self, n: str, count: int) -> str:
        half = count // 2 + 1
        signed = f"CASE WHEN {n} < {half} THEN {n} ELSE {n} - {2 * half} END"
        return f"decode(lpad(to_hex(({signed})::bigint * {2**63 // half}), 16, '0') || repeat('07', 8), 'hex')"

    def series(self, what: str, rows: int, more: str) -> str:
        return f"SELECT {what} FROM generate_series(0, {rows - 1}) AS s(n) {more} ORDER BY s.n"

    def number(self, connection: Connection, names: tuple[str, ...]) -> None:
        for name in names:
            connection.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
