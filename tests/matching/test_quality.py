"""The gate of matching quality: labelled cases of our own, and floors that are raised as the matcher gets better.

Each file of `cases/` is a theme: a small watchlist (`watch`), and rules with texts that must hit (`yes`: the text, then
entity and surface, pairwise) and texts that must not (`no`). A text is right when exactly its entities are hit and each
surface is among the mentions, give or take a legal form, title or article at its edges (`same`). Cases are named after
their file and place: `nicknames/3/no/2` is the second `no` of the third rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor import strictyaml
from monitor.matching import Matcher
from monitor.model.articles import Article
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Watchlist

CASES = Path(__file__).parent / "cases"
THEMES = sorted(path.stem for path in CASES.glob("*.yaml"))


@dataclass(frozen=True)
class Case:
    id: str
    rule: str
    article: Article
    expected: dict[str, list[str]]  # entity id → surfaces that must be among its mentions; empty: no hit at all


def entity(row: dict[str, Any]) -> Entity:
    kinds = (("aliases", NameKind.ALIAS), ("weak_aliases", NameKind.WEAK))
    names = [Name(row["name"]), *(Name(text, kind) for key, kind in kinds for text in row.get(key, ()))]
    return Entity(
        watchlist="cases",
        id=row["id"],
        type=EntityType(row["type"]),
        names=tuple(names),
        identifiers=tuple(row.get("identifiers", {}).items()),
        context=tuple(row.get("context", ())),
        exclude=tuple(row.get("exclude", ())),
    )


def cases_of(theme: str, rules: list[dict[str, Any]]) -> Iterator[Case]:
    for number, rule in enumerate(rules, 1):
        for answer in ("yes", "no"):
            for place, row in enumerate(rule.get(answer, ()), 1):
                name = f"{theme}/{number}/{answer}/{place}"
                if isinstance(row, str):
                    row = {"text": row}
                elif isinstance(row, list):
                    text, *pairs = row
                    row = {"text": text, "is": [*zip(pairs[::2], pairs[1::2], strict=True)]}
                found: defaultdict[str, list[str]] = defaultdict(list)
                expected = row.get("is", ())
                for key, surface in expected.items() if isinstance(expected, dict) else expected:
                    found[key].append(surface)
                article = Article(name, row.get("title", ""), row["text"], row.get("lang", "en"))
                yield Case(name, rule["rule"], article, dict(found))


@cache
def theme_of(theme: str) -> tuple[Matcher, list[Case]]:
    data = strictyaml.load(CASES / f"{theme}.yaml").data
    watchlist = Watchlist("cases", tuple(map(entity, data["watch"])))
    return Matcher.compile([watchlist]), list(cases_of(theme, data["rules"]))


EDGES = 0.6
"""Share of the longer of two surfaces that the shorter must make out: “Shabaab” is “Al Shabaab”."""


def same(one: str, other: str) -> bool:
    """The same mention, give or take small words at its edges."""
    short, long = sorted((one, other), key=len)
    return short in long and len(short) >= EDGES * len(long)


@dataclass(frozen=True)
class Result:
    case: Case
    hits: dict[str, list[str]]

    @property
    def right(self) -> bool:
        return set(self.hits) == set(self.case.expected) and self.found == len(self.case.expected)

    @property
    def found(self) -> int:
        """Entities that are hit by all their mentions."""
        return sum(
            all(any(same(surface, got) for got in self.hits.get(key, ())) for surface in surfaces)
            for key, surfaces in self.case.expected.items()
        )

    @property
    def false(self) -> int:
        return len(set(self.hits) - set(self.case.expected))


@cache
def results(theme: str) -> list[Result]:
    matcher, cases = theme_of(theme)
    return [
        Result(case, {hit.entity.id: [m.mention.surface for m in hit.matches] for hit in matcher.screen(case.article)})
        for case in cases
    ]


def figures(some: list[Result]) -> tuple[float, float]:
    """(recall, precision) over pairs of case and entity, in per cent."""
    wanted = sum(len(result.case.expected) for result in some)
    found = sum(result.found for result in some)
    false = sum(result.false for result in some)
    return (
        round(100 * found / wanted, 1) if wanted else 100.0,
        round(100 * found / (found + false), 1) if found + false else 100.0,
    )


def told(some: list[Result]) -> str:
    return "\n".join(
        f"  {r.case.id} ({r.case.rule}): {r.case.article.title or r.case.article.text!r}:"
        f" wanted {r.case.expected}, got {r.hits}"
        for r in some
        if not r.right
    )


FLOORS = {
    "accents": (100.0, 100.0),
    "acronyms": (83.3, 100.0),
    "bodies_declined": (100.0, 100.0),
    "capitals": (100.0, 100.0),
    "compounds": (100.0, 100.0),
    "context": (100.0, 100.0),
    "contradictions": (100.0, 100.0),
    "generations": (100.0, 100.0),
    "generic_words": (100.0, 100.0),
    "hidden": (100.0, 100.0),
    "identifiers": (100.0, 100.0),
    "initials": (75.0, 100.0),
    "inflected_ru": (100.0, 100.0),
    "inflected_uk": (100.0, 100.0),
    "inflected_pl": (100.0, 100.0),
    "inflected_cs": (100.0, 100.0),
    "inflected_south": (100.0, 100.0),
    "inflected_others": (96.4, 100.0),
    "case_and_script": (100.0, 100.0),
    "cyrillic_of_latin": (100.0, 100.0),
    "latin_of_cyrillic": (95.6, 100.0),
    "no_cases": (100.0, 100.0),
    "other_scripts": (92.5, 100.0),
    "joined": (92.9, 100.0),
    "legal_forms": (100.0, 100.0),
    "longer_names": (100.0, 100.0),
    "more_slips": (100.0, 100.0),
    "nicknames": (94.7, 100.0),
    "numbers": (100.0, 100.0),
    "one_word": (100.0, 100.0),
    "order": (100.0, 100.0),
    "ordinary_words": (100.0, 100.0),
    "particles": (100.0, 100.0),
    "patronymics": (100.0, 100.0),
    "places": (100.0, 100.0),
    "possessives": (100.0, 100.0),
    "press": (100.0, 100.0),
    "public_bodies": (100.0, 100.0),
    "repeated": (100.0, 100.0),
    "scripts": (100.0, 100.0),
    "slips_and_forms": (100.0, 100.0),
    "surnames": (100.0, 100.0),
    "as_listed": (100.0, 100.0),
    "foreign_words": (100.0, 100.0),
    "generations_ru": (100.0, 100.0),
    "officials": (100.0, 100.0),
    "sentence_ends": (100.0, 100.0),
    "sole_names": (100.0, 100.0),
    "two_scripts": (100.0, 100.0),
    "titles": (100.0, 100.0),
    "translated": (100.0, 100.0),
    "two_records": (100.0, 100.0),
    "typos": (100.0, 100.0),
    "vessels": (87.5, 100.0),
    "weak_aliases": (100.0, 100.0),
    "words_of_other_scripts": (100.0, 100.0),
    "overall": (98.0, 100.0),
}
"""Theme → (recall, precision) in per cent that must be reached: what was reached, pinned. Raise what is passed."""


def test_there_are_enough_cases_of_both_kinds() -> None:
    cases = [case for theme in THEMES for case in theme_of(theme)[1]]
    assert sum(bool(case.expected) for case in cases) >= 200
    assert sum(not case.expected for case in cases) >= 180
    assert set(THEMES) == set(FLOORS) - {"overall"}


def test_what_a_case_expects_stands_in_its_text() -> None:
    for theme in THEMES:
        for case in theme_of(theme)[1]:
            text = f"{case.article.title}\n{case.article.text}"
            assert all(surface in text for some in case.expected.values() for surface in some), case.id


def test_mentions_are_cut_from_the_text() -> None:
    for theme in THEMES:
        matcher, cases = theme_of(theme)
        for case in cases:
            fields = {"title": case.article.title, "text": case.article.text}
            for hit in matcher.screen(case.article):
                for match in hit.matches:
                    m = match.mention
                    assert fields[m.field][m.start : m.end] == m.surface, case.id


@pytest.mark.parametrize("theme", THEMES)
def test_theme_reaches_its_floor(theme: str) -> None:
    recall, precision = FLOORS[theme]
    some = results(theme)
    reached = figures(some)
    wrong = told(some)
    assert reached[0] >= recall, f"recall {reached[0]} < {recall}\n{wrong}"
    assert reached[1] >= precision, f"precision {reached[1]} < {precision}\n{wrong}"


def test_all_themes_together_reach_the_floor() -> None:
    some = [result for theme in THEMES for result in results(theme)]
    assert figures(some)[0] >= FLOORS["overall"][0], told(some)
    assert figures(some)[1] >= FLOORS["overall"][1], told(some)
