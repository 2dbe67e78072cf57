"""From judged candidates to hits: overlaps resolved to the best, further mentions added, one hit per entity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.matching.assign import Assignment
from monitor.matching.index import Record
from monitor.matching.scene import Part, Scene
from monitor.matching.snippets import snippet
from monitor.matching.variants import Role
from monitor.model.matches import Hit, Match, Mention, Reason
from monitor.model.watchlists import NameKind

if TYPE_CHECKING:
    from monitor.matching.engine import Rule

_KINDS = {NameKind.PRIMARY: 0, NameKind.ALIAS: 1, NameKind.WEAK: 2}

MOST = 500
"""Mentions kept of one entity in one article."""


@dataclass(frozen=True)
class Judged:
    """A candidate with its score."""

    record: Record
    part: Part
    assignment: Assignment
    score: float
    reasons: tuple[Reason, ...]

    @property
    def span(self) -> tuple[str, int, int]:
        tokens = self.part.tokens
        return self.part.field, tokens.starts[self.assignment.first], tokens.ends[self.assignment.last]


def hits(scene: Scene, judged: Iterable[Judged], rules: Sequence[Rule], version: str) -> list[Hit]:
    by_entity: dict[int, list[Judged]] = {}
    for one in _resolved(judged, rules):
        by_entity.setdefault(one.record.entity, []).append(one)
    taken = [one.span for some in by_entity.values() for one in some]
    found = []
    for number in sorted(by_entity):
        rule = rules[number]
        best = max(by_entity[number], key=lambda one: one.score)
        matches = [read_as(scene, one) for one in by_entity[number]]
        matches += _further(scene, best, taken)
        matches = sorted(matches, key=lambda match: (match.mention.field != "title", match.mention.start))[:MOST]
        found.append(
            Hit(
                article=scene.article.id,
                entity=rule.entity,
                matches=tuple(matches),
                score=max(match.score for match in matches),
                severity=rule.severity,
                explanation="\n".join(reason.text for reason in max(matches, key=lambda match: match.score).reasons),
                list_version=rule.list_version,
                matcher_version=version,
            )
        )
    return found


def _resolved(judged: Iterable[Judged], rules: Sequence[Rule]) -> list[Judged]:
    """One record for one span of each list: the best; records that nothing tells apart stay together."""
    ranked = sorted(judged, key=_rank)
    kept: dict[str, dict[str, list[tuple[int, int, Judged]]]] = {}
    result: list[Judged] = []
    for one in ranked:
        field, start, end = one.span
        spans = kept.setdefault(rules[one.record.entity].entity.watchlist, {}).setdefault(field, [])
        rival = next((other for left, right, other in spans if start < right and left < end), None)
        if rival is not None and (
            rival.record.entity == one.record.entity or _rank(rival)[:3] != _rank(one)[:3] or rival.span != one.span
        ):
            continue
        spans.append((start, end, one))
        result.append(one)
    return result


def _rank(one: Judged) -> tuple[float, int, int, int, int]:
    _, start, end = one.span
    return (-round(one.score, 2), start - end, _KINDS[one.record.name.kind], one.record.entity, start)


def read_as(scene: Scene, one: Judged) -> Match:
    """The candidate as a match: its words read as its name, with every step of the score."""
    field, start, end = one.span
    text = scene.article.title if field == "title" else scene.article.text
    mention = Mention("title" if field == "title" else "text", start, end, text[start:end])
    name = one.record.name
    as_what = {NameKind.PRIMARY: "name", NameKind.ALIAS: "alias", NameKind.WEAK: "weak alias"}[name.kind]
    read = Reason("name", f"“{mention.surface}” read as the {as_what} “{name.text}”", 100.0)
    return Match(mention, name, round(one.score, 2), (read, *one.reasons), snippet(text, mention))


def _further(scene: Scene, best: Judged, taken: list[tuple[str, int, int]]) -> list[Match]:
    """The surname alone, once the full name stands in the article."""
    pattern = best.record.pattern
    if not pattern.person or len(best.assignment.found) < 2:
        return []
    surnames = {
        best.part.tokens.forms[found.first]
        for found in best.assignment.found
        if pattern.parts[found.first_part].role is Role.SURNAME and len(pattern.parts[found.first_part].form) > 2
    }
    if len(surnames) != 1:
        return []
    surname = surnames.pop()
    found = []
    for part in scene.parts:
        tokens = part.tokens
        for at, form in enumerate(tokens.forms):
            if form != surname or part.shape(at) == "lower":
                continue
            start, end = tokens.starts[at], tokens.ends[at]
            if any(field == part.field and start < right and left < end for field, left, right in taken):
                continue
            text = tokens.text
            mention = Mention(part.field, start, end, text[start:end])
            reasons = (
                Reason("surname", f"“{mention.surface}” alone, in an article that has the full name", best.score - 5),
            )
            found.append(Match(mention, best.record.name, round(best.score - 5, 2), reasons, snippet(text, mention)))
    return found
