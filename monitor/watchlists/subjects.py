"""Who on several lists is the same: entities linked to one subject, so that the news about it is told once. Pure.

Linked are, in this order: what a list says is the same (`same_as:`); who has the same number where numbers are unique
(LEI, IMO, a sanctions list's own number …); who has the same name, type and country on different lists, when it is the
main name of one of them and stands once on each list. Never linked are those that a list says to be distinct, not even
by way of a third, and those of different types; names never join two records of one list. Every link says why.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist

UNIQUE = frozenset({"lei", "imo", "ofac", "un", "eu", "uk", "ofsi", "ch_seco", "wikidata"})
"""Kinds of identifiers that are given once in the world; wallets are not among them, for gangs share them."""

NATIONAL = frozenset({"registration", "tax", "passport"})
"""Kinds that are given once in a country; they link across lists only."""

SHORTEST = 6
"""Code points of a name, without spaces, that may link: shorter ones are too often shared."""

Pair = tuple[Entity, Entity, str]


def link(lists: Iterable[Watchlist]) -> list[Watchlist]:
    """The same lists, with `subject` and `linked` set on every entity that is the same as another."""
    lists = list(lists)
    entities = [entity for watchlist in lists for entity in watchlist.entities]
    groups = _Groups(entities)
    for one, other, why in _stated(entities):
        groups.join(one, other, why, by_name=False)
    for one, other, why in _numbered(entities):
        groups.join(one, other, why, by_name=False)
    for one, other, why in _alike(entities):
        groups.join(one, other, why, by_name=True)
    return [
        replace(watchlist, entities=tuple(groups.named(entity) for entity in watchlist.entities)) for watchlist in lists
    ]


def key_of(entity: Entity) -> str:
    """How a list names an entity of another list."""
    return f"{entity.watchlist}/{entity.id}"


class _Groups:
    """Entities joined by links; a join that would bring two distinct ones together is not made."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.members: dict[str, list[Entity]] = {}
        self.reasons: dict[str, list[str]] = defaultdict(list)
        self.apart = {frozenset((key_of(entity), other)) for entity in entities for other in entity.distinct}

    def join(self, one: Entity, other: Entity, why: str, *, by_name: bool) -> None:
        first, second = self._group(one), self._group(other)
        if first is second or any(self._distinct(a, b) for a in first for b in second):
            return
        if by_name and {member.watchlist for member in first} & {member.watchlist for member in second}:
            return  # a list keeps its own records apart, and knows why
        first.extend(second)
        for member in second:
            self.members[key_of(member)] = first
        self.reasons[key_of(one)].append(f"{key_of(other)}: {why}")
        self.reasons[key_of(other)].append(f"{key_of(one)}: {why}")

    def named(self, entity: Entity) -> Entity:
        group = self._group(entity)
        if len(group) == 1:
            return entity
        return replace(entity, subject=min(map(key_of, group)), linked=tuple(self.reasons[key_of(entity)]))

    def _group(self, entity: Entity) -> list[Entity]:
        return self.members.setdefault(key_of(entity), [entity])

    def _distinct(self, one: Entity, other: Entity) -> bool:
        different = EntityType.UNKNOWN not in {one.type, other.type} and one.type is not other.type
        stated = key_of(other) in one.same_as or key_of(one) in other.same_as
        return frozenset((key_of(one), key_of(other))) in self.apart or (different and not stated)


def _stated(entities: Sequence[Entity]) -> Iterator[Pair]:
    by_key = {key_of(entity): entity for entity in entities}
    for entity in entities:
        for other in entity.same_as:
            if other in by_key:
                yield entity, by_key[other], "the list says so"


def _numbered(entities: Sequence[Entity]) -> Iterator[Pair]:
    having: dict[tuple[str, str, str], list[Entity]] = defaultdict(list)
    for entity in entities:
        for number in dict.fromkeys(_numbers(entity)):
            having[number].append(entity)
    for (kind, value, _), some in having.items():
        for one, two in pairwise(some):
            if kind in UNIQUE or one.watchlist != two.watchlist:
                yield one, two, f"the same {kind} {value}"


def _alike(entities: Sequence[Entity]) -> Iterator[Pair]:
    """By name, type and country: those first whose main names are the same."""
    having: dict[tuple[str, str, str], dict[str, tuple[Entity, bool]]] = defaultdict(dict)  # name → key → is it main
    for entity in entities:
        for key, main in _names(entity):
            having[key].setdefault(key_of(entity), (entity, main))
    second: list[Pair] = []
    for (name, kind, country), by_key in having.items():
        some = list(by_key.values())
        anchor = next((entity for entity, main in some if main), None)
        if anchor is None or len({entity.watchlist for entity, _ in some}) != len(some):
            continue  # an alias of both, or twice on one list: it tells nobody from another
        for entity, main in some:
            if entity is not anchor:
                pair = (anchor, entity, f"the same name “{name}”, {kind}, {country}")
                if main:
                    yield pair
                else:
                    second.append(pair)
    yield from second


def _numbers(entity: Entity) -> Iterator[tuple[str, str, str]]:
    for kind, value in entity.identifiers:
        kind, value = kind.lower(), re.sub(r"[\s-]", "", value).upper()
        if kind in UNIQUE and value:
            yield kind, value, ""
        elif kind in NATIONAL and len(value) >= SHORTEST:
            for country in entity.countries:
                yield kind, value, country


def _names(entity: Entity) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """((words in order of the alphabet, type, country), whether it is the main name)"""
    if entity.type is EntityType.UNKNOWN:
        return
    for name in entity.names:
        words = sorted(re.findall(r"\w+", unicodedata.normalize("NFKC", name.text).casefold()))
        enough = sum(map(len, words)) >= SHORTEST and (len(words) > 1 or entity.type is not EntityType.PERSON)
        if name.kind is not NameKind.WEAK and enough:
            for country in entity.countries:
                yield (" ".join(words), entity.type.value, country), name.kind is NameKind.PRIMARY
