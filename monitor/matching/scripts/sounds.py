"""How a word sounds, in one alphabet for all scripts: what transliterations of one name have in common. Pure.

A word has a few *sounds*, because letters and romanisations compete: Johnson is ǰohnson, ǰonson, iohnson… Two words are
alike when one sound of each has the same consonants (the key), by how much their vowels and kinds of consonants differ.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

from monitor.matching import tables

MOST = 16
"""Sounds of one word; the likeliest come first."""

SHORTEST = 2
"""Letters of the shortest: single letters are initials, or belong to scripts that are written without spaces."""

LONGEST = 40
"""Letters of the longest word that is sounded out."""

_CONSONANTS = "pbfvtdszcšžčǰkghmnrl"
_KINDS_OF_SHORT = str.maketrans("fzcžčǰ", "vssššš")
_KINDS = str.maketrans("fzcšžčǰ", "vssssss")
"""Consonants that transliterations hardly keep apart count as one in a key; vowels are left out of it."""

_AT_CONSONANTS = re.compile(f"[{_CONSONANTS}]")
_VOWELS = str.maketrans("", "", "aeiou")
_DOUBLED = re.compile(r"([^aeiou])\1+")


class Sound(NamedTuple):
    """One way a word may sound."""

    consonants: str
    vowels: tuple[str, ...]  # before, between and after them: one more than consonants
    few: bool  # from a script that leaves short vowels out
    keys: tuple[str, ...]


Step = Callable[[str, int], tuple[str, int]]
"""(word, place) → the pattern that stands there, "" for none, and the place after it."""


_SCRIPTS = (
    ("latin", "a", "z"),
    ("greek", "\u0370", "\u03ff"),
    ("cyrillic", "\u0400", "\u052f"),
    ("hebrew", "\u0590", "\u05ff"),
    ("arabic", "\u0600", "\u077f"),
    ("hangul", "\u1100", "\u11ff"),
    ("kana", "\u3040", "\u30ff"),
    ("han", "\u3400", "\u9fff"),
)


@lru_cache(maxsize=100_000)
def script_of(form: str) -> str:
    """The script of a folded word, by its first letter; "other" for one that has no table here, "" for no letter."""
    first = form[:1]
    for script, low, high in _SCRIPTS:
        if low <= first <= high:
            return script
    return "other" if first.isalpha() else ""


class _Table(NamedTuple):
    step: Step
    plain: Mapping[str, str]  # letters that are one pattern wherever they stand
    sounds: Mapping[str, tuple[str, ...]]
    bones: Mapping[str, tuple[str, ...]]  # the kinds of consonants of each of these, by pattern
    sees: int  # letters that tell which pattern stands somewhere, at most
    few: bool


@tables.once
def _scripts() -> dict[str, _Table]:
    found = {}
    for script, row in tables.read("sounds.yaml").items():
        if script == "sources":
            continue
        rules = {pattern: _options(told) for pattern, told in row["letters"].items()}
        bones = {pattern: tuple(dict.fromkeys(map(_bones, options))) for pattern, options in rules.items()}
        step, plain = _stepper(rules)
        found[script] = _Table(step, plain, rules, bones, max(map(_sees, rules)), row.get("vowels") == "few")
    return found


def _sees(pattern: str) -> int:
    """How many letters are looked at to tell whether a pattern stands somewhere, at most."""
    letters = _ONE_AHEAD.sub(".", pattern).strip("^")
    return len(letters)


_ONE_AHEAD = re.compile(r"\(\?=\[[^]]*\]\)$")


def _options(told: str | list[str]) -> tuple[str, ...]:
    return tuple("" if option == "-" else option for option in ([told] if isinstance(told, str) else told))


def _stepper(patterns: Iterable[str]) -> tuple[Step, Mapping[str, str]]:
    """Cuts a word into the patterns that it consists of, at each place the longest that fits there.

    Also the letters that are one pattern wherever they stand, with it: there is nothing to try.
    """
    by_first: dict[str, list[str]] = {}
    for pattern in sorted(patterns, key=lambda one: (-len(re.sub(r"\(.*", "", one).strip("^$")), -len(one))):
        by_first.setdefault(pattern.lstrip("^")[0], []).append(pattern)
    tries = {
        letter: (re.compile("|".join(f"({pattern})" for pattern in some)), some)
        for letter, some in by_first.items()
        if len(some) > 1 or not some[0].isalpha() or len(some[0]) > 1
    }
    plain = {letter: some[0] for letter, some in by_first.items() if letter not in tries}

    def step(form: str, at: int) -> tuple[str, int]:
        letter = form[at]
        if letter in plain:
            return plain[letter], at + 1
        if letter in tries and (fits := tries[letter][0].match(form, at)) and fits.lastindex:
            return tries[letter][1][fits.lastindex - 1], fits.end()
        return "", at + 1

    return step, plain


def _cut(table: _Table, form: str) -> list[str]:
    found: list[str] = []
    step, plain, at, size = table.step, table.plain, 0, len(form)
    while at < size:
        pattern = plain.get(form[at])
        if pattern is None:
            pattern, at = step(form, at)
        else:
            at += 1
        if pattern:
            found.append(pattern)
    return found


@lru_cache(maxsize=10_000)
def has_few_vowels(form: str) -> bool:
    """Whether a folded word is in a script that writes few vowels, or none that is told here: Arabic, Hebrew."""
    script = script_of(form)
    return script == "other" or (script in _scripts() and _scripts()[script].few)


@lru_cache(maxsize=30_000)
def sounds(form: str) -> tuple[Sound, ...]:
    """How a folded word may sound; () for one that is no word, or of a script that is not sounded out."""
    return tuple(dict.fromkeys(sound(one) for one in written(form)))


class Written(NamedTuple):
    """One way a word may sound, as far as it takes to see that nothing sounds like it."""

    plain: str  # the key of its consonants alone: sounds that are compared have the same
    text: str
    few: bool
    latin: bool


@lru_cache(maxsize=30_000)
def written(form: str) -> tuple[Written, ...]:
    """How a folded word may sound, spelt out."""
    script = script_of(form)
    if not script or script == "han" or not SHORTEST <= len(form) <= LONGEST or not form.isalpha():
        return ()
    table = _scripts().get(script)
    if table is None:
        form = re.sub("[^a-z]", "", anyascii(form).lower())
        table = _scripts()["latin"]
    ways = [""]
    for pattern in _cut(table, form):
        options = table.sounds[pattern]
        if len(options) == 1:
            ways = [one + options[0] for one in ways]
        else:
            ways = [one + option for option in options for one in ways][:MOST]
    if script == "other":  # a vowel at the end is a case in Georgian; in India the a of a letter is not heard there
        ways += [one[:-1] if one[-1:] in "aeiou" else one + "a" for one in ways]
    few = table.few or script == "other"
    latin = script == "latin"
    found = []
    for one in dict.fromkeys(map(_undoubled, ways)):
        consonants = one.translate(_VOWELS)
        if consonants:
            kinds = _KINDS if len(consonants) > SHORT else _KINDS_OF_SHORT
            found.append(Written(BARE + consonants.translate(kinds), one, few, latin))
    return tuple(found)


def _undoubled(way: str) -> str:
    return _DOUBLED.sub(r"\1", way) if _DOUBLED.search(way) else way


_RUN = re.compile(r"(.)\1+")


def _bones(text: str) -> str:
    """The kinds of consonants of a sound, or of its plain key: none twice in a row, so that doubled ones are one."""
    return _RUN.sub(r"\1", text.removeprefix(BARE).translate(_VOWELS).translate(_KINDS))


class _Begun:
    """How far a word is read: the bones of its sounds so far, those with which any sound begins."""

    __slots__ = ("after", "bones", "wanted")

    def __init__(self, bones: frozenset[str], wanted: bool) -> None:
        self.bones = bones
        self.wanted = wanted  # whether any of them is a whole sound's
        self.after: dict[str, _Begun] = {}  # by the pattern that is read next


MOST_BEGUN = 50_000
"""Beginnings that are kept at most, at about 500 bytes; when there are more, all are forgotten."""


class Outlines:
    """Of sounds by their plain keys: a sieve that lets all words pass which have such a sound, and few others.

    A word is read letter by letter for as long as anything sounds so far as it does. Bases of one word begin alike, so
    that each is read from where it parts from the word on. Thread-safe: what is kept, anybody would compute alike.
    """

    def __init__(self, plain: Iterable[str]) -> None:
        self._whole = frozenset(map(_bones, plain))
        self._begun = frozenset(one[:size] for one in self._whole for size in range(len(one) + 1))
        self._forget()

    def _forget(self) -> None:
        self._states: dict[frozenset[str], _Begun] = {}
        self._first = self._state(frozenset(("",)))

    def _state(self, bones: frozenset[str]) -> _Begun:
        known = self._states.get(bones)
        if known is None:
            known = self._states[bones] = _Begun(bones, not bones.isdisjoint(self._whole))
        return known

    def passing(self, word: str, bases: Iterable[str]) -> Iterator[str]:
        """The word itself and its bases, in order, without those of which no sound is wanted."""
        script = script_of(word)
        table = _scripts().get(script)
        if table is None or script == "han":
            yield from (word, *bases)
            return
        if len(self._states) > MOST_BEGUN:
            self._forget()
        places, begun = [0], [self._first]  # where each pattern begins, and how far it was read before
        if self._reads(table, word, places, begun):
            yield word
        for base in bases:
            if script_of(base) != script:
                yield base
                continue
            alike = _alike(word, base) - table.sees
            known = min(len(places), 1 + bisect_right(places, alike))
            if self._reads(table, base, places[:known], begun[:known]):
                yield base

    def _reads(self, table: _Table, form: str, places: list[int], begun: list[_Begun]) -> bool:
        """Whether a sound of the word is wanted; `places` and `begun` tell how far it is read, and go on from there."""
        at, state = places[-1], begun[-1]
        plain, step, size = table.plain, table.step, len(form)
        while at < size and state.bones:
            pattern = plain.get(form[at])
            if pattern is None:
                pattern, at = step(form, at)
            else:
                at += 1
            after = state.after.get(pattern)
            if after is None:
                after = state.after[pattern] = self._read(state, table.bones[pattern] if pattern else _NO_BONES)
            state = after
            places.append(at)
            begun.append(state)
        return state.wanted

    def _read(self, state: _Begun, options: tuple[str, ...]) -> _Begun:
        begun = self._begun
        return self._state(
            frozenset(
                grown
                for way in state.bones
                for bone in options
                if (grown := way + (bone[1:] if bone and way[-1:] == bone[0] else bone)) in begun
            )
        )


_NO_BONES = ("",)


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with in common."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


@lru_cache(maxsize=30_000)
def sound(one: Written) -> Sound:
    consonants = one.text.translate(_VOWELS)
    vowels = tuple(_AT_CONSONANTS.split(one.text))
    return Sound(consonants, vowels, one.few, _keys(one.plain, vowels, one.few, one.latin))


SHORT = 2
"""Consonants up to which a word is short: how it ends, and hissing and hushing sounds, then count for its keys too."""

BARE = "="
"""Before the consonants of a key without vowels."""

MOST_KEYS = 8
"""Keys of one sound."""


def _keys(plain: str, vowels: tuple[str, ...], few: bool, latin: bool) -> tuple[str, ...]:
    """What sounds that are compared have in common: the consonants by kind, and before each a kind of vowel.

    Where short vowels are not written, only the consonants count: every sound has that key too, as its first. A vowel
    at the end does not count, a faint e inside may be there or not, and the first Latin a may be an English one.
    """
    if few:
        return (plain,)
    consonants = plain.removeprefix(BARE)
    found = [""]
    for place, consonant in enumerate(consonants):
        told = vowels[place]
        kinds = _vowel_kinds(told, place > 0, latin and not any(vowels[:place]))
        found = [key + kind + consonant for kind in kinds for key in found][:MOST_KEYS]
    if len(consonants) <= SHORT:
        kinds = _vowel_kinds(vowels[-1], True, False)
        found = [key + kind for kind in kinds for key in found][:MOST_KEYS]
    return (plain, *found)


@lru_cache(maxsize=10_000)
def _vowel_kinds(vowels: str, inside: bool, english: bool) -> tuple[str, ...]:
    if not vowels:
        return ("",)
    kinds = [kind for kind, letters in (("e", "ei"), ("a", "aou")) if not set(letters).isdisjoint(vowels)]
    if english and vowels == "a":
        kinds.append("e")
    if inside and vowels == "e":
        kinds.append("")
    return tuple(kinds)


FEW = "~"
"""Before the consonants of a sound with few vowels, where sounds with all of them look for it."""


def filed(sound: Sound) -> tuple[str, ...]:
    """The keys under which a name's sound is filed."""
    return (*sound.keys, FEW + sound.keys[0]) if sound.few else sound.keys


