"""The words of all names, and which of them a word of a text may be: what `similar` says, found without trying all.

Words within one edit, or one swap of neighbours, are equal once a letter of each is left out. Words within two share a
segment when the name's word is cut into three (Li et al., PASS-JOIN, VLDB 2012). Spellings of one name share their key.
What is found is verified by `typo`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from monitor.matching import tables
from monitor.matching.scripts.kin import Relatives
from monitor.matching.similar import (
    EQUAL,
    ONE_EDIT_UP_TO,
    SERVANT,
    SPELLING,
    Likeness,
    comparable,
    edits,
    key,
    related,
    typo,
)

MEMO = 300_000
"""Words of the news remembered with what they may be (230 bytes each); when there are more, all are forgotten."""


class Near(NamedTuple):
    """Words of names by number, with their likeness."""

    spelt: dict[int, Likeness]  # equal, another spelling, a typo
    given: dict[int, Likeness]  # another form of the same given name: counts for given names
    meant: dict[int, Likeness]  # a word of the same meaning: counts for names of organisations
    words: tuple[int, ...]  # all of them


class Vocabulary:
    """Words of names by number; `near` says which of them a word of a text may be.

    Thread-safe once built: the memo only ever gains entries that anybody would compute alike.
    """

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.forms: list[str] = []
        self._fuzzy: set[int] = set()
        self._letters: list[int] = []  # by number: which letters a word has, as bits
        self._shortened: dict[str, list[int]] = {}
        self._segments: dict[tuple[int, int, str], list[int]] = {}
        self._keys: dict[str, list[int]] = {}
        self._relatives = Relatives()
        self._memo: dict[str, Near | None] = {}

    def add(self, form: str, *, exact: bool = False) -> int:
        """The number of a name's word. exact: only its own spelling is looked for (words written as one)."""
        number = self.ids.setdefault(form, len(self.forms))
        if number == len(self.forms):
            self.forms.append(form)
            self._letters.append(_letters(form))
        if not exact and number not in self._fuzzy:
            self._fuzzy.add(number)
            self._file(number, form)
        return number

    def _file(self, number: int, form: str) -> None:
        self._relatives.add(number, form)
        if not comparable(form):
            return
        its_key = key(form)
        if its_key:
            self._keys.setdefault(its_key, []).append(number)
        if edits(len(form)) == 1:
            for shorter in _shortened(form):
                self._shortened.setdefault(shorter, []).append(number)
        elif edits(len(form)):
            for start, end in _cuts(len(form)):
                self._segments.setdefault((len(form), start, form[start:end]), []).append(number)

    def near(self, form: str) -> Near | None:
        """Every word of a name that the text's word may be, with the likeness; None when there is none."""
        try:
            return self._memo[form]
        except KeyError:
            spelt = self._spelt(form)
            for number, kin in self._relatives.near(form).items():
                likeness = Likeness(kin.value, kin.rule)
                spelt[number] = max(spelt.get(number, likeness), likeness)
            given = self._related(form, tables.given_names(), tables.given_members(), person=True)
            meant = self._related(form, tables.translations(), tables.translation_members(), person=False)
            found = self._memo[form] = (
                Near(spelt, given, meant, tuple({**spelt, **given, **meant})) if spelt or given or meant else None
            )
            return found

    def forget(self) -> None:
        """Forget what the words of the news may be: results stay the same."""
        self._memo = {}

    def trim(self) -> None:
        """Forget the memo when it has grown too large. To be called between articles."""
        if len(self._memo) > MEMO:
            self._memo = {}

    def _related(
        self, form: str, groups: tables.Groups, members: dict[int, tuple[str, ...]], *, person: bool
    ) -> dict[int, Likeness]:
        found: dict[int, Likeness] = {}
        for group, _ in groups.get(form, ()):
            for member in members[group]:
                number = self.ids.get(member)
                if number is not None and (likeness := related(form, member, person=person)):
                    found[number] = likeness
        return found

    def _spelt(self, form: str) -> dict[int, Likeness]:
        found: dict[int, Likeness] = {}
        own = self.ids.get(form)
        if own is not None:
            found[own] = EQUAL
        if form in SERVANT:
            for other in SERVANT & self.ids.keys():
                if other != form and self.ids[other] in self._fuzzy:
                    found[self.ids[other]] = Likeness(SPELLING, "spelling")
        if not comparable(form):
            return found
        for number in self._keys.get(key(form), ()):
            if number != own:
                found[number] = Likeness(SPELLING, "spelling")
        for number in self._maybe_typos(form):
            if number not in found:
                name = self.forms[number]
                if distance := typo(form, name):
                    found[number] = Likeness(1.0 - distance / max(len(form), len(name)), "typo")
        return found

    def _maybe_typos(self, form: str) -> set[int]:
        length, segments, shortened = len(form), self._segments, self._shortened
        seen: set[int] = set()
        if length <= ONE_EDIT_UP_TO + 1:
            for shorter in _shortened(form):
                if shorter in shortened:
                    seen.update(shortened[shorter])
        for other in range(max(ONE_EDIT_UP_TO + 1, length - 2), length + 3):
            for start, end in _cuts(other):
                size = end - start
                for at in range(max(0, start - 2), min(length - size, start + 2) + 1):
                    hits = segments.get((other, start, form[at : at + size]))
                    if hits:
                        seen.update(hits)
        mine, letters = _letters(form), self._letters
        return {number for number in seen if (mine ^ letters[number]).bit_count() <= 4}  # two edits change four at most


def _letters(form: str) -> int:
    found = 0
    for letter in form:
        found |= 1 << (ord(letter) & 63)
    return found


def _shortened(form: str) -> set[str]:
    """The word, and the word without any one of its letters."""
    return {form, *(form[:place] + form[place + 1 :] for place in range(len(form)))}


def _cuts(length: int) -> list[tuple[int, int]]:
    """Where a name's word of this length is cut: into one more segment than edits are allowed."""
    return _CUTS[length] if length < len(_CUTS) else _cut(length)


def _cut(length: int) -> list[tuple[int, int]]:
    count = edits(length) + 1
    places = [length * number // count for number in range(count + 1)]
    return list(pairwise(places))


_CUTS = [_cut(length) for length in range(64)]
