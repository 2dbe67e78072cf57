"""What the dashboard asks beyond listings: hits by story, the texts they are in, decisions about many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, literal, select
from sqlalchemy.sql.selectable import FromClause

from monitor.model.articles import ArticleRef
from monitor.model.decisions import Step
from monitor.model.matches import Disposition, HitRecord
from monitor.store.engine import Database
from monitor.store.findings import article_ref
from monitor.store.hits import HitQuery, conditions, decide, find_hits, hit_record, joined, standing
from monitor.store.packing import unpack_text
from monitor.store.sql import chunks
from monitor.store.tables import articles, dispositions, hits, versions


@dataclass(frozen=True, slots=True)
class Row:
    """What one story has on one entity: the newest hit, and all of them that were asked for."""

    record: HitRecord
    ids: tuple[int, ...]  # the newest first; record's own is the first


@dataclass(frozen=True, slots=True)
class KeptText:
    """What a hit's mentions are offsets into."""

    title: str
    text: str
    source: str  # "feed" or "page"
    kept: bool  # False: emptied, its time being over


class Outcome(StrEnum):
    DECIDED = "decided"
    PROPOSED = "proposed"  # a second person has to confirm it
    CHANGED = "changed"  # somebody else has decided meanwhile; nothing was done
    MISSING = "missing"  # there is no such hit


MOST_SOURCES = 200
"""Articles of one story that are shown; a wire copy may be in hundreds of feeds."""


