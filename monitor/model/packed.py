"""Records in little memory: of a long list only blocks of bytes are held, and a record is made when it is asked for.

    records ─64 at a time→ plain values ─marshal, zlib→ block, in memory as far as 32 MB reach, beyond that in a file

An `Entity` has about 2 kB as an object and 100 to 300 bytes so. Short lists stay what they are, a tuple: all that
governments publish are that short.
"""

from __future__ import annotations

import marshal
import os
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any, overload

from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Owner, Severity

SHORT = 25_000
"""Records of a list that is kept as a tuple. OFAC's, the longest of a government, has 19,000."""

BLOCK = 64
"""Records in a block: what is unpacked for one of them."""

IN_MEMORY = 32_000_000
"""Bytes of blocks; what is more goes into a file without a name, which ends with the process."""

_TYPES, _KINDS, _SEVERITIES = tuple(EntityType), tuple(NameKind), tuple(Severity)
_TYPE = {one: number for number, one in enumerate(_TYPES)}
_KIND = {one: number for number, one in enumerate(_KINDS)}


class Gathering:
    """Records as they are read, in their order; `sealed` gives them over."""

    def __init__(self) -> None:
        self._loose: list[Entity] = []
        self._blocks = _Blocks()

    def add(self, entity: Entity) -> None:
        self._loose.append(entity)
        if len(self._loose) >= (BLOCK if len(self._blocks) else SHORT + BLOCK):
            self._pack(len(self._loose) // BLOCK)

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK + len(self._loose)

    def __iter__(self) -> Iterator[Entity]:
        return chain(self._blocks.entities(), self._loose)

    def revise(self, change: Callable[[Entity], Entity]) -> None:
        """Put in place of every record what `change` makes of it: itself where nothing changes."""
        for number in range(len(self._blocks)):
            before = self._blocks.block(number)
            after = [change(entity) for entity in before]
            if any(new is not old for new, old in zip(after, before, strict=True)):
                self._blocks.put(number, after)
        self._loose = [change(entity) for entity in self._loose]

    def sealed(self) -> Sequence[Entity]:
        """All records: a tuple, or packed when they are many. Nothing can be added afterwards."""
        if not len(self._blocks):
            return tuple(self._loose)
        blocks, loose = self._blocks, tuple(self._loose)
        del self._blocks, self._loose
        return Packed(blocks, loose)

    def _pack(self, blocks: int) -> None:
        for start in range(0, blocks * BLOCK, BLOCK):
            self._blocks.put(len(self._blocks), self._loose[start : start + BLOCK])
        del self._loose[: blocks * BLOCK]


def gathered(entities: Iterable[Entity]) -> Sequence[Entity]:
    """These records, packed when they are many."""
    gathering = Gathering()
    for entity in entities:
        gathering.add(entity)
    return gathering.sealed()


class Packed(Sequence[Entity]):
    """Many records. One by its place costs the unpacking of a block; one after the other is the way to take them."""

    def __init__(self, blocks: _Blocks, loose: tuple[Entity, ...]) -> None:
        self._blocks = blocks
        self._loose = loose

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK + len(self._loose)

    def __iter__(self) -> Iterator[Entity]:
        return chain(self._blocks.entities(), self._loose)

    @overload
    def __getitem__(self, place: int) -> Entity: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Entity, ...]: ...
    def __getitem__(self, place: int | slice) -> Entity | tuple[Entity, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        number = place + len(self) if place < 0 else place
        if not 0 <= number < len(self):
            raise IndexError(place)
        block, at = divmod(number, BLOCK)
        return self._blocks.block(block)[at] if block < len(self._blocks) else self._loose[number % BLOCK]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Packed | tuple):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # comparing is slow, hashing would be as well


