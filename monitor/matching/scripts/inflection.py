"""Which words a word may be a form of: Slavic, Baltic, Turkic and Finnic declension, by the paradigms of data/. Pure.

`bases` takes endings off and puts the ending of the base form on. Whether there is such a name is for the caller to
say: of the dozen bases of a word hardly one is on a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from monitor.matching import tables
from monitor.matching.text import fold

SHORTEST = 3
"""Letters of the shortest name that is known in other cases (Лев, Мэй)."""

STEM = 2
"""Letters that must be left when an ending is taken off (Юлі → Юля)."""


class Case(NamedTuple):
    """What a word is of its base form."""

    says: str
    languages: frozenset[str]  # that have it, ISO 639-1; empty: all that decline in this script


class Rule(NamedTuple):
    """One ending of one paradigm."""

    base: str  # the ending of the base form
    case: Case
    after: frozenset[str]  # letters before the ending; empty: any


@tables.once
def _rules() -> dict[str, dict[str, tuple[Rule, ...]]]:
    """Script → ending → its rules."""
    found: dict[str, dict[str, dict[Rule, None]]] = {}
    for script, paradigms in tables.read("inflection.yaml").get("paradigms", {}).items():
        by_ending = found.setdefault(script, {})
        for paradigm in paradigms:
            for ending, rule in _rules_of(paradigm):
                by_ending.setdefault(ending, {})[rule] = None
    return {script: {ending: tuple(rules) for ending, rules in some.items()} for script, some in found.items()}


def _rules_of(paradigm: dict[str, Any]) -> Iterator[tuple[str, Rule]]:
    after = frozenset(fold(paradigm.get("after", "")))
    languages = frozenset(paradigm.get("languages", ()))
    for nominative in map(_folded, paradigm["nominative"]):
        for case, endings in paradigm["forms"].items():
            for ending in map(_folded, endings):
                if ending != nominative:
                    yield ending, Rule(nominative, Case(case, languages), after)


def _folded(ending: str) -> str:
    return fold(ending) if ending else ""


@tables.once
def _known_by() -> dict[str, frozenset[str]]:
    """Language in Latin script that declines names → words by which it is known."""
    languages = tables.read("inflection.yaml")["languages"]
    return {language: frozenset(map(fold, words)) for language, words in languages.items()}


SURE = 3
"""Different words of a language that show a text to be in it."""


def language(forms: frozenset[str], told: str) -> str:
    """The declining language in Latin script that a text is in, ISO 639-1; "" for any other language.

    forms: the text's different words, folded; told: what its feed says, believed where the text does not contradict.
    """
    told = told[:2].lower()
    counts = {code: len(known & forms) for code, known in _known_by().items()}
    best = max(counts, key=lambda code: (counts[code], code == told))
    enough = SURE if len(forms) > 15 else SURE - 1
    if told in counts and (counts[told] >= enough or counts[best] < enough):
        return told
    return best if counts[best] >= enough and counts[best] > len(forms & _ENGLISH) else ""


_ENGLISH = frozenset(("the", "of", "and", "to", "in", "for", "with", "is", "was", "by", "he", "said", "from", "his"))


def script_of(form: str) -> str:
    """ "latin", "cyrillic", "greek", or "" for any other script."""
    first = form[:1]
    if "a" <= first <= "z":
        return "latin"
    return "cyrillic" if "\u0430" <= first <= "\u04ff" else "greek" if "\u0370" <= first < "\u0400" else ""


@lru_cache(maxsize=10_000)
def bases(form: str) -> dict[str, tuple[Case, ...]]:
    """The words that `form` (folded) may be a form of, each with the cases that it would be. Not to be changed."""
    found: dict[str, tuple[Case, ...]] = {}
    by_ending = _rules().get(script_of(form))
    if by_ending is None or len(form) < SHORTEST or not form.isalpha():
        return found
    for size in range(min(5, len(form) - STEM) + 1):
        cut = len(form) - size
        rules = by_ending.get(form[cut:])
        if not rules:
            continue
        stem = form[:cut]
        for rule in rules:
            if rule.after and stem[-1] not in rule.after:
                continue
            for stem_of_base in _stems(stem, rule.base):
                base = stem_of_base + rule.base
                if base != form and len(base) >= SHORTEST:
                    cases = found.get(base, ())
                    if rule.case not in cases:
                        found[base] = (*cases, rule.case)
    return found


_VOWELS = frozenset("аеиоуыэюяіїєaeiouy")
_FLEETING = {"cyrillic": "оеи", "latin": "eo"}
_BEFORE_FLEETING = frozenset("кцлрнтвмгьchklrntwvmg")


def _stems(stem: str, base_ending: str) -> Iterable[str]:
    """The stem, and what it may be in the base form: Павл-а of Павел, Батог-а of Батіг, Женц-я of Жнець."""
    yield stem
    if base_ending not in ("", "ь") or len(stem) < 3:
        return
    last, before = stem[-1], stem[-2]
    cyrillic = last > "z"
    if last not in _VOWELS and before not in _VOWELS and last in _BEFORE_FLEETING:
        for vowel in _FLEETING["cyrillic" if cyrillic else "latin"]:
            yield stem[:-1] + vowel + last
            if before == "ь":
                yield stem[:-2] + vowel + last
        if cyrillic and last == "ц" and stem[-3] in "ео":  # Швець, Шевця; Жнець, Женця
            yield stem[:-3] + before + stem[-3] + last
    if cyrillic:
        if last == "ц" and before == "и":  # Коломиец, Коломийца; Заєць, Зайця
            yield stem[:-2] + "ец"
            yield stem[:-2] + "єц"
            yield stem[:-2] + "иец"
            yield stem[:-2] + "иєц"
        if before in "ое" and last not in _VOWELS:  # Батіг, Батога; Бондарів, Бондарева
            yield stem[:-2] + "і" + last


def cases(word: str, name: str) -> tuple[Case, ...]:
    """The cases of `name` that `word` may be (both folded, one script); () when it is none."""
    return bases(word).get(name, ())
