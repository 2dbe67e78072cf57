"""The definition of a candidate, by brute force: slow, obvious, the truth that the index is tested against.

For every reading of a name and every word of the text that its key part may be (`similar`, `related`, or two words
written as one), the best assignment around that word (`assign`) is a candidate, unless it is `hopeless` or `too_loose`.
Nothing is looked up, nothing is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from monitor.matching.assign import (
    Assignment,
    Found,
    assign,
    hopeless,
    initials,
    ordinariness,
    too_loose,
)
from monitor.matching.pattern import GIVEN_ROLES, OPTIONAL, Pattern
from monitor.matching.similar import EQUAL, JOINED, Likeness, related, similar
from monitor.matching.text import LONGEST_ABBREVIATION, Tokens


def candidates(patterns: Iterable[Pattern], tokens: Tokens) -> Iterator[tuple[int, Assignment]]:
    """Every candidate of every name: the name's place among the patterns, and the assignment."""
    for number, pattern in enumerate(patterns):
        found = [one for at in range(len(tokens)) for one in _readings_of_word(pattern, tokens, at)]
        found += initials(pattern, pattern.content, tokens, 0, len(tokens))
        for reading in pattern.readings:
            for at, form in enumerate(tokens.forms):
                holds_key = any(
                    one.first == at and one.first_part <= reading.key <= one.last_part
                    for one in found
                    if one.likeness.rule != "initial"
                )
                if holds_key and not hopeless(pattern, reading, form, ordinariness(tokens, at)):
                    best = assign(pattern, reading, found, at, tokens.forms)
                    if best is not None and not too_loose(reading, best.found, tokens):
                        yield number, best


def _readings_of_word(pattern: Pattern, tokens: Tokens, at: int) -> Iterator[Found]:
    """What the word `at`, or it and the following ones as one, may be of a name."""
    word = tokens.forms[at]
    for place, part in enumerate(pattern.parts):
        if part.role not in OPTIONAL:
            open_to = not pattern.person or part.role in GIVEN_ROLES
            likeness = _likeness(word, part.form, pattern.person, open_to)
            if likeness is not None:
                yield Found(place, place, at, at, likeness)
    wholes = [(place, place, part.form) for place, part in enumerate(pattern.parts) if part.role not in OPTIONAL]
    joined = [(place, place + 1, form) for place, form in pattern.joins]
    yield from (Found(left, right, at, at, EQUAL) for left, right, form in joined if form == word)
    last, whole = _as_one(tokens, at)
    if whole:
        yield from (Found(left, right, at, last, JOINED) for left, right, form in wholes + joined if form == whole)


def _as_one(tokens: Tokens, at: int) -> tuple[int, str]:
    """The last word of those that are read as one with the word `at`, and how that reads; "" when none is."""
    forms = tokens.forms

    def gap(place: int) -> str:
        return tokens.text[tokens.ends[place] : tokens.starts[place + 1]]

    if at + 1 >= len(forms):
        return at, ""
    left, right = forms[at], forms[at + 1]
    if len(left) == len(right) == 1 and left.isascii() and gap(at) == ".":
        last = at + 1
        while (
            last + 1 < len(forms)
            and len(forms[last + 1]) == 1
            and gap(last) == "."
            and last - at < LONGEST_ABBREVIATION - 1
        ):
            last += 1
        return last, "".join(forms[at : last + 1])
    if len(left) + len(right) >= 6 and (min(len(left), len(right)) >= 3 or gap(at) in ("-", "‑")):
        return at + 1, left + right
    return at, ""


@lru_cache(maxsize=2_000_000)
def _likeness(word: str, form: str, person: bool, open_to: bool) -> Likeness | None:
    own = similar(word, form)
    other = related(word, form, person=person) if open_to else None
    return max(own, other) if own and other else own or other
