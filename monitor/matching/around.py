"""What the words of a text may be: word by word, and where two or more are read as one. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.matching.assign import Found, initials, reach
from monitor.matching.neighbours import Near, Vocabulary
from monitor.matching.pattern import Pattern
from monitor.matching.similar import JOINED
from monitor.matching.text import Tokens
from monitor.model.watchlists import Name


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


class Around:
    """What the words of a text may be: word by word, and where two are read as one."""

    def __init__(self, vocabulary: Vocabulary, joined: set[str], tokens: Tokens) -> None:
        self.tokens = tokens
        near = vocabulary.near
        self.near: list[Near | None] = [near(form) for form in tokens.forms]
        self.letters = [  # that may be initials
            place
            for place, form in enumerate(tokens.forms)
            if len(form) == 1 and not tokens.surface(place, place).islower()
        ]
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

        self.where: dict[int, list[int]] = {}  # a word of names → the words of the text that may be it, ascending
        for place, known in enumerate(self.near):
            for word in known.words if known is not None else ():
                self.where.setdefault(word, []).append(place)
            if place in self.pairs:
                for word in self.pairs[place][1].words:
                    if self.where.setdefault(word, [])[-1:] != [place]:
                        self.where[word].append(place)

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
        limit = reach(record.pattern)
        if all(self.stands_near(word, at, limit) for word in needs):
            return True
        if record.pattern.person and (record.initials or self.letter_near(at, limit)):
            return True
        return any(self.stands_near(word, at, limit) for word in record.joined)

    def stands_near(self, word: int, at: int, limit: int) -> bool:
        """Whether a word of the text that may be this word of a name stands less than `limit` words from `at`."""
        return _any_between(self.where.get(word, ()), at - limit, at + limit)

    def letter_near(self, at: int, limit: int) -> bool:
        """Whether a letter that may be an initial stands less than `limit` words from `at`."""
        return _any_between(self.letters, at - limit, at + limit)

    def found(self, record: Record, at: int) -> list[Found]:
        """Which parts of a name the words around `at` may be."""
        limit = reach(record.pattern)
        found: list[Found] = []
        for word, parts in record.places.items():
            places = self.where.get(word, ())
            for number in range(bisect_left(places, at - limit + 1), len(places)):
                if places[number] >= at + limit:
                    break
                found.extend(self._found_at(word, places[number], parts, record.pattern.person))
        if record.pattern.person and (record.initials or self.letter_near(at, limit)):
            first, last = max(0, at - limit + 1), min(len(self.near), at + limit)
            found.extend(initials(record.pattern, record.pattern.content, self.tokens, first, last))
        return found

    def _found_at(self, word: int, place: int, parts: Iterable[tuple[int, int, bool]], person: bool) -> Iterator[Found]:
        near = self.near[place]
        if near is not None:
            spelt = near.spelt.get(word)
            related = (near.given if person else near.meant).get(word)
            for left, right, open_to in parts:
                likeness = spelt if left == right or (spelt and spelt.rule == "equal") else None
                if open_to and related and (likeness is None or related > likeness):
                    likeness = related
                if likeness is not None:
                    yield Found(left, right, place, place, likeness)
        if place in self.pairs:
            end, pair = self.pairs[place]
            if word in pair.spelt:
                yield from (Found(left, right, place, end, JOINED) for left, right, _ in parts)


def _any_between(places: Sequence[int], low: int, high: int) -> bool:
    """Whether one of these ascending places lies between the two, both excluded."""
    at = bisect_right(places, low)
    return at < len(places) and places[at] < high
