"""From judged candidates to hits: overlaps resolved to the best, further mentions added, one hit per entity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.matching import tables
from monitor.matching.around import Record
from monitor.matching.assign import Assignment
from monitor.matching.identifiers import Identified
from monitor.matching.pattern import GIVEN_ROLES, Pattern, Role
from monitor.matching.scene import Part, Scene
from monitor.matching.scripts.kin import kin
from monitor.matching.scripts.sounds import script_of
from monitor.matching.similar import WHOLE
from monitor.matching.snippets import snippet
from monitor.model.matches import Field, Hit, Match, Mention, Reason
from monitor.model.watchlists import NameKind

if TYPE_CHECKING:
    from monitor.matching.engine import Rule

_KINDS = {NameKind.PRIMARY: 0, NameKind.ALIAS: 1, NameKind.WEAK: 2}

WORD = 3.0
"""Points by which a reading is ahead of one that has a word less."""

PAGE = 256
"""Code points by which mentions are filed to find the ones that overlap."""

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

    @cached_property
    def span(self) -> tuple[Field, int, int]:
        """Field, first code point and end: what was assigned, and the name's other words beside it."""
        tokens = self.part.tokens
        first, last = extent(self.part, self.record.pattern, self.assignment)
        return self.part.field, tokens.starts[first], tokens.ends[last]


def extent(part: Part, pattern: Pattern, assignment: Assignment) -> tuple[int, int]:
    """A mention with the words of the same name that stand beside it though they need not: Rosneft [Oil Company]."""
    forms = part.tokens.forms
    told = {place for found in assignment.found for place in range(found.first_part, found.last_part + 1)}
    own = {one.form for place, one in enumerate(pattern.parts) if place not in told}
    first, last = assignment.first, assignment.last
    while last + 1 < len(forms) and forms[last + 1] in own and not part.gap(last).strip(_BETWEEN):
        last += 1
    own -= {one.form for one in pattern.parts if one.role is Role.LEGAL and len(one.form) < 5}  # ordinary words too
    while first > 0 and forms[first - 1] in own and not part.gap(first - 1).strip(_BETWEEN):
        first -= 1
    small = {one.form for one in pattern.parts[1:] if one.role is Role.PARTICLE} if not pattern.person else set()
    while first < assignment.first and forms[first] in small:
        first += 1
    return first, last


_BETWEEN = " -\u00a0"
"""What may stand between the words of one name."""