def sought(sound: Sound) -> tuple[str, ...]:
    """The keys under which what is comparable to a word's sound is filed."""
    return sound.keys if sound.few else (*sound.keys[1:], FEW + sound.keys[0])


def comparable(one: Sound, other: Sound) -> bool:
    """Whether two sounds share a key that counts: without regard to vowels only where one of them has few."""
    if one.few or other.few:
        return one.keys[0] == other.keys[0]
    return not set(one.keys[1:]).isdisjoint(other.keys[1:])


def apart(word: str, name: str) -> float:
    """How unlike the two sound: 0 (alike) … 1; 2 when they are not to be compared."""
    pairs = ((one, other) for one in sounds(word) for other in sounds(name) if comparable(one, other))
    return min((difference(one, other) for one, other in pairs), default=2.0)


_HISSING, _HUSHING = frozenset("szc"), frozenset("šžčǰ")


def difference(one: Sound, other: Sound) -> float:
    """How unlike two comparable sounds are, 0–1: kinds of consonants, and vowels; 1 when the numbers differ."""
    if len(one.consonants) != len(other.consonants):
        return 1.0
    lost = 0.0
    if one.consonants != other.consonants:
        for left, right in zip(one.consonants, other.consonants, strict=True):
            if left != right:
                alike = {left, right} <= _HISSING or {left, right} <= _HUSHING
                lost += 0.1 if alike else 0.35
    last = len(one.consonants)
    if one.vowels != other.vowels:
        few = one.few or other.few
        for place, (left, right) in enumerate(zip(one.vowels, other.vowels, strict=True)):
            if left == right:
                continue
            if few:
                lost += _where_few(left, right, first=place == 0, last=place == last)
            else:
                lost += _vowels(left, right, False, place == last)
    return min(1.0, lost / (last + 0.5))