class DeskQueries:
    db: Database

    def rows(self, query: HitQuery) -> list[Row]:
        """A page of hits by entity and story, the newest first; the next page's `before` is the last record's id."""
        newer, other = _by_article("newer"), articles.alias("other")
        same = (newer.c.watchlist == hits.c.watchlist, newer.c.entity_id == hits.c.entity_id)
        is_newer = (other.c.story_id == articles.c.story_id, *same, newer.c.id > hits.c.id)
        told_later = exists(
            select(literal(1))
            .select_from(other.join(newer, newer.c.article_id == other.c.id))
            .where(*is_newer, *conditions(query, newer))
        )
        wanted = joined().where(*conditions(query), ~told_later).order_by(hits.c.id.desc()).limit(query.limit)
        if query.before is not None:
            wanted = wanted.where(hits.c.id < query.before)
        with self.db.read() as connection:
            records = [hit_record(row) for row in connection.execute(wanted)]
            together: dict[tuple[int, str, str], list[int]] = {}
            for some in chunks(sorted({record.article.story for record in records})):
                told = (
                    select(hits.c.id, hits.c.watchlist, hits.c.entity_id, articles.c.story_id)
                    .join(articles, articles.c.id == hits.c.article_id)
                    .where(articles.c.story_id.in_(some), *conditions(query))
                    .order_by(hits.c.id.desc())
                )
                for row in connection.execute(told):
                    together.setdefault((row.story_id, row.watchlist, row.entity_id), []).append(row.id)
        found = []
        for record in records:
            copies = together.get((record.article.story, *record.hit.entity.key), [])
            found.append(Row(record, (record.id, *(id for id in copies if id < record.id))))
        return found

    def kept_text(self, hit_id: int) -> KeptText | None:
        """The version of the article that the hit's mentions are in; None when there is no such hit."""
        wanted = select(versions).join(hits, hits.c.version_id == versions.c.id).where(hits.c.id == hit_id)
        with self.db.read() as connection:
            row = connection.execute(wanted).first()
        return KeptText(row.title, unpack_text(row.text), row.source, row.text is not None) if row else None

    def beside(self, record: HitRecord) -> list[HitRecord]:
        """Other hits of the same article: who else is named there."""
        wanted = select(hits.c.id).where(hits.c.article_id == record.article.id, hits.c.id != record.id)
        with self.db.read() as connection:
            ids = list(connection.execute(wanted.order_by(hits.c.score.desc(), hits.c.id).limit(100)).scalars())
            found = find_hits(connection, ids)
        return [found[id] for id in ids]

    def sources(self, record: HitRecord) -> list[tuple[ArticleRef, int | None, Disposition | None]]:
        """The story's other articles, oldest first, each with its hit on the same entity and what became of that."""
        watchlist, entity = record.hit.entity.key
        mine = (hits.c.article_id == articles.c.id) & (hits.c.watchlist == watchlist) & (hits.c.entity_id == entity)
        wanted = (
            select(articles, hits.c.id.label("hit_id"), hits.c.disposition)
            .outerjoin(hits, mine)
            .where(articles.c.story_id == record.article.story, articles.c.id != record.article.id)
            .order_by(articles.c.id)
            .limit(MOST_SOURCES)
        )
        with self.db.read() as connection:
            return [
                (article_ref(row), row.hit_id, Disposition(row.disposition) if row.disposition else None)
                for row in connection.execute(wanted)
            ]

    def decide(
        self,
        asked: Mapping[int, Disposition],
        disposition: Disposition,
        *,
        who: str,
        reason: str,
        now: datetime,
        four_eyes: bool = False,
    ) -> dict[int, Outcome]:
        """Decide about hits, each if it is still as `asked` says it was seen; all that is done is done at once.

        four_eyes: dismissing one takes a second person.
        """
        outcomes = dict.fromkeys(asked, Outcome.MISSING)
        with self.db.write() as connection:
            seen: list[Any] = []
            for some in chunks(sorted(asked)):
                for row in connection.execute(standing(some)):
                    if row.disposition == asked[row.hit_id].value:
                        seen.append(row)
                    else:
                        outcomes[row.hit_id] = Outcome.CHANGED
            steps = decide(self.db, connection, seen, disposition, who=who, reason=reason, now=now, four_eyes=four_eyes)
            for id, step in steps.items():
                outcomes[id] = Outcome.PROPOSED if step is Step.PROPOSED else Outcome.DECIDED
        return outcomes

    def decided_together(self, hit_id: int) -> list[int]:
        """The hits of the same story and entity whose last decision was made with this one's, itself among them."""
        with self.db.read() as connection:
            last = (
                select(dispositions.c.at, dispositions.c.who, dispositions.c.became)
                .where(dispositions.c.hit_id == hit_id)
                .order_by(dispositions.c.id.desc())
                .limit(1)
            )
            made = connection.execute(last).first()
            record = find_hits(connection, [hit_id]).get(hit_id)
            if made is None or record is None:
                return []
            later = dispositions.alias("later")
            watchlist, entity = record.hit.entity.key
            wanted = (
                select(hits.c.id)
                .join(articles, articles.c.id == hits.c.article_id)
                .join(dispositions, dispositions.c.hit_id == hits.c.id)
                .where(
                    articles.c.story_id == record.article.story,
                    hits.c.watchlist == watchlist,
                    hits.c.entity_id == entity,
                    dispositions.c.at == made.at,
                    dispositions.c.who == made.who,
                    dispositions.c.became == made.became,
                    ~exists().where(later.c.hit_id == hits.c.id, later.c.id > dispositions.c.id),
                )
                .order_by(hits.c.id)
            )
            return list(connection.execute(wanted).scalars())


def _by_article(name: str) -> FromClause:
    """Hits that are looked up by their article alone.

    A story has a few articles, a watchlist 100,000 hits: without statistics SQLite would go through the latter, which
    took a second on an old page of the queue. An expression in place of a column leaves it no index for that.
    """
    texts = ("watchlist", "entity_id", "feed_id", "severity", "disposition", "lang")
    columns = [hits.c[text].concat("").label(text) for text in texts]
    rest = [hits.c.article_id, (hits.c.id + 0).label("id"), hits.c.found_at, hits.c.words, hits.c.suppressed_by]
    return select(*columns, *rest).subquery(name)
