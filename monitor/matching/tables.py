"""The reviewed tables of `data/`, folded and ready for look-up. Read once, at first use. Schemas: data/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from math import log2
from pathlib import Path
from typing import Any, NamedTuple

from monitor import strictyaml
from monitor.matching.text import tokenise

TEXTS = 10_000
"""The number of texts that document frequencies refer to."""

UNSEEN_BITS = 15.0
"""What a word tells that no text of the word statistics holds: log2(10,000 / 0.3)."""

Phrase = tuple[str, ...]


class Word(NamedTuple):
    """How a word is used in running news: see `words.txt` in data/README.md. −1: nothing can be said."""

    df: int  # texts of 10,000
    lower: int  # per cent of its uses within sentences in lower case
    chain: int  # per cent of its capitalised uses that stand beside another capitalised word


UNSEEN = Word(0, -1, -1)


def _read(name: str) -> dict[str, Any]:
    source = resources.files("monitor.matching") / "data" / name
    if not source.is_file():
        return {}
    data: dict[str, Any] = strictyaml.parse(Path(name), source.read_text("utf-8")).data
    return data


@lru_cache(maxsize=200_000)
def phrase(text: str) -> Phrase:
    """A word or phrase as the matcher sees it."""
    return tuple(form for form in tokenise(text).forms if form)


def _leaves(value: Any) -> Iterator[str]:
    """Every string below a mapping or list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    else:
        for inner in value or ():
            yield from _leaves(inner)


def _words_of(values: Iterable[str]) -> frozenset[str]:
    return frozenset(words[0] for words in map(phrase, values) if len(words) == 1)


@cache
def words() -> dict[str, Word]:
    source = resources.files("monitor.matching") / "data" / "words.txt"
    found: dict[str, Word] = {}
    if source.is_file():
        for line in source.read_text("utf-8").splitlines():
            if line and line[0] != "#":
                form, df, lower, chain = line.split("\t")
                found[form] = Word(int(df), -1 if lower == "-" else int(lower), -1 if chain == "-" else int(chain))
    return found


def word(form: str) -> Word:
    return words().get(form, UNSEEN)


@cache
def bits(form: str) -> float:
    """How much a word says by standing in a text: log2 of how rare it is (0: in every text, 15: in none known)."""
    df = word(form).df
    known = log2(TEXTS / df) if df else UNSEEN_BITS
    return min(known, name_bits(form))


RARE = 6
"""Texts of 10,000 that a word may stand in and still be called rare."""


def is_known_alone(form: str) -> bool:
    """A word that the news know as a name by itself: Rosneft, Hezbollah."""
    known = word(form)
    return known.df >= 3 and known.lower == 0 and 0 <= known.chain < 25 and len(form) > 4 and form not in places().known


def stands_alone(form: str) -> bool:
    """A proper name of one word, however often it is in the news: Hezbollah."""
    known = word(form)
    return (
        len(form) >= 6
        and known.lower < 5
        and known.chain < 25
        and form not in places().known
        and ((0 <= known.chain < 25 and known.df >= 3) or (form not in given_names() and form not in name_classes()))
    )


def is_rare(form: str) -> bool:
    """A word that is hardly ever in the news, no ordinary word, no part of other names, no place, no common name."""
    known = word(form)
    return (
        known.df <= RARE
        and known.lower < 5
        and known.chain < 25
        and form not in places().known
        and form not in translations()
        and form not in given_names()
        and form not in name_classes()
    )


@dataclass(frozen=True)
class LegalForms:
    """Phrases that are legal forms, filed under their first word, the longest first; and which are ordinary words too."""

    by_first: dict[str, tuple[tuple[Phrase, str], ...]]
    weak: frozenset[Phrase]
    compatible: frozenset[frozenset[str]]

    def at(self, forms: tuple[str, ...] | list[str], place: int) -> tuple[int, str]:
        """How many words from `place` on are a legal form, and its class; (0, "") when none is."""
        for spelling, kind in self.by_first.get(forms[place], ()):
            if tuple(forms[place : place + len(spelling)]) == spelling:
                return len(spelling), kind
        return 0, ""

    def agree(self, one: str, other: str) -> bool:
        return one == other or frozenset((one, other)) in self.compatible