def hits(
    scene: Scene,
    judged: Iterable[Judged],
    identified: Iterable[tuple[Field, Identified]],
    rules: Sequence[Rule],
    version: str,
) -> list[Hit]:
    """One hit for each entity that is mentioned by a name or an identifier, in the order of the entities."""
    by_entity: dict[int, list[Judged]] = {}
    for one in _resolved(judged, rules):
        by_entity.setdefault(one.record.entity, []).append(one)
    by_number: dict[int, list[Match]] = {}
    for field, number in identified:
        by_number.setdefault(number.entity, []).append(_identity(scene, field, number, rules))
    taken: dict[tuple[Field, int], list[tuple[int, int]]] = {}  # by field and page
    for one in (one for some in by_entity.values() for one in some):
        field, start, end = one.span
        for page in range(start // PAGE, end // PAGE + 1):
            taken.setdefault((field, page), []).append((start, end))
    found = []
    for place in sorted(by_entity.keys() | by_number.keys()):
        rule = rules[place]
        matches = [read_as(scene, one) for one in by_entity.get(place, ())] + by_number.get(place, [])
        if place in by_entity:
            matches += _further(scene, max(by_entity[place], key=lambda one: one.score), taken)
        matches = sorted(matches, key=lambda match: (match.mention.field != "title", match.mention.start))[:MOST]
        found.append(
            Hit(
                article=scene.article.id,
                entity=rule.entity,
                matches=tuple(matches),
                score=max(match.score for match in matches),
                severity=rule.severity,
                explanation="\n".join(map(told, max(matches, key=lambda match: match.score).reasons)),
                list_version=rule.list_version,
                matcher_version=version,
            )
        )
    return found


def told(reason: Reason) -> str:
    """A reason as a line for people, with the points it gave or took."""
    return f"{reason.text} ({reason.points:+.0f})" if round(reason.points) else reason.text


def _identity(scene: Scene, field: Field, found: Identified, rules: Sequence[Rule]) -> Match:
    text = scene.article.title if field == "title" else scene.article.text
    mention = Mention(field, found.start, found.end, text[found.start : found.end])
    name = rules[found.entity].entity.names[0]
    reason = Reason("identifier", f"“{mention.surface}” is the {found.kind.upper()} of “{name.text}”", 100.0)
    return Match(mention, name, 100.0, (reason,), snippet(text, mention))


def _resolved(judged: Iterable[Judged], rules: Sequence[Rule]) -> list[Judged]:
    """One record for one span of each list: the best; records that nothing tells apart stay together."""
    found = list(judged)
    best: dict[object, float] = {}
    for one in found:
        best[one.span] = max(best.get(one.span, 0.0), _weight(one))
    ranks = {id(one): _rank(one, best[one.span]) for one in found}
    ranked = sorted(found, key=lambda one: ranks[id(one)])
    kept: dict[tuple[str, Field, int], list[Judged]] = {}  # by list, field and page: few stand on a page
    result: list[Judged] = []
    for one in ranked:
        field, start, end = one.span
        watchlist = rules[one.record.entity].entity.watchlist
        pages = range(start // PAGE, end // PAGE + 1)
        near = (other for page in pages for other in kept.get((watchlist, field, page), ()))
        rival = next((other for other in near if start < other.span[2] and other.span[1] < end), None)
        if rival is not None and (
            rival.record.entity == one.record.entity
            or (
                (
                    rival.span != one.span
                    or (
                        ranks[id(rival)][:TELLING] != ranks[id(one)][:TELLING]
                        and not _one_name(rival.record.pattern, one.record.pattern)
                    )
                )
                and not _is_as_good(one, rival)
            )
        ):
            continue
        for page in pages:
            kept.setdefault((watchlist, field, page), []).append(one)
        result.append(one)
    return result


_GIVEN = frozenset((*WHOLE, "spelling", "given"))
"""Rules by which a word is a person's given name, as one writes it or another."""


def _is_as_good(one: Judged, rival: Judged) -> bool:
    """Whether what stands there is the whole of both names, each only spelt in its way.

    So is Volodymyr Zelenskyy on a list that has him with his patronymic and without it, William Gates on one that has
    Bill Gates too, Siemens AG on one that has Siemens Aktiengesellschaft.
    """
    mine, other = one.assignment, rival.assignment
    pattern, theirs = one.record.pattern, rival.record.pattern
    if (mine.first, mine.last) != (other.first, other.last) or pattern.person != theirs.person:
        return False
    if not pattern.person:
        whole = {"equal", "joined"} >= {found.likeness.rule for found in (*mine.found, *other.found)}
        partial = mine.reading.cost or other.reading.cost or not pattern.legal or not theirs.legal
        return whole and not partial and tables.legal_forms().are_one(_legal_form(pattern), _legal_form(theirs))
    if len(mine.found) != len(other.found) or len(mine.found) < 2:
        return False
    left = (place for place in pattern.content if place not in mine.reading.parts)
    return all(pattern.parts[place].role is Role.PATRONYMIC for place in left) and all(
        found.likeness.rule in (_GIVEN if pattern.parts[found.first_part].role in GIVEN_ROLES else WHOLE)
        for found in mine.found
    )


def _legal_form(pattern: Pattern) -> tuple[str, ...]:
    return tuple(part.form for part in pattern.parts if part.role is Role.LEGAL)


TELLING = 6
"""So many of the things that records are ranked by tell one from another; the rest only makes the order definite."""


def _weight(one: Judged) -> float:
    """The score, and a little for each word: iTunes Store comes before iTunes."""
    return round(one.score + WORD * len(one.assignment.found), 2)


def _rank(one: Judged, best: float) -> tuple[float, int, bool, bool, float, int, int, int]:
    """Best first: by weight, then by length. `best`: the highest weight on the same words; a name that stands there
    whole is worth as much, and comes before one of which a part is missing, or that is spelt otherwise or broken up."""
    _, start, end = one.span
    assigned = one.assignment.found
    partial = bool(one.assignment.reading.cost)
    weight = _weight(one) if partial else best
    kind = _KINDS[one.record.name.kind]
    otherwise = len(assigned) <= one.assignment.last - one.assignment.first or any(
        found.likeness.rule not in WHOLE or found.last_part > found.first_part for found in assigned
    )
    score = round(one.score + _of_case_and_script(one), 2)
    return (-weight, start - end, partial, otherwise, -score, kind, one.record.entity, start)


def _one_name(one: Pattern, other: Pattern) -> bool:
    """Whether two names are one name in two scripts: what is read as the one is as well read as the other."""
    mine, theirs = ([pattern.parts[place].form for place in pattern.content] for pattern in (one, other))
    if len(mine) != len(theirs) or script_of(mine[0]) == script_of(theirs[0]):
        return False
    for form in mine:
        alike = next((name for name in theirs if name == form or kin(form, name) or kin(name, form)), None)
        if alike is None:
            return False
        theirs.remove(alike)
    return True


def _of_case_and_script(one: Judged) -> float:
    """The points that a name lost for being declined or in another script: between two records they tell nothing."""
    return -sum(reason.points for reason in one.reasons if reason.rule in ("token-inflected", "token-transliterated"))


def read_as(scene: Scene, one: Judged) -> Match:
    """The candidate as a match: its words read as its name, with every step of the score."""
    field, start, end = one.span
    text = scene.article.title if field == "title" else scene.article.text
    mention = Mention(field, start, end, text[start:end])
    name = one.record.name
    as_what = {NameKind.PRIMARY: "name", NameKind.ALIAS: "alias", NameKind.WEAK: "weak alias"}[name.kind]
    read = Reason("name", f"“{mention.surface}” read as the {as_what} “{name.text}”", 100.0)
    return Match(mention, name, round(one.score, 2), (read, *one.reasons), snippet(text, mention))


def _further(scene: Scene, best: Judged, taken: Mapping[tuple[Field, int], Sequence[tuple[int, int]]]) -> list[Match]:
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
        if part.aloud:
            continue
        tokens = part.tokens
        for at, form in enumerate(tokens.forms):
            if form != surname or part.shape(at) == "lower":
                continue
            start, end = tokens.starts[at], tokens.ends[at]
            if any(start < right and left < end for left, right in taken.get((part.field, start // PAGE), ())):
                continue
            text = tokens.text
            mention = Mention(part.field, start, end, text[start:end])
            reasons = (
                Reason("surname", f"“{mention.surface}” alone, in an article that has the full name", best.score - 5),
            )
            found.append(Match(mention, best.record.name, round(best.score - 5, 2), reasons, snippet(text, mention)))
    return found
