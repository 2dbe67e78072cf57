"""All names of all lists, filed so that a text's candidates are found without looking at every name.

Every reading is filed under its key part: only where a word of the text may be that part (`Vocabulary.near`) is the
name looked at. The index skips; what counts is decided by `assign` and by the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.matching.assign import Assignment, Found, assign, hopeless, initials, reach
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
    places: dict[int, tuple[tuple[int, int, bool], ...]]  # a word's number → (first part, last part, may be related?)
    needs: tuple[frozenset[int], ...]  # by reading: the words that must stand around its key
    joined: frozenset[int]  # words that stand for two parts


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
                places.setdefault(ids[place], []).append((place, place, not pattern.person or part.role in GIVEN_ROLES))
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
        needs = tuple(frozenset(ids[place] for place in reading.parts) for reading in pattern.readings)
        joins = frozenset(word for word, some in places.items() if any(left != right for left, right, _ in some))
        for word, readings in filings.items():
            self._filed.setdefault(word, []).extend((number, which) for which in sorted(readings))
        found = {word: tuple(some) for word, some in places.items()}
        self.records.append(Record(entity, name, pattern, found, needs, joins))

    def candidates(self, tokens: Tokens) -> Iterator[tuple[Record, Assignment]]:
        """Every candidate of every name in a text."""
        around = Around(self.vocabulary, self._joined, tokens)
        filed, records = self._filed, self.records
        for at, nears in around.anchors():
            seen: dict[int, list[Found]] = {}
            for near in nears:
                for word in (*near.spelt, *near.meant) if near.meant else near.spelt:
                    for number, which in filed.get(word, ()):
                        record = records[number]
                        reading = record.pattern.readings[which]
                        if not around.may_hold(record, which, at) or hopeless(reading, record.pattern, tokens, at):
                            continue
                        found = seen.get(number)
                        if found is None:
                            found = seen[number] = around.found(record, at)
                        best = assign(record.pattern, reading, found, at)
                        if best is not None:
                            yield record, best


class Around:
    """What the words of a text may be: word by word, and where two are read as one."""

    def __init__(self, vocabulary: Vocabulary, joined: set[str], tokens: Tokens) -> None:
        self.tokens = tokens
        near = vocabulary.near
        self.near: list[Near | None] = [near(form) for form in tokens.forms]
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
        self.pairs.setdefault(first, (last, Near({number: JOINED}, {}, {})))

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
        words, letters = self._words_around(at, reach(record.pattern))
        return needs <= words or (letters and record.pattern.person) or not record.joined.isdisjoint(words)

    def _words_around(self, at: int, limit: int) -> tuple[set[int], bool]:
        """The words of names within `limit` words of the word `at`, rounded up; whether a single letter is among them."""
        limit = 4 if limit <= 4 else 8 if limit <= 8 else 16
        known = self._around.get((at, limit))
        if known is None:
            first, last = max(0, at - limit), min(len(self.near), at + limit + 1)
            words: set[int] = set()
            for place in range(first, last):
                near = self.near[place]
                if near is not None:
                    words.update(near.spelt, near.given, near.meant)
                if place in self.pairs:
                    words.update(self.pairs[place][1].spelt)
            letters = any(len(form) == 1 for form in self.tokens.forms[first:last])
            known = self._around[at, limit] = words, letters
        return known

    def found(self, record: Record, at: int) -> list[Found]:
        """Which parts of a name the words around `at` may be."""
        limit = reach(record.pattern)
        first, last = max(0, at - limit + 1), min(len(self.near), at + limit)
        places, found = record.places, []
        for place in range(first, last):
            near = self.near[place]
            if near is not None:
                related = near.given if record.pattern.person else near.meant
                for word, likeness in near.spelt.items():
                    for left, right, open_to in places.get(word, ()):
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
        found.extend(initials(record.pattern, record.pattern.readings[0].parts, self.tokens, first, last))
        return found
