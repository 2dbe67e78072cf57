"""What screening a text found, written down: the text's version, its hits, their mentions.

A hit is article × entity. A text that is screened again, be it an edit or the page's full text, adds hits for entities
new to the article, and strengthens those it has: an open hit takes the better evidence, one that was decided about
keeps what was decided on. A hit that a suppression covers is marked with it; one that it covers no longer, because the
fuller text has mentions of another kind, is news.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from monitor.model.articles import Article, ArticleRef
from monitor.model.matches import Disposition, Hit, HitRecord, Suppressed
from monitor.model.suppressions import suppressed
from monitor.model.watchlists import Severity
from monitor.store.engine import Database
from monitor.store.packing import digest, pack_hit, pack_text, unpack_hit
from monitor.store.sql import chunks, insert, insert_all, put_all
from monitor.store.stories import normalised
from monitor.store.suppressing import for_entities
from monitor.store.tables import articles, hits, list_sets, mentions, versions

LONGEST = 400
"""Code points of a name or surface kept for each mention: an index entry must stay below 2,704 bytes on PostgreSQL.
The evidence holds them whole."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A text as it was screened, ready to be written: the costly part is done before the transaction begins."""

    source: Literal["feed", "page"]
    title: str
    lang: str
    length: int
    digest: bytes
    packed: bytes | None  # None: the text is not to be kept
    hits: tuple[tuple[Hit, bytes], ...]


def screened(article: Article, found: Sequence[Hit], source: Literal["feed", "page"], *, keep: bool = True) -> Screened:
    return Screened(
        source=source,
        title=article.title,
        lang=article.lang,
        length=len(article.text),
        digest=digest(article.title, article.text),
        packed=pack_text(article.text) if keep else None,
        hits=tuple((hit, pack_hit(hit)) for hit in found),
    )


def list_set(
    db: Database, connection: Connection, matcher_version: str, list_versions: Sequence[tuple[str, str]]
) -> int:
    """The id of what was screened against, stored once however often it is used."""
    said = json.dumps(sorted(list_versions))
    key = digest(matcher_version, said)
    find = select(list_sets.c.id).where(list_sets.c.digest == key)
    known = connection.execute(find).scalar()
    if known is None:
        values = {"digest": key, "matcher_version": matcher_version, "versions": said}
        connection.execute(insert(db, list_sets).values(values).on_conflict_do_nothing())
        known = connection.execute(find).scalar_one()
    return int(known)


def record(
    db: Database, connection: Connection, texts: Sequence[tuple[int, Screened]], list_set_id: int, now: datetime
) -> list[HitRecord]:
    """Write the texts of these articles (id, text) and what was found in them; returns the hits that are new."""
    if not texts:
        return []
    version_ids = _versions(db, connection, texts, list_set_id, now)
    placed = [(article, version, text.hits) for (article, text), version in zip(texts, version_ids, strict=True)]
    return record_found(db, connection, placed, now)


def record_found(
    db: Database,
    connection: Connection,
    texts: Sequence[tuple[int, int, Sequence[tuple[Hit, bytes]]]],
    now: datetime,
) -> list[HitRecord]:
    """Write what was found in stored texts (article, version, hits with their evidence).

    Returns the hits that are new, and those that a suppression does not cover any longer.
    """
    refs = article_refs(connection, sorted({article for article, _, _ in texts}))
    stored = _stored_hits(connection, list(refs))
    known = for_entities(connection, {hit.entity.key for _, _, here in texts for hit, _ in here}, now)
    new: list[dict[str, Any]] = []
    uncovered: dict[tuple[int, str, str], HitRecord] = {}
    found: list[tuple[tuple[int, str, str], int, Hit]] = []  # (hit's key, version, hit) whose mentions are written
    for article, version, hits_here in texts:
        for hit, packed in hits_here:
            key = (article, *hit.entity.key)
            found.append((key, version, hit))
            if key not in stored:
                new.append(_row(refs[article], hit, packed, version, now, suppressed(hit, known, now)))
                stored[key] = None
            elif (row := stored[key]) is not None:
                if row.suppressed_by and row.disposition == Disposition.OPEN and not suppressed(hit, known, now):
                    connection.execute(update(hits).where(hits.c.id == row.id).values(suppressed_by=None))
                    whole = replace(hit, article=str(article))
                    uncovered[key] = HitRecord(row.id, whole, refs[article], Disposition.OPEN, row.found_at)
                _strengthen(connection, row, refs[article], hit, version)
    ids = {(row["article_id"], row["watchlist"], row["entity_id"]): id for row, id in _insert_hits(db, connection, new)}
    ids_of = {key: row.id for key, row in stored.items() if row is not None} | ids
    _mentions(db, connection, [(ids_of[key], version, hit) for key, version, hit in found])
    first: dict[tuple[int, str, str], Hit] = {}
    for key, _, hit in found:
        if key in ids:
            first.setdefault(key, hit)
    found_now = [
        HitRecord(
            ids[key],
            replace(hit, article=str(key[0])),
            refs[key[0]],
            Disposition.OPEN,
            now,
            suppressed=suppressed(hit, known, now),
        )
        for key, hit in first.items()
    ]
    return found_now + list(uncovered.values())


