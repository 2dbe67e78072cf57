"""All names of all lists, filed so that a text's candidates are found without looking at every name.

Every reading is filed under its key part: only where a word of the text may be that part (`Vocabulary.near`) is the
name looked at. The index skips; what counts is decided by `assign` and by the judge.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from monitor.matching.assign import Assignment, Found, assign, hopeless, initials, ordinariness, reach, too_loose
from monitor.matching.neighbours import Near, Vocabulary
from monitor.matching.pattern import GIVEN_ROLES, OPTIONAL, Pattern
from monitor.matching.similar import JOINED
from monitor.matching.text import Tokens
from monitor.matching.variants import variants
from monitor.matching.words import bits
from monitor.model.watchlists import Entity, Name


@dataclass(frozen=True, slots=True)
class Record:
    """One name of one entity, ready to be looked for."""

    entity: int  # its place among the entities
    name: Name
    pattern: Pattern
    places: dict[int, tuple[tuple[int, int, bool], ...]]  # a word's number → (first part, last part, may be related?)
    needs: tuple[frozenset[int], ...]  # by reading: the words that must stand around its key
    joined: frozenset[int]  # words that stand for two parts
    initials: bool  # whether the list gives only the initial of some part


Filing = tuple[int, int]
"""A reading: its record's number, and which of its readings it is."""


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
        joins = {(place, place + 1): vocabulary.add(joined, exact=True) for place, joined in pattern.joins}
        for (left, right), word in joins.items():
            places.setdefault(word, []).append((left, right, False))
        for which in range(len(pattern.readings)):
            self._file(pattern, (number, which), ids, joins)
        needs = tuple(frozenset(ids[place] for place in reading.parts) for reading in pattern.readings)
        found = {word: tuple(some) for word, some in places.items()}
        initials = any(len(part.form) == 1 for part in pattern.parts)
        self.records.append(Record(entity, name, pattern, found, needs, frozenset(joins.values()), initials))

    def _file(self, pattern: Pattern, filing: Filing, ids: dict[int, int], joins: dict[tuple[int, int], int]) -> None:
        """File a reading under its key part, and under the words that stand for it and a neighbour."""
        reading = pattern.readings[filing[1]]
        whole = set(reading.parts)
        keys = [({reading.key}, ids[reading.key])]
        keys += [(set(pair), word) for pair, word in joins.items() if reading.key in pair and whole.issuperset(pair)]
        ordinary_too = pattern.contiguous or (not pattern.person and len(reading.parts) > 1)
        for covered, key in keys:
            rest = whole - covered
            partner = max(rest, key=lambda place: (bits(pattern.parts[place].form), place)) if rest else -1
            words = {ids[partner]} if rest else set()
            words |= {word for pair, word in joins.items() if partner in pair and whole.issuperset(pair)}
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
        records = self.records
        for at, nears in around.anchors():
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
                    words, letters = around.words_around(at, shelf.longest)
                    for partner in shelf.beside.keys() & words:
                        filings.update(dict.fromkeys(shelf.beside[partner]))
                    if letters:
                        filings.update(dict.fromkeys(shelf.persons))
        return filings


class Around:
    """What the words of a text may be: word by word, and where two are read as one."""

    def __init__(self, vocabulary: Vocabulary, joined: set[str], tokens: Tokens) -> None:
        self.tokens = tokens
        near = vocabulary.near
        self.near: list[Near | None] = [near(form) for form in tokens.forms]
        self.words = [near.words if near is not None else () for near in self.near]
        self.letters = [place for place, form in enumerate(tokens.forms) if len(form) == 1]
        self._around: dict[tuple[int, int], tuple[set[int], bool]] = {}
        self.pairs: dict[int, tuple[int, Near]] = {}  # first word → (last word, what they may be as one)
        forms = tokens.forms
        ids = vocabulary.ids
        for at, (left, right) in enumerate(pairwise(forms)):
            both = left + right
            if both in joined:
                if min(len(left), len(right)) >= 3 or self._gap(at) in ("-", "‑"):
                    self._pair(at, at + 1, ids[both])
            elif len(left) == 1 and len(right) == 1 and left.isascii() and self._gap(at) == ".":
                run = at + 1
                while run + 1 < len(forms) and len(forms[run + 1]) == 1 and self._gap(run) == "." and run - at < 8:
                    run += 1
                whole = "".join(forms[at : run + 1])
                if whole in ids:
                    self._pair(at, run, ids[whole])

    def _gap(self, at: int) -> str:
        return self.tokens.text[self.tokens.ends[at] : self.tokens.starts[at + 1]]

    def _pair(self, first: int, last: int, number: int) -> None:
        self.pairs.setdefault(first, (last, Near({number: JOINED}, {}, {}, (number,))))

    def anchors(self) -> Iterator[tuple[int, list[Near]]]:
        pairs = self.pairs
        for at, near in enumerate(self.near):
            if at in pairs:
                yield at, [pairs[at][1], *([near] if near else ())]
            elif near is not None:
                yield at, [near]

    def may_hold(self, record: Record, which: int, at: int) -> bool:
        """Whether the words of a reading can all stand around the word `at`: quick, and never wrongly no."""
        needs = record.needs[which]
        if len(needs) == 1:
            return True
        words, letters = self.words_around(at, reach(record.pattern))
        if needs <= words or not record.joined.isdisjoint(words):
            return True
        return record.pattern.person and (letters or record.initials)

    def words_around(self, at: int, limit: int) -> tuple[set[int], bool]:
        """The words of names within `limit` words (rounded up) of the word `at`; whether a letter is among them."""
        limit = next((size for size in (4, 8, 16) if limit <= size), limit)
        known = self._around.get((at, limit))
        if known is None:
            first, last = max(0, at - limit), min(len(self.near), at + limit + 1)
            words = set().union(*self.words[first:last])
            for place in self.pairs.keys() & set(range(first, last)) if self.pairs else ():
                words.update(self.pairs[place][1].words)
            letters = self._has_letter(first, last)
            known = self._around[at, limit] = words, letters
        return known

    def _has_letter(self, first: int, last: int) -> bool:
        """Whether a single letter is among the words `first` … `last` − 1."""
        at = bisect_left(self.letters, first)
        return at < len(self.letters) and self.letters[at] < last

    def found(self, record: Record, at: int) -> list[Found]:
        """Which parts of a name the words around `at` may be."""
        limit = reach(record.pattern)
        first, last = max(0, at - limit + 1), min(len(self.near), at + limit)
        if len(record.pattern.content) == 1 and not self.pairs:
            first, last = at, at + 1
        places, found = record.places, []
        for place in range(first, last):
            near = self.near[place]
            if near is not None:
                related = near.given if record.pattern.person else near.meant
                for word, likeness in near.spelt.items():
                    for left, right, open_to in places.get(word, ()):
                        if left != right and likeness.rule != "equal":
                            continue
                        other = related.get(word) if open_to else None
                        found.append(Found(left, right, place, place, max(likeness, other) if other else likeness))
                for word, likeness in related.items():
                    if word not in near.spelt:
                        for left, right, open_to in places.get(word, ()):
                            if open_to:
                                found.append(Found(left, right, place, place, likeness))
            if place in self.pairs:
                end, pair = self.pairs[place]
                for word, likeness in pair.spelt.items():
                    for left, right, _ in places.get(word, ()):
                        found.append(Found(left, right, place, end, likeness))
        if record.pattern.person and (record.initials or self._has_letter(first, last)):
            found.extend(initials(record.pattern, record.pattern.readings[0].parts, self.tokens, first, last))
        return found
