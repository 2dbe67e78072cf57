"""The index finds exactly what brute force finds: no candidate lost, none added, whatever is remembered."""

from __future__ import annotations

import gzip
import json
import os
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching import Matcher, reference
from monitor.matching.scripts.aloud import aloud
from monitor.matching.text import tokenise
from monitor.matching.variants import variants
from monitor.model.articles import Article
from monitor.model.watchlists import Entity, EntityType, Name, Watchlist

# fmt: off
WORDS = [
    "Vladimir", "Vladimirovich", "Putin", "Nicolás", "Maduro", "Moros", "Kim", "Jong", "Un", "Jong-un", "Rosneft",
    "Oil", "Company", "PJSC", "Gazprombank", "Gazprom", "Bank", "of", "Iran", "Iranian", "Central", "Mohammed",
    "Muhammad", "al-Assad", "Bashar", "Abu", "Ali", "ali", "said", "the", "The", "Delta", "Trading", "Group", "Ltd",
    "S.A.", "I.R.G.C.", "IRGC", "J.", "V.", "Sergei", "Sergey", "Lavrov", "Roman", "Abramovich", "Bill", "William",
    "Smith", "Smyth", "Corps", "Guard", "Guards", "II", "III", "Prince", "Holding", "Sberbank", "Rossii", "M23",
    "Иван", "Сечин", "习近平", "北京", "Müller", "Mueller", "Путиным", "Владимира", "Роснефтью", "Роснефть", "Putina",
    "Lavrovem", "Xi", "Jinping", "김정은이", "Un", "Kim", "عبد", "الله", "Abdullah", "بوتين",
    "פוטין", "プーチン", "Лаврову",
]
# fmt: on


def slip(word: str, place: int, kind: int) -> str:
    """The word with a letter doubled, dropped, swapped with the next, or another."""
    place %= len(word)
    return (
        word,
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :],
        word[:place] + "x" + word[place + 1 :],
        word.lower(),
        word.upper(),
    )[kind]


words = st.sampled_from(WORDS)
written = st.builds(slip, words, st.integers(0, 12), st.sampled_from((0, 0, 0, 0, 1, 2, 3, 4, 5, 6)))
names = st.lists(words, min_size=1, max_size=5).map(" ".join)
entities = st.lists(st.tuples(names, st.sampled_from(list(EntityType))), min_size=1, max_size=6)
texts = st.lists(st.tuples(written, st.sampled_from((" ", " ", " ", "", "-", ", ", ". ", "\n"))), max_size=25)


def entity(number: int, name: str, kind: EntityType) -> Entity:
    return Entity("list", str(number), kind, (Name(name),))


def compiled(records: list[Entity]) -> Matcher:
    return Matcher.compile([Watchlist("list", tuple(records))])


def by_index(matcher: Matcher, text: str) -> set[object]:
    return {(record.entity, found) for record, found in matcher.candidates(Article("", "", text))}


def by_brute_force(listed: list[Entity], text: str) -> set[object]:
    patterns = [variants(one.name, one.type) for one in listed]
    known = [(number, pattern) for number, pattern in enumerate(patterns) if pattern is not None]
    readings = [tokens for tokens in (tokenise(text), aloud(text)) if tokens is not None]
    found = [one for tokens in readings for one in reference.candidates([pattern for _, pattern in known], tokens)]
    return {(known[place][0], assignment) for place, assignment in found}


@settings(max_examples=400, deadline=None)
@given(entities, st.lists(texts, min_size=1, max_size=2))
def test_the_index_finds_what_brute_force_finds(
    listed: list[tuple[str, EntityType]], written_texts: list[list[tuple[str, str]]]
) -> None:
    records = [entity(number, name, kind) for number, (name, kind) in enumerate(listed)]
    matcher = compiled(records)
    for pieces in written_texts:  # the second with what the first left in the memo
        text = "".join(word + gap for word, gap in pieces)
        assert by_index(matcher, text) == by_brute_force(records, text)


@pytest.mark.skipif("MONITOR_SHARED_DATA" not in os.environ, reason="MONITOR_SHARED_DATA is not set")
def test_the_index_finds_what_brute_force_finds_in_real_news() -> None:
    folder = Path(os.environ["MONITOR_SHARED_DATA"]) / "quality" / "dev" / "T5"
    with gzip.open(folder / "sdn.watchlist.yaml.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line[4:]) for line in lines if line.startswith("  - {")]
    with gzip.open(folder / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    choose = random.Random(7)
    known = [
        "Vladimir Vladimirovich PUTIN",
        "Bashar AL-ASSAD",
        "HAMAS",
        "ROSNEFT OIL COMPANY",
        "Jong Un KIM",
        "TALIBAN",
    ]
    picked = [row for row in rows if row["name"] in known] + choose.sample(rows, 100)
    records = [entity(number, row["name"], EntityType(row["type"])) for number, row in enumerate(picked)]
    matcher = compiled(records)
    seen = 0
    named = [article for article in articles if "Putin" in article["text"][:2000]]
    for article in choose.sample(articles, 9) + named[:3]:
        text = article["text"][:2000]
        found = by_brute_force(records, text)
        seen += len(found)
        assert by_index(matcher, text) == found
    assert seen > 0


def test_forgetting_changes_nothing() -> None:
    records = [entity(0, "Sergey Viktorovich LAVROV", EntityType.PERSON), entity(1, "GAZPROMBANK", EntityType.UNKNOWN)]
    matcher = compiled(records)
    text = "Sergei Lavrov met the heads of Gazprom Bank; Lavrof, S. Lavrov and Gazprombank were named."
    before = by_index(matcher, text)
    matcher.forget()
    assert by_index(matcher, text) == before == by_brute_force(records, text)
    assert len(before) >= 3


def test_every_reading_keeps_its_key() -> None:
    for name in ("Nicolas MADURO MOROS", "ROSNEFT OIL COMPANY", "Ali Hassan AL-MAJID AL-TIKRITI", "习近平"):
        pattern = variants(name, EntityType.UNKNOWN)
        assert pattern is not None
        assert all(reading.key in reading.parts for reading in pattern.readings)
        assert all(left < right for reading in pattern.readings for left, right in pairwise(reading.parts))
