"""Replay: a hit's score rebuilt from what is stored, and what the present matcher would change over stored articles.

    a hit: list record as it was, text or its sentences ─match*, judge*→ score ─compare*→ same, or different and why
    stored texts: ─match*, judge*→ hits now ─compare*→ gone, new, moved

Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, tee
from typing import Literal

from monitor.matching import MATCHER_VERSION, Matcher
from monitor.model.articles import Article, ArticleRef
from monitor.model.matches import Disposition, Hit, HitRecord, Reason
from monitor.model.watchlists import Watchlist
from monitor.screening import Screener
from monitor.store import Store, StoredText

LOWEST = 50.0
"""The threshold that a hit is replayed with: what its list's was then is not stored, and any score is to be seen."""

MOVED = 0.5
"""Points from which a score has moved: less changes no decision."""

EQUAL = 0.005
"""Points that rounding may make; a replay must give the very score."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the present matcher makes of a stored hit."""

    record: HitRecord
    basis: Literal["text", "sentences"]  # sentences: the text is gone, the title and the kept sentences were read
    now: Hit | None  # None: no name of the entity scores LOWEST
    matcher_version: str
    why: tuple[str, ...]  # what could make, or made, a difference

    @property
    def same(self) -> bool:
        """Whether the score is the very same, by the same words read as the same name."""
        if self.now is None or abs(self.now.score - self.record.hit.score) > EQUAL:
            return False
        then, now = self.record.hit.best, self.now.best
        return (then.mention.surface, then.name) == (now.mention.surface, now.name)


def replay(record: HitRecord, text: StoredText | None) -> Replayed:
    """Rebuild a hit's score with the list record that it was found by. text: what it was found in; None: gone. Pure."""
    hit = record.hit
    entity = replace(hit.entity, threshold=None)
    matcher = Matcher.compile([Watchlist(entity.watchlist, (entity,), version=hit.list_version)], threshold=LOWEST)
    article = text.article if text else _sentences(record)
    now = next(iter(matcher.screen(article)), None)
    made = Replayed(record, "text" if text else "sentences", now, MATCHER_VERSION, ())
    return replace(made, why=tuple(_why(made)))


def _sentences(record: HitRecord) -> Article:
    """The title, and the sentences that were kept with the hit, a line each."""
    body = [match.snippet.text for match in record.hit.matches if match.mention.field == "text"]
    ref = record.article
    return Article(str(ref.id), ref.title, "\n".join(dict.fromkeys(body)), ref.lang, ref.published)


def _why(made: Replayed) -> Iterator[str]:
    hit, now = made.record.hit, made.now
    if hit.matcher_version != made.matcher_version:
        yield f"the matcher was {hit.matcher_version or 'not noted'}, and is {made.matcher_version}"
    if made.basis == "sentences":
        count = len({match.snippet.text for match in hit.matches})
        yield (
            f"the article's text is gone; its title and the {count} kept {'sentence' if count == 1 else 'sentences'} "
            "were read, so that signs which stood elsewhere are missing"
        )
    if now is None:
        yield f"no name of the list record scores {LOWEST:.0f} any more"
        return
    if made.same:
        return
    yield from (f"then, not now: {_told(reason)}" for reason in _without(hit.best.reasons, now.best.reasons))
    yield from (f"now, not then: {_told(reason)}" for reason in _without(now.best.reasons, hit.best.reasons))


def _without(some: Sequence[Reason], others: Collection[Reason]) -> list[Reason]:
    known = {(one.rule, one.text, round(one.points, 2)) for one in others}
    return [one for one in some if (one.rule, one.text, round(one.points, 2)) not in known]


def _told(reason: Reason) -> str:
    return f"{reason.text} ({reason.points:+.1f})" if reason.points else reason.text


@dataclass(frozen=True, slots=True)
class Change:
    """A hit that the present matcher and lists would not make, make anew, or score otherwise."""

    kind: Literal["gone", "new", "moved"]
    article: ArticleRef
    hit: Hit  # as it is now; as it was, where it is gone
    before: float | None  # score, 0–100
    after: float | None
    id: int | None  # of the stored hit
    disposition: Disposition | None  # of the stored hit


