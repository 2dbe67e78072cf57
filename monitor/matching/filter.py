"""Which readings of which names may stand where in many texts: all looked at together. Pure.

Where a word may be the key part of a reading, the words that the reading needs must stand near. Words are sets of bits
(`Index.bits`), what stands near is the union of the sets around, and one operation asks for all places at once. What
passes is looked at word by word (`assign`); nothing that counts is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.matching.hashing import Bools, Ints, distinct, expanded
from monitor.matching.index import Index
from monitor.matching.memo import ASCII, BETWEEN, FEW, FOREIGN, LEGAL, LETTER, Column, Memo
from monitor.matching.neighbours import GIVEN, KIN, MEANT
from monitor.matching.pages import Page
from monitor.matching.scripts.foreign import AROUND, ENOUGH
from monitor.matching.text import LONGEST_ABBREVIATION
from monitor.matching.volume import FARTHEST, GIVEN_KEY, KEY_FIRST, KEY_LAST, ORDINARY_TOO, PERSON, SINGLE

MARGIN = 16
"""Empty places between two texts, so that nothing of one stands near the other."""

REACHES = (2, 3, 4, 5, 6, 7, 8, 10, 12, MARGIN)
"""Reaches, in words, for which it is known what stands near; for longer names everything passes."""

ROWS_AT_ONCE = 1_000_000
"""Rows looked at together, so that memory stays bounded."""

HYPHENS = ("-", "‑")

Found = tuple[Ints, Ints, Ints]
"""In columns: place in the block, record, which of its readings."""


@dataclass(slots=True)
class Spotted:
    """What may stand in one page."""

    page: Page
    readings: list[tuple[int, int, int]] = field(default_factory=list)  # (word of the page, record, reading), in order
    pairs: dict[int, tuple[int, int]] = field(default_factory=dict)  # first word → (last word, what they are as one)


def spotted(index: Index, memo: Memo, pages: Sequence[Page], *, everything: bool = False) -> Iterator[Spotted]:
    """What may stand in these pages, which have a few million words at most; pages in which nothing does are left out.

    everything: readings of one part too that can be no hits.
    """
    block = _Block(index, memo, pages)
    columns = [*block.beside(), block.everything_alone() if everything else block.alone()]
    at, record, reading = (np.concatenate(column) for column in zip(*columns, strict=True))
    found = distinct(at << 36 | record << 8 | reading)
    place = found >> 36
    page = np.searchsorted(block.starts, place, side="right") - 1
    rows = zip(
        page.tolist(),
        (place - block.starts[page]).tolist(),
        (found >> 8 & 0xFFFFFFF).tolist(),
        (found & 0xFF).tolist(),
        strict=True,
    )
    current, last = None, -1
    for number, word, its_record, its_reading in rows:
        if current is None or number != last:
            if current is not None:
                yield current
            current, last = Spotted(pages[number], pairs=block.pairs.get(number, {})), number
        current.readings.append((word, its_record, its_reading))
    if current is not None:
        yield current


class _Block:
    """Pages in one row, with MARGIN empty places before, between and after them."""

    def __init__(self, index: Index, memo: Memo, pages: Sequence[Page]) -> None:
        self.index, self.memo, self.pages = index, memo, pages
        sizes = np.array([len(page.parts) for page in pages], np.int64)
        self.starts: Ints = MARGIN + np.cumsum(sizes + MARGIN) - (sizes + MARGIN)
        empty = np.zeros(MARGIN, np.int32)
        self.parts: NDArray[np.int32] = np.concatenate([empty, *(one for page in pages for one in (page.parts, empty))])
        self.pairs: dict[int, dict[int, tuple[int, int]]] = {}
        self._paired: list[tuple[int, int]] = []  # (place, the word of names)
        self._standing: Ints | None = None
        self._vague = (memo.part_flags.array[self.parts] & FEW) > 0
        self._between_near = self._betweens_near()
        self._find_pairs()

    def _find_pairs(self) -> None:
        memo, parts = self.memo, self.parts
        left, right = parts[:-1], parts[1:]
        both = memo.part_hash.array[left] + memo.part_power.array[left] * memo.part_hash.array[right]
        for at in distinct(self.index.pairs.find(both)[0]).tolist():
            if parts[at] and parts[at + 1]:
                self._pair(at)
        flags = memo.part_flags.array[parts]
        for at in np.flatnonzero(((flags[:-1] & ASCII) > 0) & ((flags[1:] & LETTER) > 0)).tolist():
            self._abbreviation(at)

    def _form(self, at: int) -> str:
        return self.memo.forms[int(self.memo.part_form.array[self.parts[at]])]

    def _gap(self, at: int) -> str:
        number = int(np.searchsorted(self.starts, at, side="right")) - 1
        tokens, word = self.pages[number].tokens(self.memo), at - int(self.starts[number])
        return tokens.text[tokens.ends[word] : tokens.starts[word + 1]]

    def _pair(self, at: int) -> None:
        left, right = self._form(at), self._form(at + 1)
        word = self.index.neighbours.ids.get(left + right)
        if word is None or not self.index.joined[word]:
            return
        if min(len(left), len(right)) >= 3 or self._gap(at) in HYPHENS:
            self._add_pair(at, at + 1, word)

    def _abbreviation(self, at: int) -> None:
        ids, memo, whole, last = self.index.neighbours.ids, self.memo, self._form(at), at
        possible = False
        for end in range(at + 1, at + LONGEST_ABBREVIATION):
            if not memo.part_flags.array[self.parts[end]] & LETTER:
                break
            whole += self._form(end)
            possible = possible or whole in ids
        if not possible or self._gap(at) != ".":
            return
        whole = self._form(at)
        while last - at < LONGEST_ABBREVIATION - 1 and self.parts[last + 1] and len(self._form(last + 1)) == 1:
            if self._gap(last) != ".":
                break
            last += 1
            whole += self._form(last)
        if whole in ids:
            self._add_pair(at, last, ids[whole])

    def _add_pair(self, first: int, last: int, word: int) -> None:
        number = int(np.searchsorted(self.starts, first, side="right")) - 1
        begin = int(self.starts[number])
        if first - begin not in self.pairs.setdefault(number, {}):
            self.pairs[number][first - begin] = (last - begin, word)
            self._paired.append((first, word))

    def beside(self) -> Iterator[Found]:
        """The readings that need other words and have them near, and all that two words may be as one."""
        memo, parts, starts = self.memo, self.parts, self.index.rows.starts
        begins, ends = memo.part_keys.array[parts], memo.part_keys.array[parts + 1]
        anchors = np.flatnonzero(ends > begins)
        key, which = expanded(begins[anchors], ends[anchors])
        at = np.concatenate([anchors[which], np.array([at for at, _ in self._paired], np.int64)])
        word = np.concatenate([memo.keys.array[key], np.array([word for _, word in self._paired], np.int32)])
        code = np.concatenate([memo.key_codes.array[key], np.zeros(len(self._paired), np.int8)])
        alone = np.zeros(len(at), np.bool_)
        alone[len(which) :] = True
        ordinary = memo.part_ordinary.array[parts[at]] >= 50
        ordinary[len(which) :] = False
        near = self._near(at)
        count = np.cumsum(starts[word + 1] - starts[word])
        cut = 0
        while cut < len(at):
            before = count[cut - 1] if cut else 0
            upto = max(cut + 1, int(np.searchsorted(count, before + ROWS_AT_ONCE)))
            yield self._passing(at, word, code, alone, ordinary, near, slice(cut, upto))
            cut = upto

    def _near(self, at: Ints) -> tuple[NDArray[Any], ...]:
        """What stands within each of REACHES of these places: words by both signatures, letters, first letters."""
        memo, parts, bits = self.memo, self.parts, self.index.bits
        found: list[NDArray[Any]] = []
        columns: tuple[Column[Any], ...] = (*memo.part_signs, memo.part_letters, memo.part_firsts)
        for column in columns:
            union = column.array[parts]
            for place, word in self._paired if len(found) < 2 else ():
                union[place] |= bits[len(found)][word]
            near = np.empty((len(REACHES), len(at)), union.dtype)
            width = 1
            for number, reach in enumerate(REACHES):
                while 2 * width < reach:
                    wider = union.copy()
                    wider[:-width] |= union[width:]
                    union, width = wider, 2 * width
                near[number] = union[at - reach + 1] | union[at - width] | union[at + 1] | union[at + reach - width]
            found.append(near)
        return tuple(found)

    def _passing(
        self,
        at: Ints,
        word: NDArray[np.int32],
        code: NDArray[np.int8],
        alone: Bools,
        ordinary: Bools,
        near: tuple[NDArray[Any], ...],
        some: slice,
    ) -> Found:
        rows = self.index.rows
        row, which = expanded(rows.starts[word[some]], rows.starts[word[some] + 1])
        which += some.start
        flags = rows.flags[row]
        fits = ((flags & SINGLE) == 0) | alone[which]
        fits &= ((flags & ORDINARY_TOO) > 0) | ~ordinary[which]
        fits &= (code[which] != MEANT) | ((flags & PERSON) == 0)
        fits &= (code[which] != GIVEN) | ((flags & GIVEN_KEY) > 0)
        row, which, flags = row[fits], which[fits], flags[fits]
        reach = rows.reach[row]
        # words that only sound like the name's in a script with few vowels stand side by side as it is spoken: `assign`
        vague = self._vague[at[which]] & (code[which] == KIN)
        narrow = vague & ~self._between_near[at[which]]
        others = rows.counts[row, 0] + rows.counts[row, 1]
        reach[narrow] = np.minimum(reach[narrow], others[narrow] + 1)
        size = np.searchsorted(REACHES, reach)
        far = size == len(REACHES)
        size[far] = 0
        one, two, letters, firsts = (column[size, which] for column in near)
        must, may, joins = rows.must, rows.may, rows.joins
        holds = ((must.one[row] & ~one) == 0) & ((must.two[row] & ~two) == 0)
        given = ((may.one[row] & ~one) == 0) & ((may.two[row] & ~two) == 0)
        by_letter = ((rows.letters[row] & letters) > 0) | ((rows.listed[row] & firsts) > 0)
        holds &= given | by_letter
        holds |= ((joins.one[row] & one) > 0) & ((joins.two[row] & two) > 0)
        holds |= far
        row, which, reach, vague, flags = row[holds], which[holds], reach[holds], vague[holds], flags[holds]
        before, behind = reach.astype(np.int64) - 1, reach.astype(np.int64) - 1
        before[vague & ((flags & KEY_FIRST) > 0)] = 0
        behind[vague & ((flags & KEY_LAST) > 0)] = 0
        holds = self._stand_near(row, at[which], by_letter[holds], before, behind) | (reach == FARTHEST)
        row, which = row[holds], which[holds]
        return at[which], rows.record[row].astype(np.int64), rows.reading[row].astype(np.int64)

    def _betweens_near(self) -> Bools:
        """Where a patronymic stands within MARGIN words."""
        count = np.cumsum((self.memo.part_flags.array[self.parts] & BETWEEN) > 0)
        at = np.arange(len(self.parts))
        near: Bools = count[np.minimum(at + MARGIN, len(at) - 1)] > count[np.maximum(at - MARGIN - 1, 0)]
        return near

    def _stand_near(self, row: Ints, at: Ints, by_letter: Bools, before: Ints, behind: Ints) -> Bools:
        """Whether the words that the rows need do stand near, and not only something with their bits.

        Each part of a name stands on a word of its own, so that the key's does not count. before, behind: how many
        words from it the others may begin.
        """
        rows, where = self.index.rows, self._where()
        counts = rows.counts[row].astype(np.int64)
        total = counts.sum(1)
        need, which = expanded(rows.first_need[row].astype(np.int64), rows.first_need[row] + total)
        kind = np.repeat(np.tile(np.arange(3), len(row)), counts.ravel())
        place = (rows.needs[need].astype(np.int64) << 32) + at[which]
        before, behind = before[which], behind[which]
        near = np.zeros(len(place), np.bool_)
        some = np.flatnonzero(before)
        near[some] = where[np.searchsorted(where, place[some] - before[some])] < place[some]
        later = np.flatnonzero(~near & (behind > 0))
        upto = place[later] + behind[later]
        near[later] = where[np.searchsorted(where, place[later], side="right")] <= upto
        missing = np.bincount(3 * which + kind, ~near, 3 * len(row)).reshape(-1, 3)
        joined = counts[:, 2] > missing[:, 2]
        holds: Bools = (missing[:, 0] == 0) & ((missing[:, 1] == 0) | by_letter) | joined
        return holds

    def _where(self) -> Ints:
        """Where words of names may stand in the block: (word, place) as one number, ascending."""
        if self._standing is None:
            memo = self.memo
            form = memo.part_form.array[self.parts]
            word, at = expanded(memo.relations[form], memo.relations[form + 1])
            paired = [(word << 32) + at for at, word in self._paired]
            found = (memo.related[word].astype(np.int64) << 32) + at
            end = [np.iinfo(np.int64).max]
            self._standing = np.sort(np.concatenate([found, np.array(paired + end, np.int64)]))
        return self._standing

    def alone(self) -> Found:
        """The readings of one part that may be hits."""
        lone, parts = self.memo.lone, self.parts
        places = np.flatnonzero(self.memo.part_lone.array[parts])
        legal = (self.memo.part_flags.array[parts] & LEGAL) > 0
        beside = legal[places + 1] | legal[places + 2]
        for before in (1, 2, 3, 4):
            beside |= legal[places - before]
        where = np.where(beside, LEGAL, 0) | np.where(self._among_others(places), FOREIGN, 0)
        return _columns(
            [
                (at, row.record, row.reading)
                for at, part, own in zip(places.tolist(), parts[places].tolist(), where.tolist(), strict=True)
                for row in lone[part]
                if not row.only or row.only & own
            ]
        )

    def _among_others(self, places: Ints) -> Bools:
        """Whether words of another script than Latin stand around."""
        foreign = (self.memo.part_flags.array[self.parts] & FOREIGN) > 0
        count = np.zeros(len(places), np.int8)
        for offset in range(1, AROUND + 1):
            count += foreign[places - offset]
            count += foreign[places + offset]
        among: Bools = count >= ENOUGH
        return among

    def everything_alone(self) -> Found:
        """All readings of one part."""
        rows = []
        for at, part in enumerate(self.parts.tolist()):
            near = self.memo.near(part)
            if near is not None:
                rows += [(at, *row) for word in near.words for row in self.index.rows_alone(word)]
        return _columns(rows)


def _columns(rows: Sequence[tuple[int, int, int]]) -> Found:
    found = np.array(rows, np.int64).reshape(-1, 3)
    return found[:, 0], found[:, 1], found[:, 2]
