"""Whether a word is a name's word in another case, another script, or both. Pure; the index may only skip."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from monitor.matching import tables, words
from monitor.matching.scripts.affixes import stripped
from monitor.matching.scripts.inflection import SHORTEST, bases
from monitor.matching.scripts.sounds import (
    Outlines,
    Sound,
    apart,
    difference,
    filed,
    script_of,
    sought,
    sound,
    sounds,
    written,
)

INFLECTED = 0.985
"""Similarity of a case of a name to it."""

TRANSLITERATED = 0.98
"""Similarity of two words that sound alike in every letter, written in two scripts."""

PER_DIFFERENCE = 0.3
"""What a complete difference in sound would take off that."""

FARTHEST = 0.3
"""The most that two words of two scripts may sound apart."""


DECLINED = 0.005
"""What a case ending takes off besides."""

TELLING = 3
"""Consonants from which a word by itself says which name it is in another script."""

NO_DIFFERENCE = 0.035
"""How far apart two spellings of one word in two scripts may sound where nothing else stands beside it."""


FARTHEST_IN_ONE_SCRIPT = 0.005
"""The same for two words in one script: other than that they are two names (Туровская, Туровецкая)."""


class Kin(NamedTuple):
    """How a word is a name's word, and which word it is by itself."""

    value: float  # 0–1
    rule: str  # inflected | transliterated
    base: str  # the word without its ending: what equals the name, or sounds like it


def kin(word: str, name: str) -> Kin | None:
    """How `word` can be the name's word `name` (both folded and different) by case or script; None if it cannot."""
    if len(name) >= SHORTEST and name in bases(word):
        return Kin(INFLECTED, "inflected", name)
    script = script_of(word)
    if script == script_of(name) in ("latin", "") or (script == "latin" and is_ordinary(word)):
        return None
    return _alike(word, name)


def _alike(word: str, name: str) -> Kin | None:
    best: Kin | None = None
    for base in (word, *forms(word)):
        found = _transliterated(apart(base, name), base, word, name)
        if found and (best is None or found.value > best.value):
            best = found
    return best


def _transliterated(unlike: float, base: str, word: str, name: str) -> Kin | None:
    if unlike > (FARTHEST_IN_ONE_SCRIPT if script_of(word) == script_of(name) else FARTHEST):
        return None
    value = TRANSLITERATED - PER_DIFFERENCE * unlike - (0.0 if base == word else DECLINED)
    return Kin(value, "transliterated", base)


ORDINARY = 50
"""Percentage of uses in lower case from which a word in Latin letters is an ordinary one."""


def is_ordinary(word: str) -> bool:
    """A Latin word that is no transliteration of a name, whatever it sounds like: companies, said."""
    return words.word(word).lower >= ORDINARY or word in tables.generic().function


def proves(word: str, value: float) -> bool:
    """Whether a word that sounds like a name so much (0–1) can stand for it without another word beside it."""
    longest = max((len(sound.consonants) for sound in sounds(word)), default=0)
    return longest >= TELLING and value >= TRANSLITERATED - PER_DIFFERENCE * NO_DIFFERENCE - DECLINED


def forms(word: str) -> Iterable[str]:
    """The words that `word` may be a form of: without its case ending, its particle or an attached preposition."""
    for base, cases in bases(word).items():
        if any(not case.languages for case in cases):
            yield base
    yield from stripped(word)


class Filed(NamedTuple):
    """A name's word and how it sounds."""

    number: int
    form: str
    script: str
    sound: Sound


class Relatives:
    """Words of names by number, found by what may be kin to them. Filed by sound when first asked for."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._waiting: list[tuple[int, str]] = []
        self._by_sound: dict[str, list[Filed]] = {}
        self._others_by_sound: dict[str, list[Filed]] = {}  # of these, the words that are not in Latin script
        self._latin_only = True
        self._plain: frozenset[str] = frozenset()  # of all filed sounds
        self._plain_of_others: frozenset[str] = frozenset()  # of those that are not in Latin script
        self._outlines, self._outlines_of_others = Outlines(()), Outlines(())  # of both

    def add(self, number: int, form: str) -> None:
        """File a name's word."""
        self._ids[form] = number
        self._waiting.append((number, form))
        if script_of(form) != "latin":
            self._latin_only = False

    def near(self, word: str) -> dict[int, Kin]:
        """Every filed word that this one is kin to, by number: what `kin` says of each."""
        found: dict[int, Kin] = {}
        for base in bases(word):
            number = self._ids.get(base)
            if number is not None and len(base) >= SHORTEST:
                found[number] = Kin(INFLECTED, "inflected", base)
        script = script_of(word)
        latin = script == "latin"
        if latin and (self._latin_only or is_ordinary(word)):
            return found
        if self._waiting:
            self._file()
        plain = self._plain_of_others if latin else self._plain
        outlines = self._outlines_of_others if latin else self._outlines
        by_sound = self._others_by_sound if latin else self._by_sound
        seen: set[Sound] = set()
        for base in outlines.passing(word, forms(word)):
            for one in written(base):
                if one.plain not in plain:  # nothing filed has these consonants: so for almost every word
                    continue
                heard = sound(one)
                if heard in seen and base != word:
                    continue
                seen.add(heard)
                for key in sought(heard):
                    for number, name, written_in, other in by_sound.get(key, ()):
                        if written_in == script and (name == word or differ_too_much(heard, other)):
                            continue
                        known = found.get(number)
                        if known is not None and known.rule == "inflected":
                            continue
                        related = _transliterated(difference(heard, other), base, word, name)
                        if related and (known is None or related.value > known.value):
                            found[number] = related
        return found

    def _file(self) -> None:
        """File the waiting words by their sounds; harmless when two threads do it at once."""
        waiting = self._waiting
        by_sound = {key: list(some) for key, some in self._by_sound.items()}
        others = {key: list(some) for key, some in self._others_by_sound.items()}
        plain, of_others = set(self._plain), set(self._plain_of_others)
        for number, form in waiting:
            script = script_of(form)
            latin = script == "latin"
            for heard in sounds(form):
                plain.add(heard.keys[0])
                if not latin:
                    of_others.add(heard.keys[0])
                for key in filed(heard):
                    one = Filed(number, form, script, heard)
                    by_sound.setdefault(key, []).append(one)
                    if not latin:
                        others.setdefault(key, []).append(one)
        self._plain, self._plain_of_others = frozenset(plain), frozenset(of_others)
        self._outlines, self._outlines_of_others = Outlines(plain), Outlines(of_others)
        self._by_sound, self._others_by_sound, self._waiting = by_sound, others, []


SO_MANY = 19
"""Consonants of which one that differs is less than `FARTHEST_IN_ONE_SCRIPT` of the word."""


def differ_too_much(one: Sound, other: Sound) -> bool:
    """Whether two words of one script surely differ by more than `FARTHEST_IN_ONE_SCRIPT`: in a consonant of few."""
    return one.consonants != other.consonants and len(one.consonants) < SO_MANY


@lru_cache(maxsize=20_000)
def told(word: str, name: str) -> str:
    """How the word is the name's, for people: "instrumental of it", "genitive of путин, which sounds like it"."""
    related = kin(word, name)
    if related is None:
        return "it reads the same"
    cases = " or ".join(dict.fromkeys(case.says for case in bases(word).get(related.base, ())))
    if related.rule == "inflected":
        return f"{cases} of it"
    if related.base == word:
        return "it sounds the same in another script"
    return f"{cases or 'a form'} of “{related.base}”, which sounds the same in another script"
