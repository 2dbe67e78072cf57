"""The names of one list, filed: arrays of numbers and the words that they count. Pure.

A *row* is one reading of a name, filed under one word of names that may be its key part, with what has to stand around
that word. A volume holds nothing else, so that it can be kept as bytes and put together with others (`index`).
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.matching.assign import reach
from monitor.matching.pattern import GIVEN_ROLES, OPTIONAL, Pattern, Role
from monitor.matching.similar import KEYS
from monitor.matching.variants import variants
from monitor.model.watchlists import Entity

SINGLE, CONTIGUOUS, GIVEN_KEY, ORDINARY_TOO, PERSON, KEY_FIRST, KEY_LAST = 1, 2, 4, 8, 16, 32, 64
"""Of a row: one part only; letters of a script without spaces; its key part is a given name; that part may stand on an
ordinary word; a person's; of the reading's parts, as they are spoken, the key is the first, the last."""

FARTHEST = 255
"""Words that a mention of a row spans, or more."""

FUZZY, JOINED = 1, 2
"""Of a word: looked for in other spellings too; may be written as two."""

INITIALED = (*GIVEN_ROLES, Role.PATRONYMIC)
"""Roles of parts that may be written as an initial."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Columns of equal length, but for those of which every row has its own count."""

    words: str  # a line each
    keys: str  # by function of KEYS and word, a line each
    word_flags: NDArray[np.uint8]
    record_entity: NDArray[np.int32]  # place of the entity in its list
    record_name: NDArray[np.int32]  # place among its names
    row_key: NDArray[np.int32]  # number of the word
    row_record: NDArray[np.int32]
    row_reading: NDArray[np.uint8]
    row_flags: NDArray[np.uint8]
    row_reach: NDArray[np.uint8]  # words that a mention spans at most, FARTHEST for all that are longer
    row_letters: NDArray[np.uint64]  # first letters of parts that may be written as initials
    row_listed: NDArray[np.uint64]  # letters that the list has in place of a name
    row_counts: NDArray[np.uint8]  # three a row: how many of the following it needs
    row_needs: NDArray[np.int32]  # words that must stand near, words that must or be initials, words for two at once


Join = tuple[int, int, int]
"""Two parts that may be written as one, and the number of the word that they are then."""


class Filed(NamedTuple):
    """A name that is being filed."""

    pattern: Pattern
    words: dict[int, int]  # part → number of its word
    initialed: set[int]  # parts that may be written as initials
    span: int  # words that a mention spans at most


