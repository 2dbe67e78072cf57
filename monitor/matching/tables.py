"""The reviewed tables of `data/`, folded and ready for look-up. Read once, at first use. Schemas: data/README.md."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from rapidfuzz.distance import Levenshtein

from monitor import strictyaml
from monitor.matching.text import tokenise

Phrase = tuple[str, ...]
T = TypeVar("T")

_reading = threading.RLock()


def once(load: Callable[[], T]) -> Callable[[], T]:
    """`load`, called once. Threads that ask meanwhile wait: of sixty polls at a start each would read every table."""
    loaded: list[T] = []

    @wraps(load)
    def table() -> T:
        if not loaded:
            with _reading:
                if not loaded:
                    loaded.append(load())
        return loaded[0]

    return table


def read(name: str) -> dict[str, Any]:
    source = resources.files("monitor.matching") / "data" / name
    if not source.is_file():
        return {}
    data: dict[str, Any] = strictyaml.parse(Path(name), source.read_text("utf-8")).data
    return data


@lru_cache(maxsize=20_000)
def phrase(text: str) -> Phrase:
    """A word or phrase as the matcher sees it."""
    return tuple(form for form in tokenise(text).forms if form)


def leaves(value: Any) -> Iterator[str]:
    """Every string below a mapping or list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    else:
        for inner in value or ():
            yield from leaves(inner)


def _words_of(values: Iterable[str]) -> frozenset[str]:
    return frozenset(words[0] for words in map(phrase, values) if len(words) == 1)


@dataclass(frozen=True)
class LegalForms:
    """Phrases that are legal forms, by their first word, the longest first; and which are ordinary words too."""

    by_first: dict[str, tuple[tuple[Phrase, str], ...]]
    weak: frozenset[Phrase]
    kinds: dict[Phrase, frozenset[str]]  # every class of a spelling
    long: dict[tuple[str, int], list[str]]  # those of one word of more than eight letters, by their first and how many
    compatible: frozenset[frozenset[str]]
    rows: dict[Phrase, frozenset[int]]  # the forms, by number, that a spelling is one of

    def at(self, forms: tuple[str, ...] | list[str], place: int) -> tuple[int, str]:
        """How many words from `place` on are a legal form, and its class; (0, "") when none is."""
        for spelling, kind in self.by_first.get(forms[place], ()):
            if tuple(forms[place : place + len(spelling)]) == spelling:
                return len(spelling), kind
        return 0, ""

    def kinds_at(self, forms: Sequence[str], place: int) -> frozenset[str]:
        """The classes of the legal form that begins at `place`; empty when none does."""
        size, _ = self.at(list(forms), place)
        return self.kinds.get(tuple(forms[place : place + size]), frozenset())

    def nearly_at(self, form: str) -> bool:
        """Whether a long word is a legal form with a slip of the pen in it: Aktiengeselschaft."""
        return len(form) > 8 and any(
            Levenshtein.distance(one, form, score_cutoff=1) == 1
            for size in (len(form) - 1, len(form), len(form) + 1)
            for one in self.long.get((form[0], size), ())
        )

    def are_one(self, one: Phrase, other: Phrase) -> bool:
        """Whether two spellings are of one form: AG and Aktiengesellschaft."""
        return one == other or not self.rows.get(one, frozenset()).isdisjoint(self.rows.get(other, ()))

    def agree(self, one: str, other: str) -> bool:
        return one == other or frozenset((one, other)) in self.compatible


@once
def legal_forms() -> LegalForms:
    data = read("legal_forms.yaml")
    filed: dict[str, dict[Phrase, str]] = {}
    kinds: dict[Phrase, set[str]] = {}
    rows: dict[Phrase, set[int]] = {}
    for number, row in enumerate(data.get("forms", ())):
        for spelling in row["spellings"]:
            words_of = phrase(spelling)
            joined = ("".join(words_of),) if "." in spelling else words_of
            for form in {words_of, joined}:
                if form and len("".join(form)) > 1 and form[0] not in ("oil", "general"):
                    filed.setdefault(form[0], {}).setdefault(form, row["class"])
                    kinds.setdefault(form, set()).add(row["class"])
                    rows.setdefault(form, set()).add(number)
    long: dict[tuple[str, int], list[str]] = {}
    for first, some in filed.items():
        if (first,) in some and len(first) > 8:
            long.setdefault((first[0], len(first)), []).append(first)
    return LegalForms(
        {first: tuple(sorted(some.items(), key=lambda item: -len(item[0]))) for first, some in filed.items()},
        frozenset(map(phrase, map(str, data.get("weak", ())))),
        {form: frozenset(some) for form, some in kinds.items()},
        long,
        frozenset(frozenset(pair) for pair in data.get("compatible", ())),
        {form: frozenset(some) for form, some in rows.items()},
    )


Groups = dict[str, tuple[tuple[int, float], ...]]
"""A word → the groups it belongs to, each with its similarity to the group's name."""


@once
def given_names() -> Groups:
    """A given name's form → the groups it belongs to, each with its similarity to the group's name."""
    data = read("given_names.yaml")
    kinds = {kind: float(value) for kind, value in data.get("kinds", {}).items()}
    found: dict[str, dict[int, float]] = {}
    for number, group in enumerate(data.get("groups", ())):
        for kind, members in (("spelling", [group["name"], *group.get("spelling", ())]), *(
            (kind, leaves(group.get(kind, ()))) for kind in kinds if kind != "spelling"
        )):  # fmt: skip
            for member in members:
                for form in {"".join(phrase(member))}:
                    old = found.setdefault(form, {}).get(number, 0.0)
                    found[form][number] = max(old, kinds.get(kind, 0.9))
    return {form: tuple(groups.items()) for form, groups in found.items()}


