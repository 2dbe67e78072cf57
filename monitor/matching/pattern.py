"""A name made ready for the search: its parts, their roles, and the readings that leave some of them off. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from monitor.matching import words


class Role(Enum):
    GIVEN = "given name"
    MIDDLE = "middle name"
    PATRONYMIC = "patronymic"
    SURNAME = "surname"
    LATER = "second surname"
    CORE = "distinctive word"
    GENERIC = "generic word"
    PLACE = "place"
    NUMBER = "number"
    PARTICLE = "particle"
    TITLE = "title"
    LEGAL = "legal form"


OPTIONAL = frozenset((Role.PARTICLE, Role.TITLE, Role.LEGAL))


LAST = frozenset((Role.SURNAME, Role.LATER))
"""Roles of a person's parts that running text puts behind the others."""


GIVEN_ROLES = frozenset((Role.GIVEN, Role.MIDDLE))


MAX_PARTS = 14
"""Required parts of a name; the longest official names have more, and are cut: nobody writes them out."""


MAX_READINGS = 24


LEAVING = {
    Role.PATRONYMIC: 1.0,
    Role.MIDDLE: 1.5,
    Role.LATER: 2.0,
    Role.GIVEN: 2.0,
    Role.GENERIC: 2.0,
    Role.PLACE: 4.0,
}
"""Points that leaving off a part of this role costs."""


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a name, folded."""

    form: str
    role: Role


@dataclass(frozen=True, slots=True)
class Reading:
    """Parts (by their place) that must be found; what leaving off the others costs, in points, and in words."""

    parts: tuple[int, ...]
    key: int = 0  # the part around whose occurrences mentions are looked for: the rarest, of a person's the surname
    cost: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A name made ready: its parts in order, and how it may be read."""

    parts: tuple[Part, ...]
    readings: tuple[Reading, ...]
    person: bool
    contiguous: bool  # scripts without spaces: the parts are letters, and stand side by side in order
    joins: tuple[tuple[int, str], ...]  # places whose part may be written together with the next, and how
    legal: str = ""  # the class of its legal form, "" without one
    syllables: bool = False  # a Chinese, Korean or Vietnamese person's: nothing may be left off or stand between

    @property
    def content(self) -> tuple[int, ...]:
        """The parts that a full mention has."""
        return self.readings[0].parts

    def as_spoken(self, places: Iterable[int]) -> list[int]:
        """Parts in the order of running text: a person's surname last, however lists have it.

        ASSAD, Bashar is بشار الأسد. Chinese and Korean surnames stay where they are.
        """
        turned = self.person and not self.syllables
        return sorted(places, key=lambda place: (turned and self.parts[place].role in LAST, place))


def rarest(parts: Sequence[Part], places: tuple[int, ...]) -> int:
    """The part that is rarest in running news; of equals the longest, then the first."""
    if len(places) == 1:
        return places[0]

    def telling(place: int) -> tuple[bool, float, int]:
        form = parts[place].form
        return len(form) > 1, words.bits(form), len(form)

    return max(sorted(places), key=telling)
