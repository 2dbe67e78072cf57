"""What is remembered of the words of the news: how they read, and which words of names they may be.

Every word is looked at once, in batches, and is a number from then on; what is known of it stands in columns, so that
all words of many articles are looked at together. What is remembered never changes a result.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from monitor.matching import tables, words
from monitor.matching.assign import Assignment
from monitor.matching.hashing import Bools, Hashes, Ints, Ragged, expanded
from monitor.matching.neighbours import GIVEN, KIN, SAME, Near, Neighbours, Relations
from monitor.matching.persons import may_stand_between
from monitor.matching.scripts.foreign import is_foreign
from monitor.matching.scripts.initials import others
from monitor.matching.scripts.sounds import has_few_vowels
from monitor.matching.text import MAX_SURFACE, WHOLE, cuts, folded
from monitor.matching.volume import letter_bit

LIMIT = 150_000_000
"""Bytes that are remembered at most, by a cautious estimate; when there are more, all is forgotten."""

WORD_BYTES = 340
"""Of a word with what is known of it, its letters apart."""

RELATION_BYTES = 24

NEAR = 25_000
"""Forms of which it is kept how like they are to names' words, 1 kB each; the columns say it again."""

SPLIT = 1
"""Flag of a written word: its parts do not stand where it stands."""

LETTER, ASCII, LEGAL, FOREIGN, FEW, BETWEEN = 1, 2, 4, 8, 16, 32
"""Flags of a part: one letter, one of ASCII (what abbreviations are made of); the first word of a legal form; a word
in another script than Latin; in one that writes few vowels; what may stand between a name's words."""

T = TypeVar("T", bound=np.generic)


class Lone(NamedTuple):
    """A reading of one part that a word can be a hit of by itself."""

    record: int
    reading: int
    assignment: Assignment  # as on the first word of a text
    only: int = 0  # where, if not anywhere: beside a legal form (LEGAL), among words of another script (FOREIGN), both


class Wordbook(Protocol):
    """What other processes, or earlier ones, found words of the news to be. Not thread-safe."""

    def look(self, forms: Sequence[str], /) -> tuple[Relations, list[int]]:
        """The relations of those that are known, and the places of the others."""

    def note(self, forms: Sequence[str], found: Relations, /) -> None:
        """Keep what these were found to be."""


Alone = Callable[["Memo", int, str, str, Iterable[int]], list[Lone]]
"""(memo, part, surface, form, words of names) → the readings that the word by itself can be a hit of."""


class Filed(NamedTuple):
    """By word of names: what kind of rows are filed under it."""

    beside: Bools  # that need other words
    alone: Bools  # of one part
    letters: Bools  # of one part, a letter of a script without spaces
    given: Bools  # whose key part may be another form of a given name


class Column(Generic[T]):
    """A column that grows; `array` is what there is of it."""

    def __init__(self, kind: Any, first: Sequence[Any] = ()) -> None:
        self._room: NDArray[T] = np.zeros(max(1024, len(first)), kind)
        self._room[: len(first)] = first
        self.array: NDArray[T] = self._room[: len(first)]

    def extend(self, more: Any) -> None:
        size = len(self.array)
        if size + len(more) > len(self._room):
            room = np.zeros(2 * (size + len(more)), self._room.dtype)
            room[:size] = self.array
            self._room = room
        self._room[size : size + len(more)] = more
        self.array = self._room[: size + len(more)]


