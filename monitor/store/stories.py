"""Which articles tell the same story: those of different feeds with the same URL, the same words, or nearly the same.

Within one feed two articles are never the same story. A feed that repeats a link, or a teaser, over different news
(a live page, a daily column) would otherwise hide tomorrow's news behind today's alert; and an item that did not
change is not a new article in the first place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from monitor.links import canonical
from monitor.store import sketches, sql
from monitor.store.engine import Database
from monitor.store.packing import digest
from monitor.store.sketches import Sketch
from monitor.store.tables import articles, stories, story_keys, story_probes

LIFE = timedelta(days=30)
"""How long copies join a story. The same words, or the same address, long after are news again."""

NEAR_LIFE = timedelta(days=3)
"""How long a story is joined by what only resembles it: wire copies come within hours, and next week's report on the
same case is other news in much the same words."""

FEWEST = 20
"""Code points that words must have to tell a story: two feeds that both say "Live updates" tell two."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a new article's story is told by."""

    feed: str
    url: str
    title: str
    text: str


def keys(url: str, words: str) -> list[bytes]:
    """The digests that a story is known by: of the normalised words and of the canonical URL, if there are any."""
    found = []
    if len(words) >= FEWEST:
        found.append(digest("words", words))
    if url:
        found.append(digest("url", canonical(url)))
    return found


class _Plain(dict[int, str]):
    """What each code point becomes; every one is looked up in Unicode's tables once."""

    def __missing__(self, code: int) -> str:
        c = chr(code)
        self[code] = plain = c if c.isalnum() or unicodedata.category(c)[0] == "M" else " "
        return plain


_PLAIN = _Plain()


def normalised(text: str) -> str:
    """Letters (with their marks) and digits of every script, case-folded, everything between them one space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.translate(_PLAIN).split())


def assign(db: Database, connection: Connection, texts: Sequence[Text], now: datetime) -> list[int]:
    """The story of each new article, in order: one that another feed began lately, or a new one.

    A key stands for the newest story that has it, so that copies of a repeated teaser find today's, not the first.
    """
    words = [normalised(f"{text.title} {text.text}") for text in texts]
    by_text = [keys(text.url, said) for text, said in zip(texts, words, strict=True)]
    latest: dict[bytes, int] = {}
    for wanted in sql.chunks(sorted({key for some in by_text for key in some})):
        known = (
            select(story_keys)
            .join(stories, stories.c.id == story_keys.c.story_id)
            .where(story_keys.c.digest.in_(wanted), stories.c.first_seen > now - LIFE)
        )
        latest |= {row.digest: row.story_id for row in connection.execute(known)}
    drawn = [sketches.sketch(said) for said in words]
    near = _near(connection, drawn, now)
    told = _told(connection, {*latest.values(), *(story for some in near for story in some)})
    assigned: list[int] = []
    begun: list[Sketch | None] = []  # of stories that have no id yet: they are -1, -2 …
    for text, some, alike, its in zip(texts, by_text, near, drawn, strict=True):
        candidates = [*(latest[key] for key in some if key in latest), *alike]
        story = next((one for one in candidates if (one, text.feed) not in told), None)
        if story is None:
            begun.append(its)
            story = -len(begun)
        told.add((story, text.feed))
        latest |= dict.fromkeys(some, story)
        assigned.append(story)
    ids = _begin(db, connection, begun, now)
    _remember(db, connection, {key: _real(story, ids) for key, story in latest.items()})
    return [_real(story, ids) for story in assigned]


def _told(connection: Connection, some: set[int]) -> set[tuple[int, str]]:
    """(story, feed) of the articles that these stories have."""
    told: set[tuple[int, str]] = set()
    for ids in sql.chunks(sorted(some)):
        rows = connection.execute(select(articles.c.story_id, articles.c.feed_id).where(articles.c.story_id.in_(ids)))
        told |= {(row.story_id, row.feed_id) for row in rows}
    return told


def _near(connection: Connection, drawn: Sequence[Sketch | None], now: datetime) -> list[list[int]]:
    """For each sketch the stories of late whose first article is nearly the same, the nearest first."""
    begun: dict[int, Sketch] = {}  # stories that may be near
    by_probe: dict[int, set[int]] = {}
    for probes in sql.chunks(sorted({probe for one in drawn if one for probe in one.probes})):
        rows = connection.execute(
            select(story_probes.c.probe, stories.c.id, stories.c.sketch)
            .join(stories, stories.c.id == story_probes.c.story_id)
            .where(story_probes.c.probe.in_(probes), stories.c.first_seen > now - NEAR_LIFE)
        )
        for row in rows:
            by_probe.setdefault(row.probe, set()).add(row.id)
            begun[row.id] = sketches.unpack(row.sketch)
    found: list[list[int]] = []
    for one in drawn:
        stories_here = {story for probe in one.probes for story in by_probe.get(probe, ())} if one else set()
        shares = {story: sketches.near(one, begun[story]) for story in stories_here} if one else {}
        alike = [story for story, share in shares.items() if share >= sketches.NEAR]
        found.append(sorted(alike, key=lambda story: (-shares[story], story)))
    return found


def _begin(db: Database, connection: Connection, drawn: Sequence[Sketch | None], now: datetime) -> list[int]:
    if not drawn:
        return []
    rows = [{"first_seen": now, "sketch": sketches.pack(one) if one else None} for one in drawn]
    ids = sql.insert_all(db, connection, stories, rows)
    probes = [
        {"probe": probe, "story_id": id} for id, one in zip(ids, drawn, strict=True) if one for probe in one.probes
    ]
    sql.put_all(db, connection, story_probes.insert(), probes)
    return ids


def forget_sketches(connection: Connection, now: datetime, limit: int) -> int:
    """Drop what is kept of up to `limit` stories that nothing can be near to any more; returns of how many."""
    old = select(stories.c.id).where(stories.c.sketch.is_not(None), stories.c.first_seen <= now - NEAR_LIFE)
    ids = list(connection.execute(old.limit(limit)).scalars())
    if ids:
        connection.execute(delete(story_probes).where(story_probes.c.story_id.in_(ids)))
        connection.execute(update(stories).where(stories.c.id.in_(ids)).values(sketch=None))
    return len(ids)


def _remember(db: Database, connection: Connection, story_of: Mapping[bytes, int]) -> None:
    rows = [{"digest": key, "story_id": story} for key, story in story_of.items()]
    put = sql.insert(db, story_keys)
    newest = {"story_id": put.excluded.story_id}
    sql.put_all(db, connection, put.on_conflict_do_update(index_elements=["digest"], set_=newest), rows)


def _real(story: int, ids: Sequence[int]) -> int:
    return ids[-story - 1] if story < 0 else story