@cache
def legal_forms() -> LegalForms:
    data = _read("legal_forms.yaml")
    filed: dict[str, dict[Phrase, str]] = {}
    for row in data.get("forms", ()):
        for spelling in row["spellings"]:
            words_of = phrase(spelling)
            joined = ("".join(words_of),) if "." in spelling else words_of
            for form in {words_of, joined}:
                if form and len("".join(form)) > 1 and form[0] not in ("oil", "general"):
                    filed.setdefault(form[0], {}).setdefault(form, row["class"])
    return LegalForms(
        {first: tuple(sorted(some.items(), key=lambda item: -len(item[0]))) for first, some in filed.items()},
        frozenset(map(phrase, map(str, data.get("weak", ())))),
        frozenset(frozenset(pair) for pair in data.get("compatible", ())),
    )


Groups = dict[str, tuple[tuple[int, float], ...]]
"""A word → the groups it belongs to, each with its similarity to the group's name."""


@cache
def given_names() -> Groups:
    """A given name's form → the groups it belongs to, each with its similarity to the group's name."""
    data = _read("given_names.yaml")
    kinds = {kind: float(value) for kind, value in data.get("kinds", {}).items()}
    found: dict[str, dict[int, float]] = {}
    for number, group in enumerate(data.get("groups", ())):
        for kind, members in (("spelling", [group["name"], *group.get("spelling", ())]), *(
            (kind, _leaves(group.get(kind, ()))) for kind in kinds if kind != "spelling"
        )):  # fmt: skip
            for member in members:
                for form in {"".join(phrase(member))}:
                    old = found.setdefault(form, {}).get(number, 0.0)
                    found[form][number] = max(old, kinds.get(kind, 0.9))
    return {form: tuple(groups.items()) for form, groups in found.items()}


@cache
def translations() -> Groups:
    """Words of one meaning in organisations' names: also a country and its people, and one given name's spellings."""
    groups = [
        *(_words_of(map(str, row)) for row in _read("translations.yaml").get("groups", ())),
        *(  # of the United Kingdom England is one name and Scotland another
            _words_of(_leaves(row)) for code, row in _read("places.yaml").get("countries", {}).items() if code != "gb"
        ),
        *(_words_of((row["name"], *row.get("spelling", ()))) for row in _read("given_names.yaml").get("groups", ())),
    ]
    found: dict[str, list[tuple[int, float]]] = {}
    for number, group in enumerate(groups):
        for form in sorted(group):
            found.setdefault(form, []).append((number, 1.0))
    return {form: tuple(some) for form, some in found.items()}


@cache
def given_members() -> dict[int, tuple[str, ...]]:
    """The group's number → its members."""
    return _members(given_names())


@cache
def translation_members() -> dict[int, tuple[str, ...]]:
    """The group's number → its members."""
    return _members(translations())


def _members(groups_of: Groups) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for form, groups in groups_of.items():
        for number, _ in groups:
            found.setdefault(number, []).append(form)
    return {number: tuple(forms) for number, forms in found.items()}


@dataclass(frozen=True)
class Titles:
    before: frozenset[Phrase]
    after: frozenset[Phrase]
    roles: frozenset[str]
    particles: frozenset[str]
    generation: dict[str, str]
    patronymic: tuple[str, ...]


@cache
def titles() -> Titles:
    data = _read("titles.yaml")
    particles = _words_of(_leaves(data.get("particles", ()))) or frozenset(
        [
            "al",
            "el",
            "as",
            "bin",
            "ibn",
            "bint",
            "ben",
            "abu",
            "de",
            "del",
            "della",
            "da",
            "di",
            "do",
            "dos",
            "das",
            "van",
            "von",
            "der",
            "den",
            "la",
            "le",
            "les",
            "du",
            "e",
            "i",
            "y",
            "zu",
            "ter",
        ]
    )
    return Titles(
        before=frozenset(map(phrase, _leaves(data.get("before", ())))),
        after=frozenset(map(phrase, _leaves(data.get("after", ())))),
        roles=_words_of(_leaves(data.get("roles", ()))),
        particles=particles,
        generation={
            form: kind
            for kind, spellings in data.get("generation", {}).items()
            for form in _words_of(_leaves(spellings))
        },
        patronymic=tuple(
            sorted({"".join(phrase(ending)) for ending in _leaves(data.get("patronymic", ()))}, key=len, reverse=True)
        )
        or ("ovich", "evich", "ovna", "evna", "yevich", "yevna", "ovych", "ivna", "ович", "евич", "овна", "евна"),
    )


