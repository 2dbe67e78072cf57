"""Identifiers found exactly as they are listed: IMO numbers, LEI, ISIN, wallet addresses and the like. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.model.watchlists import Entity

_CODE = re.compile(r"(?<![\w-])[^\W_](?:[^\W_]|-(?=[^\W_])){6,99}(?![\w-])")
"""A run of letters and digits, hyphens inside it allowed, of a length that identifiers have."""

LONGEST, SHORTEST_RUN = 100, 7

_DIGIT = re.compile("[0-9]")
_FROM_DIGIT = re.compile(r"[0-9][\w-]*")

_IMO = re.compile(r"\bIMO\W{0,3}(?:No\W{0,2}|number\W{0,2})?$", re.IGNORECASE)

_IMO_REACH = 16
"""Code points before a number within which the letters IMO make a ship's number of it."""

SHORTEST = 8
"""Letters and digits of an identifier that proves something by itself; a shorter one may be a telephone number."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An identifier that stands in a text."""

    entity: int  # its place among the entities
    kind: str
    start: int
    end: int


class Identifiers:
    """The identifiers of all entities, by their letters and digits."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._known: dict[str, list[tuple[int, str]]] = {}
        for number, entity in enumerate(entities):
            for kind, value in entity.identifiers:
                for form in _forms(kind.casefold(), value):
                    self._known.setdefault(form, []).append((number, kind.casefold()))

        self._have_digits = all(map(_DIGIT.search, self._known))  # one wallet address in a hundred thousand has none

    def find(self, text: str) -> Iterator[Identified]:
        """Every listed identifier in a text."""
        if not self._known:
            return
        for found in self._codes(text):
            for form in {found[0], _plain(found[0])}:
                for number, kind in self._known.get(form, ()):
                    if kind != "imo" or _IMO.search(text, max(0, found.start() - _IMO_REACH), found.start()):
                        yield Identified(number, kind, *found.span())

    def _codes(self, text: str) -> Iterator[re.Match[str]]:
        """The runs that may be identifiers; where all of these have digits, looked for around digits."""
        if not self._have_digits:
            yield from _CODE.finditer(text)
            return
        for number in _FROM_DIGIT.finditer(text):
            begin, end = number.span()
            farthest = max(0, begin - LONGEST)
            while begin > farthest and (text[begin - 1].isalnum() or text[begin - 1] in "-_"):
                begin -= 1
            if end - begin >= SHORTEST_RUN and (found := _CODE.match(text, begin)):
                yield found


def _forms(kind: str, value: str) -> Iterator[str]:
    """What to look for: an address as it is written, a number without its separators."""
    written = value.strip()
    if kind == "imo":
        digits = "".join(filter(str.isdigit, written))
        if len(digits) == 7:
            yield digits
    elif len(written) >= 26 and written.isalnum():  # wallet addresses tell capitals apart
        yield written
        if written[:2] in ("0x", "0X"):
            yield _plain(written)
    elif len(_plain(written)) >= SHORTEST and any(map(str.isdigit, written)) and any(map(str.isalpha, written)):
        yield _plain(written)


def _plain(value: str) -> str:
    return "".join(filter(str.isalnum, value)).upper()