@dataclass(frozen=True, slots=True)
class Measured:
    """What the present matcher and lists change over stored articles."""

    since: datetime
    matcher_version: str
    matchers_before: tuple[str, ...]  # of the stored hits
    lists: tuple[tuple[str, str], ...]  # (watchlist, version), those that were compared
    articles: int
    compared: int  # stored hits
    same: int
    text_gone: int  # stored hits of these articles whose own text is gone: not compared
    changes: tuple[Change, ...]

    def count(self, kind: str, disposition: Disposition | None = None) -> int:
        return sum(one.kind == kind and disposition in (None, one.disposition) for one in self.changes)


Placed = tuple[HitRecord, int]
"""A stored hit, and the version of its article that it was found in."""


def measure(store: Store, matcher: Matcher, *, since: datetime, jobs: int = 1) -> Measured:
    """Hold this matcher against all texts, still stored, of articles first seen since then; compare with their hits.

    Hits of lists that the matcher does not have are left alone. jobs: processes, 0 for one a core. Raises StorageError.
    """
    watched = {watchlist for watchlist, _ in matcher.versions}
    stored: dict[int, list[Placed]] = {}
    gone: list[int] = []
    for_matcher, for_us = tee(_texts(store, since, stored, gone, watched))
    found = Screener(matcher).screen_many((text.article for text in for_matcher), jobs=jobs)
    articles = compared = same = 0
    changes: list[Change] = []
    matchers: set[str] = set()
    for _, group in groupby(zip(for_us, found, strict=True), key=lambda pair: pair[0].ref.id):
        pairs = list(group)
        ref = pairs[0][0].ref
        records = stored.pop(ref.id, [])
        different = compare(ref, records, {text.version: hits for text, hits in pairs})
        articles += 1
        compared += len(records)
        matchers |= {record.hit.matcher_version for record, _ in records}
        same += len(records) - sum(one.kind != "new" for one in different)
        changes += different
    return Measured(
        since=since,
        matcher_version=MATCHER_VERSION,
        matchers_before=tuple(sorted(matchers)),
        lists=matcher.versions,
        articles=articles,
        compared=compared,
        same=same,
        text_gone=len(gone),
        changes=tuple(changes),
    )


def compare(ref: ArticleRef, stored: Iterable[Placed], found: Mapping[int, Iterable[Hit]]) -> list[Change]:
    """One article's hits as they are stored, and as they are found now in each of its texts (by version). Pure.

    A stored hit is compared with what its own text says now: one that was decided about keeps what it was decided on,
    whatever a later text adds.
    """
    now: dict[tuple[str, str], Hit] = {}
    own: dict[tuple[int, tuple[str, str]], Hit] = {}
    for version, hits in found.items():
        for hit in hits:
            own[version, hit.entity.key] = hit
            known = now.get(hit.entity.key)
            if known is None or hit.score > known.score:
                now[hit.entity.key] = hit
    changes: list[Change] = []
    for record, version in stored:
        key, before = record.hit.entity.key, record.hit.score
        best = now.pop(key, None)
        current = own.get((version, key), best)
        if current is None:
            changes.append(Change("gone", ref, record.hit, before, None, record.id, record.disposition))
        elif abs(current.score - before) >= MOVED:
            changes.append(Change("moved", ref, current, before, current.score, record.id, record.disposition))
    changes += [Change("new", ref, hit, None, hit.score, None, None) for hit in now.values()]
    return changes


def _texts(
    store: Store, since: datetime, stored: dict[int, list[Placed]], gone: list[int], watched: Collection[str]
) -> Iterator[StoredText]:
    """Every text that is to be held against the matcher, article by article; notes the hits that it is compared with.

    Beside the last texts of an article, those in which its hits were found: an edit may have taken a name away.
    """
    for block in store.stored_texts(since=since):
        texts = {text.version: text for text in block}
        for record, text in store.hits_of(sorted({text.ref.id for text in block})):
            if record.hit.entity.watchlist not in watched:
                continue
            if text is None:
                gone.append(record.id)
            else:
                stored.setdefault(record.article.id, []).append((record, text.version))
                texts.setdefault(text.version, text)
        yield from sorted(texts.values(), key=lambda text: (text.ref.id, text.version))
