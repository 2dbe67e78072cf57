"""All names of all lists, filed so that a text's candidates are found without looking at every name.

Every reading is filed under its key part: only where a word of the text may be that part (`Vocabulary.near`) is the
name looked at. The index skips; what counts is decided by `assign` and by the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.matching.assign import Assignment, Found, assign, initials, reach
from monitor.matching.neighbours import Near, Vocabulary
from monitor.matching.similar import JOINED
from monitor.matching.text import Tokens
from monitor.matching.variants import GIVEN_ROLES, OPTIONAL, Pattern, variants
from monitor.model.watchlists import Entity, Name


@dataclass(frozen=True, slots=True)
class Record:
    """One name of one entity, ready to be looked for."""

    entity: int  # its place among the entities
    name: Name
    pattern: Pattern
    places: dict[int, tuple[tuple[int, int, bool], ...]]  # a word's number → (first part, last part, given name?)


class Index:
    """The names, by the words that may be their key part."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.vocabulary = Vocabulary()
        self.records: list[Record] = []
        self._filed: dict[int, list[tuple[int, int]]] = {}  # a word's number → (record, reading)
        self._joined: set[str] = set()
        for number, entity in enumerate(entities):
            for name in entity.names:
                pattern = variants(name.text, entity.type)
                if pattern is not None:
                    self._add(number, name, pattern)

    def _add(self, entity: int, name: Name, pattern: Pattern) -> None:
        vocabulary, number = self.vocabulary, len(self.records)
        places: dict[int, list[tuple[int, int, bool]]] = {}
        ids: dict[int, int] = {}
        for place, part in enumerate(pattern.parts):
            if part.role not in OPTIONAL:
                ids[place] = vocabulary.add(part.form)
                places.setdefault(ids[place], []).append((place, place, part.role in GIVEN_ROLES))
                if len(part.form) >= 6:
                    self._joined.add(part.form)
        filings: dict[int, set[int]] = {}
        for which, reading in enumerate(pattern.readings):
            filings.setdefault(ids[reading.key], set()).add(which)
        for place, joined in pattern.joins:
            word = vocabulary.add(joined, exact=True)
            places.setdefault(word, []).append((place, place + 1, False))
            for which, reading in enumerate(pattern.readings):
                if reading.key in (place, place + 1) and {place, place + 1} <= set(reading.parts):
                    filings.setdefault(word, set()).add(which)
        for word, readings in filings.items():
            self._filed.setdefault(word, []).extend((number, which) for which in sorted(readings))
        self.records.append(Record(entity, name, pattern, {word: tuple(some) for word, some in places.items()}))

    def candidates(self, tokens: Tokens) -> Iterator[tuple[Record, Assignment]]:
        """Every candidate of every name in a text."""
        around = Around(self.vocabulary, self._joined, tokens)
        filed, records = self._filed, self.records
        for at, nears in around.anchors():
            seen: dict[int, list[Found]] = {}
            for near in nears:
                for word in near.spelt:
                    for number, which in filed.get(word, ()):
                        record = records[number]
                        found = seen.get(number)
                        if found is None:
                            found = seen[number] = around.found(record, at)
                        best = assign(record.pattern, record.pattern.readings[which], found, at)
                        if best is not None:
                            yield record, best


class Around:
    """What the words of a text may be: word by word, and where two are read as one."""

    def __init__(self, vocabulary: Vocabulary, joined: set[str], tokens: Tokens) -> None:
        self.tokens = tokens
        near = vocabulary.near
        self.near: list[Near | None] = [near(form) for form in tokens.forms]
        self.pairs: dict[int, tuple[int, Near]] = {}  # first word → (last word, what they may be as one)
        forms = tokens.forms
        ids = vocabulary.ids
        for at, (left, right) in enumerate(zip(forms, forms[1:], strict=False)):
            both = left + right
            if both in joined:
                self._pair(at, at + 1, ids[both])
            elif len(left) == 1 and len(right) == 1:
                run = at + 1
                while run + 1 < len(forms) and len(forms[run + 1]) == 1 and run - at < 6:
                    run += 1
                whole = "".join(forms[at : run + 1])
                if whole in ids and whole.isascii():
                    self._pair(at, run, ids[whole])

    def _pair(self, first: int, last: int, number: int) -> None:
        self.pairs.setdefault(first, (last, Near({number: JOINED}, {})))

    def anchors(self) -> Iterator[tuple[int, list[Near]]]:
        pairs = self.pairs
        for at, near in enumerate(self.near):
            if at in pairs:
                yield at, [pairs[at][1], *([near] if near else ())]
            elif near is not None:
                yield at, [near]

    def found(self, record: Record, at: int) -> list[Found]:
        """Which parts of a name the words around `at` may be."""
        limit = reach(record.pattern)
        first, last = max(0, at - limit + 1), min(len(self.near), at + limit)
        places, found = record.places, []
        for place in range(first, last):
            near = self.near[place]
            if near is not None:
                for word, likeness in near.spelt.items():
                    for left, right, given in places.get(word, ()):
                        other = near.given.get(word) if given else None
                        found.append(Found(left, right, place, place, max(likeness, other) if other else likeness))
                for word, likeness in near.given.items():
                    if word not in near.spelt:
                        for left, right, given in places.get(word, ()):
                            if given:
                                found.append(Found(left, right, place, place, likeness))
            if place in self.pairs:
                end, pair = self.pairs[place]
                for word, likeness in pair.spelt.items():
                    for left, right, _ in places.get(word, ()):
                        found.append(Found(left, right, place, end, likeness))
        found.extend(initials(record.pattern, record.pattern.readings[0].parts, self.tokens.forms, first, last))
        return found