_OF_FEW = str.maketrans("eo", "iu")
"""Vowels that scripts with few of them write alike."""


@lru_cache(maxsize=20_000)
def _where_few(left: str, right: str, *, first: bool, last: bool) -> float:
    """How unlike vowels are where few are written: at a word's beginning and end they are, though not always which."""
    if last and {left, right} == {"", "e"}:  # it is not heard
        return 0.05
    left, right = left.translate(_OF_FEW), right.translate(_OF_FEW)
    if left == right or (first and left and right):
        return 0.0
    return 0.5 if (first or last) and not (left and right) else _vowels(left, right, True, last)


_ALIKE = frozenset(map(frozenset, ("ao", "ei", "uo", "ae", "iu", "eo", "ua")))


@lru_cache(maxsize=20_000)
def _vowels(left: str, right: str, few: bool, last: bool) -> float:
    if not left or not right:
        there = left or right
        if few:
            return 0.0 if len(there) < 2 or _is_short(there) else 0.2
        return 0.15 if last and there == "e" else 0.2 if there in ("e", "i") else 0.5
    if set(left) & set(right):
        return 0.05 if left[-1] == right[-1] or left[0] == right[0] else 0.15
    if any(frozenset((a, b)) in _ALIKE for a in left for b in right):
        return 0.25
    return 0.5


def _is_short(there: str) -> bool:
    """Whether a script without short vowels would leave these out too."""
    return there in ("aa", "ia", "ai")
