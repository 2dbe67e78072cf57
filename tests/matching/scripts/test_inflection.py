"""Which words a word may be a form of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.scripts.inflection import bases, cases, language
from monitor.matching.text import fold


@pytest.mark.parametrize(
    ("word", "name", "case"),
    [
        ("Путиным", "Путин", "instrumental"),
        ("Роснефтью", "Роснефть", "instrumental"),
        ("Льва", "Лев", "genitive"),
        ("Коломийца", "Коломиец", "genitive"),
        ("Слуцкой", "Слуцкая", "genitive"),
        ("Балабусі", "Балабуха", "dative"),
        ("Батога", "Батіг", "genitive"),
        ("Шевцю", "Швець", "dative"),
        ("европейския", "европейски", "definite"),
        ("Komorowskiego", "Komorowski", "genitive"),
        ("Donaldzie", "Donald", "locative"),
        ("Dudzie", "Duda", "dative"),
        ("Havránkovi", "Havránek", "dative"),
        ("Merkelové", "Merkelová", "genitive"),
        ("Koširniku", "Koširnik", "dative"),
        ("Gazpromu", "Gazprom", "dative"),
        ("Αλεξάνδρου", "Αλέξανδρος", "genitive"),
        ("Putins", "Putin", "nominative"),
    ],
)
def test_a_case_is_known_by_its_ending(word: str, name: str, case: str) -> None:
    assert case in [found.says for found in cases(fold(word), fold(name))]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Путилин", "Путин"),
        ("Иваненко", "Иванов"),
        ("Петренка", "Петров"),
        ("Nowakowski", "Nowak"),
        ("Лавровский", "Лавров"),
    ],
)
def test_another_surname_on_the_same_stem_is_no_case_of_it(word: str, name: str) -> None:
    assert not cases(fold(word), fold(name))


@given(st.text(alphabet="абвгдеиіклмнорстуцьяюabdeiklmnoprstuvwyz", max_size=14))
def test_no_word_is_a_form_of_itself_and_none_of_a_scrap(word: str) -> None:
    found = bases(fold(word))
    assert fold(word) not in found
    assert all(len(base) >= 3 and some for base, some in found.items())


def test_the_language_of_a_text_is_known_by_its_small_words() -> None:
    czech = frozenset(map(fold, ["Soud", "uvedl", "že", "firma", "byla", "podle", "policie", "prodána", "ale", "nebo"]))
    english = frozenset(("the", "court", "said", "that", "firm", "was", "sold", "to", "po", "a", "je", "in", "na"))
    assert language(czech, "en") == "cs"
    assert language(english, "en") == ""
