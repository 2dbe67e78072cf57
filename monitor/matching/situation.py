"""What the judge's rules look at: a candidate, its entity, and what stands around it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Levenshtein

from monitor.matching import tables
from monitor.matching.assign import Assignment, Found
from monitor.matching.pattern import Pattern, Role
from monitor.matching.scene import Part, Scene
from monitor.matching.scripts.aloud import names
from monitor.matching.similar import swapped
from monitor.matching.text import fold
from monitor.matching.words import known
from monitor.model.watchlists import Entity, Name

_WORD = re.compile(r"\w+")


def _is_slip(word: str, form: str) -> bool:
    """Whether a word is another, or one with two letters exchanged: Taah for Taha."""
    return word == form or (len(form) > 3 and swapped(word, form))


def _has_a_letter_wrong(word: str, form: str) -> bool:
    """Whether a word of four letters, which counts for no slip by itself, is no word or name that is known."""
    return len(word) == len(form) == 4 and not known(word) and Levenshtein.distance(word, form, score_cutoff=1) == 1


@dataclass(frozen=True)
class Situation:
    """One candidate, with all that the rules look at."""

    entity: Entity
    name: Name
    pattern: Pattern
    assignment: Assignment
    part: Part
    scene: Scene

    @property
    def first(self) -> int:
        return self.assignment.first

    @property
    def last(self) -> int:
        return self.assignment.last

    def surface(self, found: Found) -> str:
        return self.part.tokens.surface(found.first, found.last)

    @cached_property
    def known_as(self) -> tuple[str, ...]:
        """The name that the mention's word always stands for where it is read aloud; () for any other mention."""
        return names().whole.get(self.part.tokens.surface(self.first, self.last), ()) if self.part.aloud else ()

    def as_listed(self, surface: str) -> bool:
        """Whether the list's name has this word, in the same letters."""
        return surface in _WORD.findall(self.name.text)

    def is_lower(self, found: Found) -> bool:
        """Whether the words are in lower case, and not so on the list: that writes Верховный суд, as the press does."""
        if self.part.shape(found.first) != "lower":
            return False
        return self.part.shape(self.first) == "lower" or found.first_part not in self._lower_on_list

    @cached_property
    def _lower_on_list(self) -> frozenset[int]:
        """The parts that the list writes in lower case in a name that begins with a capital, and is found whole."""
        written = self.name.text
        if not written[:1].isupper() or self.left_off():
            return frozenset()
        lower = {fold(word) for word in _WORD.findall(written) if word.islower()}
        return frozenset(place for place, part in enumerate(self.pattern.parts) if part.form in lower)

    def extras(self) -> list[int]:
        """The words inside the mention that are no part of the name."""
        taken = {at for found in self.assignment.found for at in range(found.first, found.last + 1)}
        return [at for at in range(self.first, self.last + 1) if at not in taken]

    def left_off(self) -> list[int]:
        """The parts that the reading leaves off and that a full mention has."""
        return [place for place in self.pattern.content if place not in self.assignment.reading.parts]

    def leaves_off(self, role: Role) -> bool:
        """Whether the reading leaves off a part of this role."""
        return any(self.pattern.parts[place].role is role for place in self.left_off())

    def slips(self) -> list[int]:
        """The words inside a long name that are one that the reading leaves off, with a letter wrong: Ssad for Asad."""
        if len(self.assignment.found) < 3:
            return []
        forms = self.part.tokens.forms
        left = [self.pattern.parts[place].form for place in self.left_off()]
        return [at for at in self.extras() if any(_has_a_letter_wrong(forms[at], form) for form in left)]

    def names_inside(self) -> list[int]:
        """Of these the ones that may be names: no particles, no ordinary words, nothing of the name."""
        forms = self.part.tokens.forms
        own = Counter(self.pattern.parts[place].form for place in self.left_off())
        found = []
        for at in self.extras():
            same = next((form for form in own if own[form] > 0 and _is_slip(forms[at], form)), forms[at])
            own[same] -= 1
            if own[same] < 0 and forms[at] not in tables.titles().particles and self.part.shape(at) != "lower":
                found.append(at)
        return found