@once
def translations() -> Groups:
    """Words of one meaning in organisations' names: also a country and its people, one given name's spellings, and a
    word and its abbreviation."""
    groups = [
        *(_words_of(map(str, row)) for row in read("translations.yaml").get("groups", ())),
        *(  # of the United Kingdom England is one name and Scotland another
            _words_of(leaves(row)) for code, row in read("places.yaml").get("countries", {}).items() if code != "gb"
        ),
        *(_words_of((row["name"], *row.get("spelling", ()))) for row in read("given_names.yaml").get("groups", ())),
        *map(_words_of, generic().abbreviations),
    ]
    found: dict[str, list[tuple[int, float]]] = {}
    for number, group in enumerate(groups):
        for form in sorted(group):
            found.setdefault(form, []).append((number, 1.0))
    return {form: tuple(some) for form, some in found.items()}


@once
def given_members() -> dict[int, tuple[str, ...]]:
    """The group's number → its members."""
    return _members(given_names())


@once
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
    descent: frozenset[str]  # particles that say whose child one is


@once
def titles() -> Titles:
    data = read("titles.yaml")
    particles = _words_of(leaves(data.get("particles", ())))
    return Titles(
        before=frozenset(map(phrase, leaves(data.get("before", ())))),
        after=frozenset(map(phrase, leaves(data.get("after", ())))),
        roles=_words_of(leaves(data.get("roles", ()))),
        particles=particles,
        generation={
            form: kind
            for kind, spellings in data.get("generation", {}).items()
            for form in _words_of(leaves(spellings))
        },
        descent=_words_of(leaves(data.get("descent", ()))),
        patronymic=tuple(
            sorted({"".join(phrase(ending)) for ending in leaves(data.get("patronymic", ()))}, key=len, reverse=True)
        ),
    )


@dataclass(frozen=True)
class Generic:
    company: frozenset[str]
    function: frozenset[str]
    short: dict[Phrase, str]  # two words → how they are abbreviated
    abbreviations: tuple[tuple[str, str], ...]  # an abbreviation, and the word it stands for


@once
def generic() -> Generic:
    data = read("generic.yaml")
    company = _words_of(leaves(data.get("company", ())))
    function = _words_of(leaves(data.get("function", ())))
    pairs = [
        ("".join(phrase(short)), phrase(written))
        for short, meanings in data.get("abbreviations", {}).items()
        for written in meanings
    ]
    return Generic(
        company,
        function,
        short={written: short for short, written in pairs if len(written) == 2},
        abbreviations=tuple((short, written[0]) for short, written in pairs if len(written) == 1 and len(short) > 1),
    )


@dataclass(frozen=True)
class Places:
    names: dict[str, str]  # ISO 3166-1 alpha-2 → the country's name in English
    country_of: dict[Phrase, str]  # a country's name, its demonyms, its cities → ISO 3166-1 alpha-2
    known: frozenset[str]  # one-word places of every kind
    phrases: frozenset[Phrase]  # places of every kind
    cities: frozenset[Phrase]
    extends_after: frozenset[Phrase]
    extends_before: frozenset[Phrase]
    of_people: frozenset[Phrase]


@once
def places() -> Places:
    data = read("places.yaml")
    country_of = {
        phrase(text): code for code, row in data.get("countries", {}).items() for text in leaves(row)
    }  # fmt: skip
    cities = {phrase(text): code for code, row in data.get("cities", {}).items() for text in leaves(row)}
    regions = frozenset(map(phrase, leaves(data.get("regions", ()))))
    everything = regions | country_of.keys() | cities.keys()
    extenders = data.get("extenders", {})
    return Places(
        names={code: row["names"][0] for code, row in data.get("countries", {}).items()},
        country_of={**cities, **country_of},
        known=frozenset(words[0] for words in everything if len(words) == 1),
        phrases=everything,
        cities=frozenset(cities) - country_of.keys(),
        extends_after=frozenset(map(phrase, leaves(extenders.get("after", ())))),
        extends_before=frozenset(map(phrase, leaves(extenders.get("before", ())))),
        of_people=frozenset(map(phrase, leaves(extenders.get("people", ())))),
    )


@once
def calendar() -> frozenset[str]:
    """Months and days of the week: written with a capital in English, and names of nobody."""
    return _words_of(leaves(read("calendar.yaml").get("words", ())))


@dataclass(frozen=True)
class Signs:
    programmes: dict[str, str]  # a part of a programme's name → ISO 3166-1 alpha-2
    sanctions: frozenset[str]
    ships: frozenset[str]
    institutions: frozenset[str]
    clubs: frozenset[str]
    holding: frozenset[str]
    compass: frozenset[str]
    mainstay: frozenset[str]
    between: frozenset[str]
    articles: frozenset[str]
    german: frozenset[str]
    letters: dict[str, tuple[str, ...]]  # letters → the countries in whose language alone they are written


@once
def signs() -> Signs:
    """Words that the judge looks for."""
    data = read("signs.yaml")
    return Signs(
        programmes=dict(data["programmes"]),
        sanctions=_words_of(leaves(data["sanctions"])),
        ships=_words_of(data["ships"]),
        institutions=_words_of(data["institutions"]),
        clubs=_words_of(data["clubs"]),
        holding=_words_of(data["holding"]),
        compass=_words_of(data["compass"]),
        mainstay=_words_of(data["mainstay"]),
        between=_words_of(data["between"]),
        articles=_words_of(data["articles"]),
        german=_words_of(data["german"]),
        letters={str(letters): tuple(countries) for letters, countries in data["letters"].items()},
    )
