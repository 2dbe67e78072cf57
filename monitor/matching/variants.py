"""What a name may look like in a text. Pure.

A reading is a choice of parts that must all be found, in any order and however spelt (`similar`). Function words,
particles, titles and legal forms are never required. What a reading leaves off costs points, for the judge to take.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.matching import tables
from monitor.matching.bodies import body_parts, body_readings
from monitor.matching.pattern import MAX_READINGS, Part, Pattern
from monitor.matching.persons import is_east_asian, person_parts, person_readings, reads_like_a_person
from monitor.matching.text import tokenise
from monitor.model.watchlists import EntityType


def variants(name: str, kind: EntityType) -> Pattern | None:
    """The pattern of a list's name; None for one without letters or digits.

    >>> [r.says for r in variants("Nicolas MADURO MOROS", EntityType.PERSON).readings]
    ['', 'without the second surname moros']
    """
    name = _plain(name)
    tokens = tokenise(name)
    if not any(tokens.forms):
        return None
    described = not _DESCRIBES.isdisjoint(tokens.forms)  # "President of the United States", "Elizabeth I of England"
    if not described and (kind is EntityType.PERSON or (kind is EntityType.UNKNOWN and reads_like_a_person(tokens))):
        parts, legal = person_parts(name, tokens), ""
        readings = person_readings(parts)
        person = True
    else:
        parts, legal = body_parts(tokens)
        readings = body_readings(parts)
        person = False
    content = readings[0].parts
    contiguous = all(len(parts[place].form) == 1 and not parts[place].form.isascii() for place in content)
    joins = () if contiguous else _joins(parts, content, person=person)
    syllables = person and is_east_asian(parts)
    return Pattern(tuple(parts), tuple(readings[:MAX_READINGS]), person, contiguous, joins, legal, syllables)


_ASIDE = re.compile(
    r"\s*\((?:[^()]*\b(?:a\.?\s?k\.?\s?a|f\.?\s?k\.?\s?a|previously|formerly|former|alias|false|dit)\b[^()]*|[A-ZА-Я]{2,6})\)"
)
"""What official lists put in brackets inside a name: other spellings, former names, an abbreviation of it."""


def _plain(name: str) -> str:
    """A name without the asides in it, if anything is left."""
    without = _ASIDE.sub(" ", name)
    return without if any(map(str.isalnum, without)) else name


_DESCRIBES = frozenset(("of", "the", "and", "for"))


def _joins(parts: Sequence[Part], content: tuple[int, ...], *, person: bool) -> tuple[tuple[int, str], ...]:
    """Neighbouring parts that may be written as one word: Gazprom Bank, Jong Un; New York as NY."""
    short = {} if person else tables.generic().short
    pairs = [place for place in content if place + 1 in content and len(parts[place].form) > 1]
    joined = [(place, parts[place].form + parts[place + 1].form) for place in pairs]
    abbreviated = [(place, short.get((parts[place].form, parts[place + 1].form), "")) for place in pairs]
    return tuple((place, form) for place, form in joined if len(form) >= 6) + tuple(
        (place, form) for place, form in abbreviated if form
    )
