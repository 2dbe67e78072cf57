"""The words of all names, and which of them a word of a text may be: what `similar` says, found without trying all.

Words within one edit, or one swap of neighbours, are equal once a letter of each is left out. Words within two share a
segment when the name's word is cut into three (Li et al., PASS-JOIN, VLDB 2012). Spellings of one name share their key.
All three are looked up by hash, for many words at once; what is found is verified by edit distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from monitor.matching import tables
from monitor.matching.hashing import Bools, Hashes, HashTable, Ints, Ragged, distinct
from monitor.matching.scripts.kin import INFLECTED, Relatives
from monitor.matching.similar import (
    EQUAL,
    KEYS,
    ONE_EDIT_UP_TO,
    SERVANT,
    SPELLING,
    Likeness,
    comparable,
    related,
)

SHORTEST = 4
"""Letters of a text's word that may be a typo."""

TYPO = 100
"""Codes of relations: below it a place in KEYS, from it on a typo of so many edits; −1 equal, then the others."""
SAME, OF_SERVANT, GIVEN, MEANT, KIN = -1, -2, -3, -4, -5


class Near(NamedTuple):
    """Words of names by number, with their likeness."""

    spelt: dict[int, Likeness]  # equal, another spelling, a typo
    given: dict[int, Likeness]  # another form of the same given name: counts for given names
    meant: dict[int, Likeness]  # a word of the same meaning: counts for names of organisations
    words: frozenset[int]  # all of them


class Relations(NamedTuple):
    """Which words of names some words of texts may be, in columns, in the order of the texts' words."""

    query: Ints  # place among the words asked for
    word: NDArray[np.int32]  # number of the name's word
    code: NDArray[np.int8]  # how they are related
    value: NDArray[np.float64]  # how alike words in another case or script are, 0–1; of the others, 0

    @classmethod
    def of(cls, columns: Sequence[Relations]) -> Relations:
        """All of them in one, in the order of the texts' words, and of one word in that of the columns."""
        query, word, code, value = (np.concatenate(column) for column in zip(*columns, strict=True))
        order = np.argsort(query, kind="stable")
        return cls(query[order], word[order], code[order], value[order])