def article_refs(connection: Connection, ids: Sequence[int]) -> dict[int, ArticleRef]:
    refs: dict[int, ArticleRef] = {}
    for some in chunks(ids):
        for row in connection.execute(select(articles).where(articles.c.id.in_(some))):
            refs[row.id] = article_ref(row)
    return refs


def article_ref(row: Row[Any]) -> ArticleRef:
    """A row of `articles` as the rest of the program knows it."""
    return ArticleRef(
        id=row.id,
        title=row.title,
        url=row.url,
        feed=row.feed_id,
        published=row.published,
        first_seen=row.first_seen,
        lang=row.lang,
        story=row.story_id,
    )


def _versions(
    db: Database, connection: Connection, texts: Sequence[tuple[int, Screened]], list_set_id: int, now: datetime
) -> list[int]:
    """The version of each text: a new one, or the one that already says the same (an edit that was taken back)."""
    ids = sorted({article for article, _ in texts})
    known: dict[tuple[int, bytes], tuple[int, int]] = {}
    last: dict[int, int] = dict.fromkeys(ids, 0)
    stored = select(versions.c.id, versions.c.article_id, versions.c.number, versions.c.digest)
    for some in chunks(ids):
        for row in connection.execute(stored.where(versions.c.article_id.in_(some))):
            known[row.article_id, row.digest] = (row.id, row.number)
            last[row.article_id] = max(last[row.article_id], row.number)
    new: dict[tuple[int, bytes], dict[str, Any]] = {}
    for article, text in texts:
        if (article, text.digest) not in known and (article, text.digest) not in new:
            last[article] += 1
            new[article, text.digest] = {
                "article_id": article,
                "number": last[article],
                "source": text.source,
                "created": now,
                "digest": text.digest,
                "title": text.title,
                "text": text.packed,
                "length": text.length,
                "lang": text.lang,
                "list_set_id": list_set_id,
            }
    if new:
        rows = list(new.values())
        for key, values, id in zip(new, rows, insert_all(db, connection, versions, rows), strict=True):
            known[key] = (id, values["number"])
    standing = {article: known[article, text.digest][1] for article, text in texts}
    for article, number in standing.items():
        if last[article] > 1:  # else it stands on its first, as it was made
            connection.execute(update(articles).where(articles.c.id == article).values(version=number))
    return [known[article, text.digest][0] for article, text in texts]


def _stored_hits(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str, str], Row[Any] | None]:
    stored: dict[tuple[int, str, str], Row[Any] | None] = {}
    for some in chunks(ids):
        for row in connection.execute(select(hits).where(hits.c.article_id.in_(some)).with_for_update()):
            stored[row.article_id, row.watchlist, row.entity_id] = row
    return stored


def _row(
    article: ArticleRef, hit: Hit, packed: bytes, version: int, now: datetime, by: Suppressed | None
) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "watchlist": hit.entity.watchlist,
        "entity_id": hit.entity.id,
        "subject": HitRecord(0, hit, article, Disposition.OPEN, now).subject,
        "feed_id": article.feed,
        "disposition": Disposition.OPEN.value,
        "found_at": now,
        "suppressed_by": by.suppression if by else None,
        **_evidence(article, hit, packed, version),
    }


def _evidence(article: ArticleRef, hit: Hit, packed: bytes, version: int) -> dict[str, Any]:
    return {
        "lang": article.lang,
        "score": hit.score,
        "severity": hit.severity.value,
        "version_id": version,
        "list_version": hit.list_version,
        "matcher_version": hit.matcher_version,
        "evidence": packed,
        "words": _words(article, hit),
    }


def _words(article: ArticleRef, hit: Hit) -> str:
    said = dict.fromkeys(part for match in hit.matches for part in (match.name.text, match.mention.surface))
    return normalised(" ".join([hit.entity.name, *said, article.title]))[:2000]


def _strengthen(connection: Connection, row: Row[Any], article: ArticleRef, hit: Hit, version: int) -> None:
    """Give an open hit the evidence that says more: a higher score, or as high a score from more places."""
    if row.disposition != Disposition.OPEN or hit.score < row.score:
        return
    before = unpack_hit(row.evidence, article.id)
    if hit.score == row.score and len(hit.matches) <= len(before.matches):
        return
    severity = max(before.severity, hit.severity, key=lambda severity: severity.rank)
    better = replace(hit, severity=Severity(severity))
    values = _evidence(article, better, pack_hit(better), version)
    connection.execute(update(hits).where(hits.c.id == row.id).values(values))


def _insert_hits(
    db: Database, connection: Connection, new: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], int]]:
    return list(zip(new, insert_all(db, connection, hits, new), strict=True))


def _mentions(db: Database, connection: Connection, found: Sequence[tuple[int, int, Hit]]) -> None:
    rows = [
        {
            "hit_id": hit_id,
            "version_id": version,
            "field": match.mention.field,
            "start": match.mention.start,
            "end": match.mention.end,
            "surface": match.mention.surface[:LONGEST],
            "name": match.name.text[:LONGEST],
            "score": match.score,
        }
        for hit_id, version, hit in found
        for match in hit.matches
    ]
    put_all(db, connection, insert(db, mentions).on_conflict_do_nothing(), rows)
