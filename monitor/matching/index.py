"""All names of all lists, filed so that a text's candidates are found without looking at every name.

Every reading is filed under its key part: only where a word of the text may be that part (`Vocabulary.near`) is the
name looked at. The index skips; what counts is decided by `assign` and by the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from monitor.matching.around import Around, Record
from monitor.matching.assign import Assignment, Found, assign, hopeless, ordinariness, reach, too_loose
from monitor.matching.neighbours import Near, Vocabulary
from monitor.matching.pattern import GIVEN_ROLES, OPTIONAL, Pattern
from monitor.matching.text import Tokens
from monitor.matching.variants import variants
from monitor.matching.words import bits
from monitor.model.watchlists import Entity, Name

Filing = tuple[int, int]
"""A reading: its record's number, and which of its readings it is."""

Joins = list[tuple[tuple[int, int], int]]
"""Two parts that may be one word, and that word's number."""


@dataclass(slots=True)
class Shelf:
    """The readings whose key part may be one word of a name."""

    alone: list[Filing] = field(default_factory=list)  # nothing else has to stand around it
    beside: dict[int, list[Filing]] = field(default_factory=dict)  # by another word that has to
    persons: list[Filing] = field(default_factory=list)  # of these the ones whose other word may be an initial
    longest: int = 0  # words that a mention of one of them spans at most


class Index:
    """The names, by the words that may be their key part."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.vocabulary = Vocabulary()
        self.records: list[Record] = []
        self._shelves: dict[int, Shelf] = {}
        self._shelves_of_bodies: dict[int, Shelf] = {}  # the readings that an ordinary word may stand for
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
                open_to = not pattern.person or part.role in GIVEN_ROLES
                places.setdefault(ids[place], []).append((place, place, open_to))
                if len(part.form) >= 6:
                    self._joined.add(part.form)
        joins = [((place, place + 1), vocabulary.add(joined, exact=True)) for place, joined in pattern.joins]
        self._joined.update(joined for _, joined in pattern.joins if len(joined) >= 6)
        for (left, right), word in joins:
            places.setdefault(word, []).append((left, right, False))
        for which in range(len(pattern.readings)):
            self._file(pattern, (number, which), ids, joins)
        needs = tuple(frozenset(ids[place] for place in reading.parts) for reading in pattern.readings)
        found = {word: tuple(some) for word, some in places.items()}
        initials = any(len(part.form) == 1 for part in pattern.parts)
        self.records.append(Record(entity, name, pattern, found, needs, frozenset(word for _, word in joins), initials))

    def _file(self, pattern: Pattern, filing: Filing, ids: dict[int, int], joins: Joins) -> None:
        """File a reading under its key part, and under the words that stand for it and a neighbour."""
        reading = pattern.readings[filing[1]]
        whole = set(reading.parts)
        keys = [({reading.key}, ids[reading.key])]
        keys += [(set(pair), word) for pair, word in joins if reading.key in pair and whole.issuperset(pair)]
        ordinary_too = pattern.contiguous or (not pattern.person and len(reading.parts) > 1)
        for covered, key in keys:
            rest = whole - covered
            partner = max(rest, key=lambda place: (bits(pattern.parts[place].form), place)) if rest else -1
            words = {ids[partner]} if rest else set()
            words |= {word for pair, word in joins if partner in pair and whole.issuperset(pair)}
            for shelves in (self._shelves, self._shelves_of_bodies) if ordinary_too else (self._shelves,):
                shelf = shelves.setdefault(key, Shelf())
                shelf.longest = max(shelf.longest, reach(pattern))
                if not rest:
                    shelf.alone.append(filing)
                for word in words:
                    shelf.beside.setdefault(word, []).append(filing)
                if rest and pattern.person:
                    listed_short = any(len(pattern.parts[place].form) == 1 for place in rest)
                    (shelf.alone if listed_short else shelf.persons).append(filing)

    def candidates(self, tokens: Tokens) -> Iterator[tuple[Record, Assignment]]:
        """Every candidate of every name in a text."""
        around = Around(self.vocabulary, self._joined, tokens)
        records, keys = self.records, self._shelves.keys()
        for at, nears in around.anchors():
            if keys.isdisjoint(nears[0].words) and (len(nears) == 1 or keys.isdisjoint(nears[1].words)):
                continue
            form, ordinary = tokens.forms[at], ordinariness(tokens, at)
            filings = self._filed_at(form, ordinary, nears, at, around)
            if not filings:
                continue
            seen: dict[int, list[Found]] = {}
            for number, which in filings:
                record = records[number]
                reading = record.pattern.readings[which]
                if hopeless(record.pattern, reading, form, ordinary) or not around.may_hold(record, which, at):
                    continue
                found = seen.get(number)
                if found is None:
                    found = seen[number] = around.found(record, at)
                best = assign(record.pattern, reading, found, at)
                if best is not None and not too_loose(reading, best.found, tokens):
                    yield record, best

    def _filed_at(self, form: str, ordinary: int, nears: list[Near], at: int, around: Around) -> dict[Filing, None]:
        """The readings whose key part the word may be, without most that are `hopeless` or lack another word."""
        filings: dict[Filing, None] = {}
        shelves = self._shelves_of_bodies if ordinary >= 50 else self._shelves
        forms = self.vocabulary.forms
        for near in nears:
            for word in (*near.spelt, *near.meant) if near.meant else near.spelt:
                shelf = shelves.get(word)
                if shelf is None or (ordinary >= 50 and forms[word] != form):
                    continue
                filings.update(dict.fromkeys(shelf.alone))
                if shelf.beside:
                    for partner in shelf.beside.keys() & around.where.keys():
                        if around.stands_near(partner, at, shelf.longest):
                            filings.update(dict.fromkeys(shelf.beside[partner]))
                    if shelf.persons and around.letter_near(at, shelf.longest):
                        filings.update(dict.fromkeys(shelf.persons))
        return filings