class Neighbours:
    """The words of names by number. `fuzzy`: which of them are looked for otherwise than in their own spelling."""

    def __init__(self, words: Sequence[str], fuzzy: Bools, keyed: Sequence[Sequence[str]]) -> None:
        self.words = words
        self.ids = {form: number for number, form in enumerate(words)}
        self._fuzzy = fuzzy
        self._keyed: list[dict[str, list[int]]] = []
        for column in keyed:
            found: dict[str, list[int]] = {}
            for number, key in enumerate(column):
                if key:
                    found.setdefault(key, []).append(number)
            self._keyed.append(found)
        self._relatives = Relatives()
        for number in np.flatnonzero(fuzzy).tolist():
            self._relatives.add(number, words[number])
        ragged = Ragged(words)
        self._letters, self._lengths = ragged.letters(), ragged.lengths
        like = fuzzy & np.fromiter(map(comparable, words), np.bool_, len(words))
        short = np.flatnonzero(like & (ragged.lengths > SHORTEST) & (ragged.lengths <= ONE_EDIT_UP_TO))
        word, hashes = ragged.shortened(short)
        self._shortened = HashTable(hashes, word.astype(np.int32))
        long = np.flatnonzero(like & (ragged.lengths > ONE_EDIT_UP_TO))
        size, pieces, owners = ragged.lengths[long], [], []
        for number in range(3):
            begins, ends = size * number // 3, size * (number + 1) // 3
            cut = ragged.cut(ragged.starts[long] + begins, ragged.starts[long] + ends)
            pieces.append(_tagged(cut, size, np.full(len(size), number)))
            owners.append(long)
        self._segments = HashTable(np.concatenate(pieces), np.concatenate(owners).astype(np.int32))

    def find(self, forms: Sequence[str]) -> Relations:
        """Every word of a name that each of the texts' words may be; a word by several rules where it is so."""
        columns: list[Relations] = []

        def add(pairs: list[tuple[int, int]], code: int, value: Sequence[float] | None = None) -> None:
            found = np.array(pairs, np.int64).reshape(-1, 2)
            values = np.zeros(len(found)) if value is None else np.array(value, np.float64)
            codes = np.full(len(found), code, np.int8)
            columns.append(Relations(found[:, 0], found[:, 1].astype(np.int32), codes, values))

        ids, fuzzy = self.ids, self._fuzzy
        add([(at, ids[form]) for at, form in enumerate(forms) if form in ids], SAME)
        servants = [(form, ids[form]) for form in SERVANT & ids.keys() if fuzzy[ids[form]]]
        if servants:
            add([(at, n) for at, form in enumerate(forms) if form in SERVANT for o, n in servants if o != form],
                OF_SERVANT)  # fmt: skip
        for code, ((keys, _), filed) in enumerate(zip(KEYS, self._keyed, strict=True)):
            add([(at, n) for at, key in enumerate(keys(forms)) if key in filed for n in filed[key]], code)
        slips, slipped, distance = self._typos(forms)
        columns.append(Relations(slips, slipped, (TYPO + distance).astype(np.int8), np.zeros(len(slips))))
        kin = [(at, n, one.value) for at, form in enumerate(forms) for n, one in self._relatives.near(form).items()]
        add([(at, n) for at, n, _ in kin], KIN, [value for *_, value in kin])
        add(self._related(forms, tables.given_names(), tables.given_members(), person=True), GIVEN)
        add(self._related(forms, tables.translations(), tables.translation_members(), person=False), MEANT)
        return Relations.of(columns)

    def near(self, form: str, words: Sequence[int], codes: Sequence[int], values: Sequence[float]) -> Near:
        """What a form's relations mean; of several spellings the first rule counts."""
        spelt: dict[int, Likeness] = {}
        given: dict[int, Likeness] = {}
        meant: dict[int, Likeness] = {}
        for word, code, value in zip(words, codes, values, strict=True):
            if code in (GIVEN, MEANT):
                likeness = related(form, self.words[word], person=code == GIVEN)
                if likeness is not None:
                    (given if code == GIVEN else meant)[word] = likeness
            elif code == KIN:
                likeness = _declined(value)
                before = spelt.get(word)
                spelt[word] = likeness if before is None else max(before, likeness)
            elif word not in spelt:
                spelt[word] = self._likeness(form, word, code)
        return Near(spelt, given, meant, frozenset((*spelt, *given, *meant)))

    def _likeness(self, form: str, word: int, code: int) -> Likeness:
        if code == SAME:
            return EQUAL
        if code == OF_SERVANT:
            return Likeness(SPELLING, "spelling")
        if code >= TYPO:
            return Likeness(1.0 - (code - TYPO) / max(len(form), len(self.words[word])), "typo")
        return KEYS[code][1]

    def _related(
        self, forms: Sequence[str], groups: tables.Groups, members: dict[int, tuple[str, ...]], *, person: bool
    ) -> list[tuple[int, int]]:
        ids = self.ids
        return [
            (at, number)
            for at, form in enumerate(forms)
            if form in groups
            for number in {ids[one] for group, _ in groups[form] for one in members[group] if one in ids}
            if related(form, self.words[number], person=person)
        ]

    def _typos(self, forms: Sequence[str]) -> tuple[Ints, NDArray[np.int32], NDArray[np.int64]]:
        """(place among the forms, number of the name's word, edits) of those that are few enough for a slip."""
        some = [at for at, form in enumerate(forms) if comparable(form)]
        ragged = Ragged([forms[at] for at in some])
        short = np.flatnonzero(ragged.lengths <= ONE_EDIT_UP_TO + 1)
        query, hashes = ragged.shortened(short)
        at, word = self._shortened.find(hashes)
        places, hashes = _segments_of(ragged, np.flatnonzero(ragged.lengths >= ONE_EDIT_UP_TO - 1))
        other, other_word = self._segments.find(hashes)
        pairs = distinct(
            np.concatenate([query[at], places[other]]) << 32 | np.concatenate([word, other_word]).astype(np.int64)
        )
        mine, theirs = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.int32)
        alike = np.bitwise_count(ragged.letters()[mine] ^ self._letters[theirs]) <= 4  # two edits change four at most
        mine, theirs = mine[alike], theirs[alike]
        distance = self._distances(ragged.words, mine, theirs)
        near = distance > 0
        return np.array(some, np.int64)[mine[near]], theirs[near], distance[near]

    def _distances(self, forms: Sequence[str], mine: Ints, theirs: NDArray[np.int32]) -> NDArray[np.int64]:
        """The edits of each pair, a swap of two neighbours being one; 0 where they are none or too many."""
        own = [forms[at] for at in mine.tolist()]
        names = [self.words[number] for number in theirs.tolist()]
        if not own:
            return np.zeros(0, np.int64)
        distance = cpdist(own, names, scorer=Levenshtein.distance, score_cutoff=2, dtype=np.uint8).astype(np.int64)
        two = np.flatnonzero(distance == 2)
        if len(two):
            swapped = cpdist([own[n] for n in two], [names[n] for n in two], scorer=OSA.distance, dtype=np.uint8) == 1
            distance[two[swapped]] = 1
        bound = np.where(self._lengths[theirs] <= ONE_EDIT_UP_TO, 1, 2)
        distance[distance > bound] = 0
        return distance


@lru_cache(maxsize=10_000)
def _declined(value: float) -> Likeness:
    """One for all words that are so alike: there are few such values, and millions of words."""
    return Likeness(value, "inflected" if value == INFLECTED else "transliterated")


_LENGTHS, _NUMBERS, _SHIFTS = (
    np.array(column)
    for column in zip(
        *(
            (longer, number, shift)
            for longer in range(-2, 3)  # letters by which the text's word is longer
            for number in range(3)
            for shift in range(-((2 - longer) // 2), (2 + longer) // 2 + 1)
        ),
        strict=True,
    )
)
"""Where in a text's word a segment of a name's word may stand: more shifts would need more than two edits."""


def _segments_of(ragged: Ragged, chosen: Ints) -> tuple[Ints, Hashes]:
    """(place among the words, hash) of all that may be a segment of a name's word."""
    length = ragged.lengths[chosen][:, None]
    other = length - _LENGTHS
    begin = other * _NUMBERS // 3
    end = other * (_NUMBERS + 1) // 3 + _SHIFTS
    begin = begin + _SHIFTS
    fits = (begin >= 0) & (end <= length) & (other > ONE_EDIT_UP_TO)
    row, column = np.nonzero(fits)
    starts = ragged.starts[chosen][row]
    cut = ragged.cut(starts + begin[row, column], starts + end[row, column])
    return chosen[row], _tagged(cut, other[row, column], _NUMBERS[column])


def _tagged(hashes: Hashes, lengths: Ints, numbers: Ints) -> Hashes:
    """Hashes of segments, told apart by the length of their word and which segment it is."""
    tag = (lengths * 3 + numbers).astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    return hashes ^ tag
