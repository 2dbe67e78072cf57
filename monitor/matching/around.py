"""What the words around a place of a text may be: word by word, and where two or more are read as one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.matching.assign import Found, initials, reach
from monitor.matching.memo import Memo
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


@dataclass(frozen=True, slots=True)
class Around:
    """What the words of a text may be. `parts`: its words in the memo; `pairs`: first word → (last word, as one)."""

    memo: Memo
    tokens: Tokens
    parts: list[int]
    pairs: Mapping[int, tuple[int, int]]

    def found(self, record: Record, at: int) -> list[Found]:
        """Which parts of a name the words around `at` may be."""
        limit = reach(record.pattern)
        low, high = max(0, at - limit + 1), min(len(self.parts), at + limit)
        found: list[Found] = []
        places, near, pairs, person = record.places, self.memo.near, self.pairs, record.pattern.person
        named = tuple(places.items())
        for place in range(low, high):
            known = near(self.parts[place])
            if known is not None:
                words = known.words
                for word, parts in named:
                    if word in words:
                        spelt = known.spelt.get(word)
                        other = (known.given if person else known.meant).get(word)
                        for left, right, open_to in parts:
                            likeness = spelt if left == right or (spelt and spelt.rule == "equal") else None
                            if open_to and other and (likeness is None or other > likeness):
                                likeness = other
                            if likeness is not None:
                                found.append(Found(left, right, place, place, likeness))
            if place in pairs:
                end, word = pairs[place]
                found.extend(Found(left, right, place, end, JOINED) for left, right, _ in places.get(word, ()))
        if person:
            found.extend(initials(record.pattern, record.pattern.content, self.tokens, low, high))
        return found
