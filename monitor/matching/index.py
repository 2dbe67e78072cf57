"""All names of all lists, filed so that a text's candidates are found without looking at every name. Pure.

The volumes of the lists are put together: their words get one numbering, their rows stand by key word. The index
skips; what counts is decided by `assign` and by the judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.matching.around import Record
from monitor.matching.hashing import Bools, Hashes, HashTable, Ints, Ragged
from monitor.matching.memo import Filed
from monitor.matching.neighbours import Neighbours
from monitor.matching.pattern import GIVEN_ROLES, OPTIONAL
from monitor.matching.similar import KEYS
from monitor.matching.variants import variants
from monitor.matching.volume import CONTIGUOUS, FUZZY, GIVEN_KEY, JOINED, PERSON, SINGLE, Volume
from monitor.model.watchlists import Entity

RECORDS = 50_000
"""Names that are kept ready for the search (2 kB each); when there are more, all are forgotten."""


Row = tuple[int, int]
"""A reading: its record's number, and which of its readings it is."""


class Signs(NamedTuple):
    """Sets of words as bits: a set of which not all bits are in another's is no part of it."""

    one: Hashes
    two: Hashes


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings by their key word: those of word w are `starts[w]` … `starts[w + 1]`. Columns as in `Volume`."""

    starts: Ints
    record: NDArray[np.int32]
    reading: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    reach: NDArray[np.uint8]
    letters: NDArray[np.uint64]
    listed: NDArray[np.uint64]
    must: Signs
    may: Signs
    joins: Signs
    counts: NDArray[np.uint8]  # three a row
    first_need: NDArray[np.int32]
    needs: NDArray[np.int32]  # not in the rows' order: those of a row from its first on


class Index:
    """The names, by the words that may be their key part."""

    def __init__(self, volumes: Sequence[Volume], entities: Sequence[Sequence[Entity]]) -> None:
        self._entities = [entity for some in entities for entity in some]
        words: dict[str, int] = {}
        numbers: list[NDArray[np.int32]] = []
        for volume in volumes:
            own = volume.words.split("\n") if len(volume.word_flags) else []
            numbers.append(np.array([words.setdefault(form, len(words)) for form in own], np.int32))
        flags = np.zeros(len(words), np.uint8)
        keyed = [[""] * len(words) for _ in KEYS]
        for volume, number in zip(volumes, numbers, strict=True):
            flags[number] |= volume.word_flags
            keys = volume.keys.split("\n")
            for which, column in enumerate(keyed):
                for word, key in zip(number.tolist(), keys[which * len(number) :], strict=False):
                    if key:
                        column[word] = key
        self.words = list(words)
        self.content = _content(self.words, flags, keyed)
        self.neighbours = Neighbours(self.words, (flags & FUZZY) > 0, keyed)
        joined = (flags & JOINED) > 0
        self.joined = joined
        ragged = Ragged(self.words)
        hashes = ragged.whole()
        self.pairs = HashTable(hashes[joined], np.flatnonzero(joined).astype(np.int32))
        spread = hashes * np.uint64(0xD6E8FEB86659FD93)
        self.bits = Signs(
            np.uint64(1) << (spread >> np.uint64(58)), np.uint64(1) << ((spread >> np.uint64(52)) & np.uint64(63))
        )
        self._number_records(volumes, [len(some) for some in entities])
        self._file(volumes, numbers)
        self._records: dict[int, Record] = {}

    def _number_records(self, volumes: Sequence[Volume], counts: Sequence[int]) -> None:
        first = np.cumsum([0, *counts])
        own = [volume.record_entity + before for volume, before in zip(volumes, first[:-1], strict=True)]
        self._record_entity: NDArray[np.int32] = np.concatenate([np.zeros(0, np.int32), *own]).astype(np.int32)
        self._record_name: NDArray[np.int32] = np.concatenate(
            [np.zeros(0, np.int32), *(volume.record_name for volume in volumes)]
        )

    def _file(self, volumes: Sequence[Volume], numbers: Sequence[NDArray[np.int32]]) -> None:
        """Put the rows of all volumes by key word."""
        first = np.cumsum([0, *(len(volume.record_entity) for volume in volumes)])
        key = _joined([number[volume.row_key] for volume, number in zip(volumes, numbers, strict=True)], np.int32)
        order = np.argsort(key, kind="stable")

        def column(name: str) -> NDArray[Any]:
            found: NDArray[Any] = _joined([getattr(volume, name) for volume in volumes], np.uint8)[order]
            return found

        record = _joined([volume.row_record + before for volume, before in zip(volumes, first, strict=False)], np.int32)
        counts = _joined([volume.row_counts for volume in volumes], np.uint8).astype(np.int64)
        needs = _joined([number[volume.row_needs] for volume, number in zip(volumes, numbers, strict=True)], np.int32)
        signs: list[Hashes] = []
        which = np.repeat(np.arange(len(counts)), counts)
        for bits in self.bits:
            found = np.zeros(len(counts), np.uint64)
            np.bitwise_or.at(found, which, bits[needs])
            signs.append(found.reshape(-1, 3)[order])
        must, may, joins = (Signs(signs[0][:, n].copy(), signs[1][:, n].copy()) for n in range(3))
        row_flags = column("row_flags")
        self.rows = Rows(
            starts=np.searchsorted(key[order], np.arange(len(self.words) + 1)),
            record=record[order],
            reading=column("row_reading"),
            flags=row_flags,
            reach=column("row_reach"),
            letters=column("row_letters"),
            listed=column("row_listed"),
            must=must,
            may=may,
            joins=joins,
            counts=counts.reshape(-1, 3)[order].astype(np.uint8),
            first_need=(np.cumsum(counts) - counts).reshape(-1, 3)[:, 0][order].astype(np.int32),
            needs=needs,
        )
        single = (row_flags & SINGLE) > 0

        def words_with(rows: Bools) -> Bools:
            found = np.zeros(len(self.words), np.bool_)
            found[key[order][rows]] = True
            return found

        self.filed = Filed(
            beside=words_with(~single),
            alone=words_with(single),
            letters=words_with(single & ((row_flags & CONTIGUOUS) > 0)),
            given=words_with((row_flags & GIVEN_KEY) > 0),
        )

    def rows_alone(self, word: int, *, spelt: bool = True, given: bool = True, meant: bool = True) -> list[Row]:
        """The readings of one part filed under a word: (record, which of its readings).

        Of a word that is not spelt so, those for which a form of a given name or a word of the same meaning counts.
        """
        rows = self.rows
        begin, end = int(rows.starts[word]), int(rows.starts[word + 1])
        flags = rows.flags[begin:end]
        fits = (flags & SINGLE) > 0
        if not spelt:
            fits &= (given & ((flags & GIVEN_KEY) > 0)) | (meant & ((flags & PERSON) == 0))
        chosen = begin + np.flatnonzero(fits)
        return list(zip(rows.record[chosen].tolist(), rows.reading[chosen].tolist(), strict=True))

    def record(self, number: int) -> Record:
        """A name made ready for the search."""
        found = self._records.get(number)
        if found is None:
            if len(self._records) > RECORDS:
                self._records = {}
            found = self._records[number] = self._made(number)
        return found

    def _made(self, number: int) -> Record:
        place = int(self._record_entity[number])
        entity = self._entities[place]
        name = entity.names[int(self._record_name[number])]
        pattern = variants(name.text, entity.type)
        if pattern is None:
            raise ValueError(f"a name without letters or digits is filed: {name.text!r}")
        ids = self.neighbours.ids
        places: dict[int, list[tuple[int, int, bool]]] = {}
        for at, part in enumerate(pattern.parts):
            if part.role not in OPTIONAL:
                open_to = not pattern.person or part.role in GIVEN_ROLES
                places.setdefault(ids[part.form], []).append((at, at, open_to))
        for at, form in pattern.joins:
            places.setdefault(ids[form], []).append((at, at + 1, False))
        return Record(place, name, pattern, {word: tuple(some) for word, some in places.items()})


def _joined(columns: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(columns) if columns else np.zeros(0, kind)


def _content(words: Sequence[str], flags: NDArray[np.uint8], keyed: Sequence[Sequence[str]]) -> str:
    """A digest of the vocabulary: of its words in their order, and how they are looked for."""
    digest = hashlib.sha256(flags.tobytes())
    for column in (words, *keyed):
        digest.update("\n".join((*column, "")).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
