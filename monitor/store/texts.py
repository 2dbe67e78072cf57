"""Stored texts to be screened again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from monitor.model.articles import Article, ArticleRef
from monitor.model.matches import HitRecord
from monitor.store.engine import Database
from monitor.store.findings import article_ref
from monitor.store.hits import hit_record, joined
from monitor.store.packing import unpack_text
from monitor.store.sql import chunks
from monitor.store.tables import articles, hits, versions


@dataclass(frozen=True, slots=True)
class StoredText:
    """What an article's feed, or its page, said last."""

    ref: ArticleRef
    version: int
    source: str  # "feed" or "page"
    article: Article  # its id is the stored article's


class Texts:
    db: Database

    def hits_of(self, ids: Sequence[int]) -> list[tuple[HitRecord, StoredText | None]]:
        """The hits of these articles, each with the text that its mentions are in; None where that is gone."""
        found: list[tuple[HitRecord, StoredText | None]] = []
        with self.db.read() as connection:
            for some in chunks(ids):
                wanted = _with_texts().where(hits.c.article_id.in_(some)).order_by(hits.c.id)
                found += [(hit_record(row), _kept(row)) for row in connection.execute(wanted)]
        return found

    def hit_text(self, hit_id: int) -> tuple[HitRecord, StoredText | None] | None:
        """A hit with the text that its mentions are in, as `hits_of`; None when there is no such hit."""
        with self.db.read() as connection:
            row = connection.execute(_with_texts().where(hits.c.id == hit_id)).first()
        return (hit_record(row), _kept(row)) if row else None

    def count_texts(self, *, since: datetime) -> int:
        """How many articles first seen since then still have a text."""
        with self.db.read() as connection:
            wanted = select(func.count(versions.c.article_id.distinct())).join(
                articles, articles.c.id == versions.c.article_id
            )
            kept = wanted.where(articles.c.first_seen >= since, versions.c.text.is_not(None))
            return int(connection.execute(kept).scalar_one())

    def stored_texts(self, *, since: datetime, after: int = 0, block: int = 200) -> Iterator[list[StoredText]]:
        """The texts of articles first seen since then, a block of articles at a time, by id from `after` on.

        Of each article the last text of its feed and that of its page. No transaction is open between blocks.
        """
        while True:
            with self.db.read() as connection:
                ids = list(
                    connection.execute(
                        select(articles.c.id)
                        .where(articles.c.id > after, articles.c.first_seen >= since)
                        .order_by(articles.c.id)
                        .limit(block)
                    ).scalars()
                )
                if not ids:
                    return
                last = (
                    select(func.max(versions.c.id))
                    .where(versions.c.article_id.in_(ids))
                    .group_by(versions.c.article_id, versions.c.source)
                )
                said = (versions.c.title.label("said"), versions.c.text, versions.c.lang.label("said_lang"))
                rows = connection.execute(
                    select(*said, versions.c.id.label("version_id"), versions.c.source, articles)
                    .join(articles, articles.c.id == versions.c.article_id)
                    .where(versions.c.id.in_(last), versions.c.text.is_not(None))
                    .order_by(articles.c.id, versions.c.id)
                ).all()
            after = ids[-1]
            yield [_stored(row) for row in rows]


def _with_texts() -> Select[Any]:
    """Rows that `hit_record` and `_kept` read."""
    said = (versions.c.id.label("version_id"), versions.c.source, versions.c.title.label("said"))
    text = (versions.c.text, versions.c.lang.label("said_lang"))
    return joined().add_columns(*said, *text).join(versions, versions.c.id == hits.c.version_id)


def _kept(row: Row[Any]) -> StoredText | None:
    return _stored(row) if row.text is not None else None


def _stored(row: Row[Any]) -> StoredText:
    return StoredText(
        ref=article_ref(row),
        version=row.version_id,
        source=row.source,
        article=Article(str(row.id), row.said, unpack_text(row.text), row.said_lang, row.published),
    )