class _Blocks:
    """Blocks of records by their number."""

    def __init__(self) -> None:
        self._held: list[bytes | tuple[int, int]] = []  # the block, or its place and length in the file
        self._bytes = 0
        self._file = -1  # a descriptor, once there is one
        self._end = 0
        self._last: tuple[int, list[Entity]] = (-1, [])

    def __len__(self) -> int:
        return len(self._held)

    def put(self, number: int, entities: Sequence[Entity]) -> None:
        """In place of the block of that number, or after the last."""
        block = zlib.compress(marshal.dumps([_plain(entity) for entity in entities]), 1)
        self._last = (-1, [])
        if number < len(self._held):
            before = self._held[number]
            self._bytes -= len(before) if isinstance(before, bytes) else 0
            self._held[number] = self._kept(block)
        else:
            self._held.append(self._kept(block))

    def block(self, number: int) -> list[Entity]:
        last, entities = self._last
        if last != number:
            entities = self._read(number)
            self._last = (number, entities)
        return entities

    def entities(self) -> Iterator[Entity]:
        for number in range(len(self._held)):
            yield from self._read(number)

    def _read(self, number: int) -> list[Entity]:
        kept = self._held[number]
        return [_entity(plain) for plain in marshal.loads(zlib.decompress(self._content(kept)))]

    def _content(self, kept: bytes | tuple[int, int]) -> bytes:
        if isinstance(kept, bytes):
            return kept
        place, length = kept
        return os.pread(self._file, length, place)  # threads and forks share the file, and move no position

    def _kept(self, block: bytes) -> bytes | tuple[int, int]:
        if self._bytes + len(block) <= IN_MEMORY:
            self._bytes += len(block)
            return block
        try:
            if self._file < 0:
                with tempfile.TemporaryFile(prefix="list-") as file:
                    self._file = os.dup(file.fileno())
                weakref.finalize(self, os.close, self._file)
            if os.pwrite(self._file, block, self._end) == len(block):
                self._end += len(block)
                return (self._end - len(block), len(block))
        except OSError:  # no room on the disk: it is held in memory after all, for a list is whole or it is not read
            pass
        self._bytes += len(block)
        return block

    def __getstate__(self) -> list[bytes]:
        return [self._content(kept) for kept in self._held]

    def __setstate__(self, blocks: list[bytes]) -> None:
        self.__init__()  # type: ignore[misc]  # as a new one, and filled
        self._held = [self._kept(block) for block in blocks]


def _plain(entity: Entity) -> tuple[Any, ...]:
    """What marshal knows. The order is that of the fields."""
    return (
        entity.watchlist,
        entity.id,
        _TYPE[entity.type],
        tuple((name.text, _KIND[name.kind]) for name in entity.names),
        entity.countries,
        entity.programmes,
        entity.identifiers,
        entity.context,
        entity.exclude,
        entity.threshold,
        entity.severity.rank if entity.severity is not None else None,
        entity.listed.toordinal() if entity.listed is not None else None,
        entity.notes,
        entity.url,
        entity.born,
        entity.topics,
        tuple((one.name, one.share, one.id, one.source, one.relation) for one in entity.owned_by),
        entity.same_as,
        entity.distinct,
        entity.subject,
        entity.linked,
    )


def _entity(plain: tuple[Any, ...]) -> Entity:
    (watchlist, id, kind, names, countries, programmes, identifiers, context, exclude, threshold, severity, listed,
     notes, url, born, topics, owners, same_as, distinct, subject, linked) = plain  # fmt: skip
    return Entity(
        watchlist,
        id,
        _TYPES[kind],
        tuple([Name(text, _KINDS[which]) for text, which in names]),
        countries,
        programmes,
        identifiers,
        context,
        exclude,
        threshold,
        _SEVERITIES[severity] if severity is not None else None,
        date.fromordinal(listed) if listed is not None else None,
        notes,
        url,
        born,
        topics,
        tuple([Owner(*one) for one in owners]),
        same_as,
        distinct,
        subject,
        linked,
    )
