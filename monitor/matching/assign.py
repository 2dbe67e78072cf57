"""Which words of a text stand for which parts of a name. Pure; shared by the engine and by the slow reference.

For each word that may be the key part of a reading, the best assignment around it is *the* candidate: every part of the
reading on a different word, within a window little longer than the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from monitor.matching import words
from monitor.matching.pattern import GIVEN_ROLES, Pattern, Reading, Role
from monitor.matching.persons import may_stand_between
from monitor.matching.scripts.inflection import bases
from monitor.matching.scripts.kin import proves
from monitor.matching.scripts.sounds import has_few_vowels
from monitor.matching.similar import INITIAL, Likeness, is_initial
from monitor.matching.text import Tokens

EXTRA = 2
"""Words inside a mention that are no part of the name: middle names, particles."""

FLOOR = 0.78
"""Mean likeness, weighted by length, under which nothing is a candidate: below what any allowed threshold needs."""

MAX_CHOICES = 5
"""Words considered for one part, nearest the key first: more only occur in texts that repeat a name's words."""

MAX_STEPS = 2_000
"""Steps of the search for the best assignment; texts that are no texts would need more."""


class Found(NamedTuple):
    """Parts `first_part` … `last_part` of a name, on the words `first` … `last` of a text."""

    first_part: int
    last_part: int
    first: int
    last: int
    likeness: Likeness


class Assignment(NamedTuple):
    """A reading found in a text. `likeness`: the mean of its parts', weighted by their length, 0–1."""

    reading: Reading
    found: tuple[Found, ...]  # by part
    first: int
    last: int
    likeness: float


def reach(pattern: Pattern) -> int:
    """How many words a mention of this name spans at most."""
    return len(pattern.parts) + (0 if pattern.contiguous else EXTRA)


def ordinariness(tokens: Tokens, at: int) -> int:
    """Of a word in lower case: the percentage of its uses in the news that are so; of any other word 0."""
    if not tokens.surface(at, at).islower():
        return 0
    return words.word(tokens.forms[at]).lower if len(tokens.forms[at]) > 1 else 100


def hopeless(pattern: Pattern, reading: Reading, form: str, ordinary: int) -> bool:
    """Whether the key part would stand on an ordinary word in lower case, where that is never a mention.

    It is none of a name of one word, nor of a person, nor where the word is neither the name's nor a case of it.
    """
    if ordinary < 5 or pattern.contiguous:
        return False
    if len(reading.parts) == 1:
        return True
    key = pattern.parts[reading.key].form
    return ordinary >= 50 and (pattern.person or (form != key and key not in bases(form)))


def too_loose(reading: Reading, found: Sequence[Found], tokens: Tokens) -> bool:
    """Whether a name of one word would be read into another word that exists: Elvis is no typo for Elvees."""
    if len(reading.parts) > 1:
        return False
    rule, form = found[0].likeness.rule, tokens.forms[found[0].first]
    if rule == "transliterated":
        return not proves(form, found[0].likeness.value)
    return rule in ("typo", "spelling") and words.word(form).df >= 10


def initials(pattern: Pattern, places: Iterable[int], tokens: Tokens, first: int, last: int) -> Iterable[Found]:
    """Of the words `first` … `last` − 1 those that are a given name's initial, or a given name of a listed initial."""
    if not pattern.person:
        return
    letters = [at for at in range(first, last) if len(tokens.forms[at]) == 1]
    for place in places:
        part = pattern.parts[place]
        if part.role in GIVEN_ROLES or part.role is Role.PATRONYMIC:
            for at in range(first, last) if len(part.form) == 1 else letters:
                if is_initial(tokens.forms[at], part.form) and not tokens.surface(at, at).islower():
                    yield Found(place, place, at, at, Likeness(INITIAL, "initial"))