class _Filing:
    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.flags = bytearray()
        self.records = array("i")
        self.rows = array("i")
        self.marks = array("B")
        self.letters = array("Q")
        self.counts = array("B")
        self.needs = array("i")

    def word(self, form: str, flags: int) -> int:
        number = self.ids.setdefault(form, len(self.flags))
        if number == len(self.flags):
            self.flags.append(flags)
        else:
            self.flags[number] |= flags
        return number

    def add(self, pattern: Pattern) -> None:
        """File a name, as the record that is about to be counted."""
        parts = pattern.parts
        number = {
            place: self.word(part.form, FUZZY | JOINED if len(part.form) >= 6 else FUZZY)
            for place, part in enumerate(parts)
            if part.role not in OPTIONAL
        }
        joins = [(place, place + 1, self.word(form, JOINED if len(form) >= 6 else 0)) for place, form in pattern.joins]
        initialed = {place for place in number if pattern.person and parts[place].role in INITIALED}
        filed = Filed(pattern, number, initialed, min(FARTHEST, reach(pattern)))
        flags = (CONTIGUOUS if pattern.contiguous else 0) | (PERSON if pattern.person else 0)
        for which, reading in enumerate(pattern.readings):
            key, chosen = reading.key, reading.parts
            own = flags | (SINGLE if len(chosen) == 1 else 0)
            own |= ORDINARY_TOO if pattern.contiguous or (not pattern.person and len(chosen) > 1) else 0
            own |= GIVEN_KEY if pattern.person and parts[key].role in GIVEN_ROLES else 0
            inside = [join for join in joins if join[0] in chosen and join[1] in chosen] if joins else joins
            self._row(filed, which, own, number[key], (key, key), inside)
            for left, right, word in inside:
                if key in (left, right):
                    self._row(filed, which, own, word, (left, right), [one for one in inside if one[2] != word])

    def _row(
        self, filed: Filed, which: int, flags: int, key: int, covered: Sequence[int], joins: Sequence[Join]
    ) -> None:
        """File a reading under a word that stands for the covered parts."""
        must, may, letters, listed = [], [], 0, 0
        chosen = filed.pattern.readings[which].parts
        spoken = filed.pattern.as_spoken(chosen)
        flags |= (KEY_FIRST if spoken[0] in covered else 0) | (KEY_LAST if spoken[-1] in covered else 0)
        for place in chosen:
            if place in covered:
                continue
            if place not in filed.initialed:
                must.append(filed.words[place])
                continue
            may.append(filed.words[place])
            form = filed.pattern.parts[place].form
            if len(form) == 1:
                listed |= letter_bit(form)
            else:
                letters |= letter_bit(form)
        self.rows.extend((key, len(self.records) // 2))
        self.marks.extend((which, flags, filed.span))
        self.letters.extend((letters, listed))
        self.counts.extend((len(must), len(may), len(joins)))
        self.needs.extend(must)
        self.needs.extend(may)
        self.needs.extend([word for _, _, word in joins])


FORMAT = 2
"""Of the bytes; changes when they cannot be read as before."""


def to_bytes(volume: Volume) -> bytes:
    """A volume as bytes: a line that says what follows, then its columns one after the other, as they lie in memory."""
    columns = [(field.name, np.asarray(getattr(volume, field.name))) for field in fields(volume)[2:]]
    texts = [volume.words.encode("utf-8"), volume.keys.encode("utf-8")]
    head = {
        "format": FORMAT,
        "order": sys.byteorder,
        "texts": list(map(len, texts)),
        "columns": [[name, column.dtype.str, len(column)] for name, column in columns],
    }
    return b"".join([json.dumps(head).encode(), b"\n", *texts, *(column.tobytes() for _, column in columns)])


def from_bytes(data: bytes | memoryview) -> Volume:
    """A volume from `to_bytes`; its columns stay where the bytes are. Raises ValueError for anything else."""
    view = memoryview(data)
    begin = bytes(view[:4096]).find(b"\n") + 1
    if not begin:
        raise ValueError("no head")
    head = json.loads(bytes(view[:begin]))
    if head.get("format") != FORMAT or head.get("order") != sys.byteorder:
        raise ValueError("another format")
    names = [field.name for field in fields(Volume)]
    values: list[Any] = []
    for size in head["texts"]:
        values.append(str(view[begin : begin + size], "utf-8"))
        begin += size
    for name, kind, count in head["columns"]:
        if name != names[len(values)] or np.dtype(kind).hasobject or count < 0:
            raise ValueError(f"an unknown column {name}")
        values.append(np.ndarray(count, kind, view, begin) if count else np.zeros(0, kind))
        begin += values[-1].nbytes
    if begin != len(view) or len(values) != len(names):
        raise ValueError("not as long as it should be")
    return Volume(**dict(zip(names, values, strict=True)))


def letter_bit(form: str) -> int:
    """The bit of a word's first letter: its own for Latin and Cyrillic, shared by the others."""
    code = ord(form[0])
    if 0x61 <= code <= 0x7A:
        return 1 << (code - 0x61)
    if 0x430 <= code <= 0x44F:
        return 1 << (code - 0x430 + 26)
    return 1 << (58 + code % 6)


def filed(entities: Iterable[Entity]) -> Volume:
    """The names of these entities, filed."""
    filing = _Filing()
    for entity_number, entity in enumerate(entities):
        for place, name in enumerate(entity.names):
            pattern = variants(name.text, entity.type)
            if pattern is not None:
                filing.add(pattern)
                filing.records.extend((entity_number, place))
    words = list(filing.ids)
    flags = np.frombuffer(bytes(filing.flags), np.uint8)
    fuzzy = [word if flag & FUZZY else "" for word, flag in zip(words, filing.flags, strict=True)]
    records = np.array(filing.records, np.int32).reshape(-1, 2)
    rows = np.array(filing.rows, np.int32).reshape(-1, 2)
    marks = np.array(filing.marks, np.uint8).reshape(-1, 3)
    letters = np.array(filing.letters, np.uint64).reshape(-1, 2)
    return Volume(
        words="\n".join(words),
        keys="\n".join(chain.from_iterable(keys(fuzzy) for keys, _ in KEYS)),
        word_flags=flags,
        record_entity=records[:, 0].copy(),
        record_name=records[:, 1].copy(),
        row_key=rows[:, 0].copy(),
        row_record=rows[:, 1].copy(),
        row_reading=marks[:, 0].copy(),
        row_flags=marks[:, 1].copy(),
        row_reach=marks[:, 2].copy(),
        row_letters=letters[:, 0].copy(),
        row_listed=letters[:, 1].copy(),
        row_counts=np.array(filing.counts, np.uint8),
        row_needs=np.array(filing.needs, np.int32),
    )