@dataclass(frozen=True)
class Generic:
    company: frozenset[str]
    function: frozenset[str]


@cache
def generic() -> Generic:
    data = _read("generic.yaml")
    company = _words_of(_leaves(data.get("company", ()))) or frozenset(
        [
            "bank",
            "oil",
            "gas",
            "trading",
            "company",
            "group",
            "holding",
            "international",
            "general",
            "shipping",
            "industries",
            "industry",
            "services",
            "center",
            "centre",
            "organization",
            "corporation",
            "establishment",
            "enterprise",
            "trade",
            "investment",
            "development",
            "factory",
            "plant",
        ]
    )
    function = _words_of(_leaves(data.get("function", ()))) or frozenset(
        [
            "of",
            "the",
            "and",
            "for",
            "in",
            "de",
            "la",
            "del",
            "du",
            "des",
            "da",
            "do",
            "dos",
            "das",
            "et",
            "und",
            "y",
            "e",
            "i",
            "der",
            "die",
            "das",
        ]
    )
    return Generic(company, function)


@dataclass(frozen=True)
class Places:
    country_of: dict[Phrase, str]  # a country's name, its demonyms, its cities → ISO 3166-1 alpha-2
    known: frozenset[str]  # one-word places of every kind
    phrases: frozenset[Phrase]  # places of every kind
    cities: frozenset[Phrase]
    extends_after: frozenset[Phrase]
    extends_before: frozenset[Phrase]
    of_people: frozenset[Phrase]


@cache
def places() -> Places:
    data = _read("places.yaml")
    country_of = {
        phrase(text): code for code, row in data.get("countries", {}).items() for text in _leaves(row)
    }  # fmt: skip
    cities = {phrase(text): code for code, row in data.get("cities", {}).items() for text in _leaves(row)}
    regions = frozenset(map(phrase, _leaves(data.get("regions", ()))))
    everything = regions | country_of.keys() | cities.keys()
    extenders = data.get("extenders", {})
    return Places(
        country_of={**cities, **country_of},
        known=frozenset(words[0] for words in everything if len(words) == 1),
        phrases=everything,
        cities=frozenset(cities) - country_of.keys(),
        extends_after=frozenset(map(phrase, _leaves(extenders.get("after", ())))),
        extends_before=frozenset(map(phrase, _leaves(extenders.get("before", ())))),
        of_people=frozenset(map(phrase, _leaves(extenders.get("people", ())))),
    )


@cache
def name_classes() -> dict[str, str]:
    """A surname's or given name's form → "very-common" or "common"."""
    data = _read("names.yaml")
    found: dict[str, str] = {}
    for kind in ("common", "very-common"):
        for cultures in (data.get("surnames", {}), data.get("given", {})):
            for classes in cultures.values():
                for text in classes.get(kind, ()):
                    found["".join(phrase(text))] = kind
    return found


@cache
def surnames(*cultures: str) -> frozenset[str]:
    """The common surnames of these cultures."""
    rows = _read("names.yaml").get("surnames", {})
    return frozenset("".join(phrase(text)) for culture in cultures for text in _leaves(rows.get(culture, ())))


def name_bits(form: str) -> float:
    """How much a surname or given name says: borne by 1 in 1,000 people (10 bits), 1 in 10,000 (13.3), or rarer."""
    return {"very-common": 9.0, "common": 12.0}.get(name_classes().get(form, ""), UNSEEN_BITS)


@cache
def calendar() -> frozenset[str]:
    """Months and days of the week: written with a capital in English, and names of nobody."""
    return _words_of(_leaves(_read("calendar.yaml").get("words", ())))