def assign(
    pattern: Pattern, reading: Reading, found: Sequence[Found], key_at: int, forms: Sequence[str]
) -> Assignment | None:
    """The best assignment of the reading's parts whose key part stands on the word `key_at`; None if there is none.

    The best has the highest likeness; of equals the shortest, then one in the name's order, then the first in the text.
    Where words of a script with few vowels only sound like the name's, all stand side by side, the surname last: much
    else in such a text sounds like them too. forms: the text's words, folded.
    """
    limit = reach(pattern)
    choices: dict[int, list[Found]] = {place: [] for place in reading.parts}
    for one in found:
        if one.first_part in choices and one.last_part in choices and abs(one.first - key_at) < limit:
            is_key = one.first_part <= reading.key <= one.last_part
            if is_key == (one.first <= key_at <= one.last):
                choices[one.first_part].append(one)
                if one.last_part != one.first_part:
                    choices[one.last_part].append(one)
    if not all(choices.values()):
        return None
    for some in choices.values():
        some.sort(key=lambda one: (abs(one.first - key_at), one.first, -one.likeness.value))
        del some[MAX_CHOICES:]
    order = sorted(reading.parts, key=lambda place: (place != reading.key, len(choices[place]), place))
    best = _best(pattern, order, choices, limit, forms)
    if best is None:
        return None
    chosen = tuple(sorted(best))
    value = mean(pattern, chosen)
    if value < FLOOR:
        return None
    return Assignment(reading, chosen, min(o.first for o in chosen), max(o.last for o in chosen), value)


def mean(pattern: Pattern, chosen: Iterable[Found]) -> float:
    """The mean likeness, weighted by the parts' lengths."""
    total = weight = 0.0
    for one in chosen:
        size = sum(len(pattern.parts[place].form) for place in range(one.first_part, one.last_part + 1))
        total += size * one.likeness.value
        weight += size
    return total / weight


def _best(
    pattern: Pattern, order: Sequence[int], choices: dict[int, list[Found]], limit: int, forms: Sequence[str]
) -> tuple[Found, ...] | None:
    best: tuple[Found, ...] | None = None
    best_rank: tuple[float, int, bool, int] | None = None
    stack: list[tuple[tuple[Found, ...], int]] = [((), 0)]
    steps = 0
    while stack and steps < MAX_STEPS:
        steps += 1
        chosen, depth = stack.pop()
        while depth < len(order) and any(one.first_part <= order[depth] <= one.last_part for one in chosen):
            depth += 1
        if depth == len(order):
            if pattern.contiguous and not _in_order(chosen):
                continue
            if any(_is_vague(one, forms) for one in chosen) and not side_by_side(pattern, chosen, forms):
                continue
            first, last = min(one.first for one in chosen), max(one.last for one in chosen)
            by_part = [one.first for one in sorted(chosen)]
            rank = (mean(pattern, chosen), first - last, by_part == sorted(by_part), -first)
            if best_rank is None or rank > best_rank:
                best, best_rank = chosen, rank
            continue
        for one in reversed(choices[order[depth]]):
            if any(_clash(one, other) for other in chosen):
                continue
            first = min(one.first, *(other.first for other in chosen), one.first)
            last = max(one.last, *(other.last for other in chosen), one.last)
            if last - first < limit:
                stack.append(((*chosen, one), depth + 1))
    return best


def _is_vague(one: Found, forms: Sequence[str]) -> bool:
    return one.likeness.rule == "transliterated" and has_few_vowels(forms[one.first])


def side_by_side(pattern: Pattern, found: Sequence[Found], forms: Sequence[str]) -> bool:
    """Whether the words stand as the name is spoken, with nothing between them but patronymics and particles."""
    by_part = {one.first_part: one.first for one in found}
    places = [by_part[part] for part in pattern.as_spoken(by_part)]
    between = range(min(places), max(one.last for one in found) + 1)
    return places == [at for at in between if at in places or not may_stand_between(forms[at])]


def _clash(one: Found, other: Found) -> bool:
    """Whether two share a word of the text or a part of the name."""
    return (one.first <= other.last and other.first <= one.last) or (
        one.first_part <= other.last_part and other.first_part <= one.last_part
    )


def _in_order(chosen: Iterable[Found]) -> bool:
    by_part = sorted(chosen)
    return all(right.first == left.last + 1 for left, right in pairwise(by_part))
