"""Stored texts to be screened again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from monitor.model.articles import Article, ArticleRef
from monitor.store.engine import Database
from monitor.store.findings import article_ref
from monitor.store.packing import unpack_text
from monitor.store.tables import articles, versions


@dataclass(frozen=True, slots=True)
class StoredText:
    """What an article's feed, or its page, said last."""

    ref: ArticleRef
    version: int
    source: str  # "feed" or "page"
    article: Article  # its id is the stored article's


class Texts:
    db: Database

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
            yield [
                StoredText(
                    ref=article_ref(row),
                    version=row.version_id,
                    source=row.source,
                    article=Article(str(row.id), row.said, unpack_text(row.text), row.said_lang, row.published),
                )
                for row in rows
            ]
