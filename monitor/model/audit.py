"""The audit trail: what people did and decided, each record linked to the one before it. Pure.

    content of a record ─SHA-256 with its salt→ digest ─SHA-256 with number, place and the link before→ link

The chain holds digests only. A record's salt lies beside its content and goes with it: what was erased cannot be
guessed from its digest, and the chain still verifies. Who notes a link down today can show tomorrow that nothing before
it was changed, taken away, added or moved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

BEGINNING = bytes(32)
"""What stands before the first link."""


ERASING = ("erase", "prune")
"""Deeds that may take the content of records away; their details name these records' numbers."""

MOST = 100
"""Problems that are told; the first says where it began."""


class Kind(StrEnum):
    """What a record tells of, and so where its content is kept."""

    DEED = "deed"  # a login, a silence, an erasure …
    DECISION = "decision"  # about a hit


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody did something: a decision about a hit, a login, a message sent again."""

    at: datetime
    who: str
    what: str  # "login", "retry" …; of a decision the disposition
    about: str
    hit: int | None = None  # the hit that was decided about


@dataclass(frozen=True, slots=True)
class Record:
    """A link of the chain with its content, as `monitor audit export` writes it."""

    number: int  # 1, 2 …
    kind: Kind
    row: int  # where the content is kept
    digest: bytes  # of the content, 32 bytes
    link: bytes  # 32 bytes
    content: Mapping[str, object] | None  # None: there is none any more
    salt: str | None  # hex; None: erased, or gone
    erased_by: int | None = None  # the deed that says why

    @property
    def said(self) -> str:
        """Which one, in words."""
        return f"record {self.number} ({self.kind} {self.row})"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: what is to be noted down elsewhere."""

    number: int  # how many records there are
    link: bytes

    def __str__(self) -> str:
        return f"{self.number} {self.link.hex()}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of looking at the whole chain. A record's content is whole, erased, or a problem."""

    head: Head
    erased: int
    problems: tuple[str, ...]  # a line each, at most MOST; empty when nothing shows
    noted: int | None = None  # the number of the record whose link was noted down earlier


def digest(kind: Kind, content: Mapping[str, object], salt: str) -> bytes:
    """Of one record's content; its values are texts, numbers, times or None."""
    return sha256(canonical([kind.value, salt, content])).digest()


def link(before: bytes, number: int, kind: Kind, row: int, digest: bytes) -> bytes:
    """Of one record to the one before it."""
    return sha256(canonical([number, kind.value, row, digest.hex(), before.hex()])).digest()


def verify(records: Iterable[Record], *, noted: str = "") -> Verified:
    """Look through all records, in the order of their numbers. noted: a link as `Head` writes it, or its digest alone.

    A record that is bound to another than the one before it was changed, added or moved, or one before it was taken
    away; whose content has another digest was changed since. An erased one must be named by the deed that erased it.
    """
    problems: list[str] = []
    before, number, erased_by, erasures = BEGINNING, 0, dict[int, Record](), dict[int, list[list[int]]]()
    wanted, found = noted.split()[-1].lower() if noted.split() else "", None
    for record in records:
        if record.number != number + 1:
            problems.append(f"records {number + 1} to {record.number - 1} are missing")
        if record.link != link(before, record.number, record.kind, record.row, record.digest):
            problems.append(f"{record.said} was changed, added or moved, or one before it was taken away")
        if wanted and record.link.hex() == wanted:
            found = record.number
        if record.content is None:
            problems.append(f"the content of {record.said} was deleted")
        elif record.erased_by is not None:
            erased_by[record.number] = record
        elif record.salt is None or digest(record.kind, record.content, record.salt) != record.digest:
            problems.append(f"the content of {record.said} was changed after it was written")
        elif record.kind is Kind.DEED and record.content["what"] in ERASING:
            erasures[record.row] = json.loads(str(record.content["details"]) or "{}").get("erased", [])
        before, number = record.link, record.number
    for record in erased_by.values():
        if not _covers(erasures.get(record.erased_by or 0, ()), record.number):
            problems.append(f"the content of {record.said} was erased, and no deed of the chain tells of it")
    if wanted and found is None:
        problems.append(f"no record has the link {wanted}: it was changed or taken away since that was noted")
    return Verified(Head(number, before), len(erased_by), tuple(problems[:MOST]), found)


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """`1, 2, 3, 7` as `[[1, 3], [7, 7]]`."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _covers(spans: Sequence[Sequence[int]], number: int) -> bool:
    return any(first <= number <= last for first, last in spans)


def canonical(value: object) -> bytes:
    """JSON in one form only: keys sorted, no blanks, ASCII, times in UTC with microseconds."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_time).encode()


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} does not belong in the audit trail")