class Memo:
    """Written words (`raw`), their parts as they read in one place (`part`), and the forms of these.

    Part 0 is none: what stands between texts. Thread-safe: columns only ever grow, under a lock.
    """

    def __init__(
        self,
        neighbours: Neighbours,
        bits: tuple[Hashes, Hashes],
        filed: Filed,
        alone: Alone,
        book: Wordbook | None = None,
    ) -> None:
        self._neighbours = neighbours
        self._bits = bits  # by word of names: what it adds to the two signatures
        self._filed = filed
        self._alone = alone
        self._book = book
        self._lock = threading.Lock()
        self._raws: dict[str, int] = {}
        self._form_numbers: dict[str, int] = {}
        self.forms: list[str] = []
        self._first: Column[np.int32] = Column(np.int32)
        self._count: Column[np.int32] = Column(np.int32)
        self._raw_flags: Column[np.uint8] = Column(np.uint8)
        self._relations: Column[np.int64] = Column(np.int64, (0,))  # by form: where its relations begin
        self._related: Column[np.int32] = Column(np.int32)
        self._codes: Column[np.int8] = Column(np.int8)
        self._values: Column[np.float64] = Column(np.float64)
        self.part_form: Column[np.int32] = Column(np.int32)
        self.part_hash: Column[np.uint64] = Column(np.uint64)
        self.part_power: Column[np.uint64] = Column(np.uint64)
        self.part_flags: Column[np.uint8] = Column(np.uint8)
        self.part_ordinary: Column[np.uint8] = Column(np.uint8)
        self.part_signs = (Column[np.uint64](np.uint64), Column[np.uint64](np.uint64))
        self.part_letters: Column[np.uint64] = Column(np.uint64)  # what it may be the initial of
        self.part_firsts: Column[np.uint64] = Column(np.uint64)  # what may be its initial
        self.part_keys: Column[np.int64] = Column(np.int64, (0,))  # where its keys begin
        self.keys: Column[np.int32] = Column(np.int32)  # words of names under which rows are filed
        self.key_codes: Column[np.int8] = Column(np.int8)  # how it is related to them
        self.part_lone: Column[np.bool_] = Column(np.bool_)
        self.lone: dict[int, list[Lone]] = {}
        self._near: dict[int, Near | None] = {}
        self._size = 0
        self.read([("",)])  # part 0

    @property
    def full(self) -> bool:
        return self._size > LIMIT

    def read(self, texts: Iterable[Sequence[str]]) -> list[tuple[NDArray[np.int32], Ints]]:
        """By text the parts of its words, and which of the words are not one part each."""
        with self._lock:
            get = self._raws.get
            read = [(some, np.fromiter(map(get, some, repeat(-1)), np.int64, len(some))) for some in texts]
            new: dict[str, int] = {}
            for some, known in read:
                for at in np.flatnonzero(known < 0).tolist():
                    known[at] = new.setdefault(some[at], len(self._first.array) + len(new))
            if new:
                self._look(list(new))
                self._raws.update((raw, number) for raw, number in new.items() if len(raw) <= MAX_SURFACE)
        return [self._parts(known) for _, known in read]

    def _parts(self, raws: Ints) -> tuple[NDArray[np.int32], Ints]:
        first, count = self._first.array[raws], self._count.array[raws]
        split = np.flatnonzero(self._raw_flags.array[raws] & SPLIT)
        if len(split):
            first = expanded(first.astype(np.int64), (first + count).astype(np.int64))[0].astype(np.int32)
        return first, split

    @property
    def relations(self) -> Ints:
        """By form: where its relations begin, and those of the next."""
        return self._relations.array

    @property
    def related(self) -> NDArray[np.int32]:
        """Words of names that forms may be."""
        return self._related.array

    def near(self, part: int) -> Near | None:
        """Every word of a name that the part may be, with the likeness; None when there is none."""
        number = int(self.part_form.array[part])
        kept = self._near
        try:
            return kept[number]
        except KeyError:
            if len(kept) >= NEAR:
                kept = self._near = {}
            found = kept[number] = self._near_form(number)
            return found

    def _near_form(self, number: int) -> Near | None:
        begin, end = self._relations.array[number], self._relations.array[number + 1]
        if begin == end:
            return None
        columns = (self._related, self._codes, self._values)
        related, codes, values = (column.array[begin:end].tolist() for column in columns)
        return self._neighbours.near(self.forms[number], related, codes, values)

    def _look(self, raws: list[str]) -> None:
        """Take in words that were never seen."""
        surfaces: list[str] = []
        firsts, counts, flags = [], [], []
        begin = len(self.part_form.array)
        for raw in raws:
            places = cuts(raw) if len(raw) <= MAX_SURFACE else WHOLE
            firsts.append(begin + len(surfaces))
            counts.append(len(places))
            flags.append(SPLIT if len(places) > 1 or places[0][1] not in (0, len(raw)) else 0)
            if len(raw) > MAX_SURFACE:
                surfaces.append("")
                flags[-1] = SPLIT
            elif flags[-1]:
                surfaces += [raw[left:right] for left, right in places]
            else:
                surfaces.append(raw)
        forms = folded(surfaces)
        before = len(self.forms)
        numbers = self._form_numbers
        own = [numbers.setdefault(form, len(numbers)) for form in forms]
        self.forms += dict.fromkeys(form for form, number in zip(forms, own, strict=True) if number >= before)
        self._relate(self.forms[before:])
        self._size += len(raws) * WORD_BYTES + 8 * sum(map(len, surfaces))
        self._describe(surfaces, forms, np.array(own, np.int32))
        self._first.extend(firsts)
        self._count.extend(counts)
        self._raw_flags.extend(flags)

    def _relate(self, forms: list[str]) -> None:
        found = self._found(forms)
        count = np.bincount(found.query, minlength=len(forms))
        begin = len(self._related.array)
        self._related.extend(found.word)
        self._codes.extend(found.code)
        self._values.extend(found.value)
        self._relations.extend(begin + np.cumsum(count))
        self._size += RELATION_BYTES * len(found.word)

    def _found(self, forms: list[str]) -> Relations:
        if self._book is None or not forms:
            return self._neighbours.find(forms)
        known, places = self._book.look(forms)
        if not places:
            return known
        new = [forms[at] for at in places]
        found = self._neighbours.find(new)
        self._book.note(new, found)
        return Relations.of([known, found._replace(query=np.array(places, np.int64)[found.query])])

    def _describe(self, surfaces: list[str], forms: list[str], own: NDArray[np.int32]) -> None:
        begin = len(self.part_form.array)
        ragged = Ragged(forms)
        begins, ends = self._relations.array[own], self._relations.array[own + 1]
        related = ends > begins
        ordinary = np.zeros(len(forms), np.uint8)
        for at in np.flatnonzero(related).tolist():
            if surfaces[at].islower():
                ordinary[at] = max(0, words.word(forms[at]).lower) if len(forms[at]) > 1 else 100
        letters, firsts = np.zeros(len(forms), np.uint64), np.zeros(len(forms), np.uint64)
        for at, (surface, form) in enumerate(zip(surfaces, forms, strict=True)):
            if form and not surface.islower():
                (firsts if len(form) > 1 else letters)[at] = _letter_bits(form)
        flags = np.array(list(map(_flags, forms)), np.uint8)
        places, which = expanded(begins, ends)
        word, code = self._related.array[places], self._codes.array[places]
        for column, bits in zip(self.part_signs, self._bits, strict=True):
            signs = np.zeros(len(forms), np.uint64)
            np.bitwise_or.at(signs, which, bits[word])
            column.extend(signs)
        filed = self._filed
        usable = ((code != GIVEN) | filed.given[word]) & ((ordinary[which] < 50) | (code == SAME) | (code == KIN))
        beside = usable & filed.beside[word]
        self.keys.extend(word[beside])
        self.key_codes.extend(code[beside])
        self.part_keys.extend(
            len(self.keys.array) - beside.sum() + np.cumsum(np.bincount(which[beside], minlength=len(forms)))
        )
        self.part_form.extend(own)
        alone = usable & filed.alone[word] & ((ordinary[which] < 5) | filed.letters[word])
        lone = np.zeros(len(forms), np.bool_)
        wanted: dict[int, set[int]] = {}
        for at, number in zip(which[alone].tolist(), word[alone].tolist(), strict=True):
            wanted.setdefault(at, set()).add(number)
        for at, numbers in wanted.items():
            kept = self._alone(self, begin + at, surfaces[at], forms[at], numbers)
            if kept:
                self.lone[begin + at] = kept
                lone[at] = True
        self.part_lone.extend(lone)
        self.part_hash.extend(ragged.whole())
        self.part_power.extend(ragged.powers())
        self.part_flags.extend(flags)
        self.part_ordinary.extend(ordinary)
        self.part_letters.extend(letters)
        self.part_firsts.extend(firsts)


@lru_cache(maxsize=1000)
def _bits_of(letter: str) -> int:
    bits = letter_bit(letter)
    for other in others(letter):
        bits |= letter_bit(other)
    return bits


def _letter_bits(form: str) -> int:
    """The bits of a word's first letter, and of what may stand for it in other scripts."""
    return _bits_of(form[0])


def _flags(form: str) -> int:
    own = FOREIGN if is_foreign(form) else 0
    if len(form) == 1:
        return LETTER | ASCII if form.isascii() else LETTER | own
    legal = tables.legal_forms()
    if own and has_few_vowels(form):
        own |= FEW
    if may_stand_between(form):
        own |= BETWEEN
    return own | (LEGAL if form in legal.by_first or legal.nearly_at(form) else 0)
