"""What sounds alike in two scripts."""

from __future__ import annotations

import pytest

from monitor.matching.scripts.kin import Relatives, kin, told
from monitor.matching.scripts.sounds import apart, comparable, filed, sought, sounds
from monitor.matching.text import fold

ALIKE = [
    ("Путин", "Putin"),
    ("Пуцін", "Putin"),
    ("Джонсон", "Johnson"),
    ("Тръмп", "Trump"),
    ("Байдън", "Biden"),
    ("Мэй", "May"),
    ("Щербацкой", "Shcherbatskoy"),
    ("Щербацкой", "Schtscherbazkoi"),
    ("Верхофстад", "Verhofstadt"),
    ("Юнкер", "Juncker"),
    ("Путин", "Poutine"),
    ("بوتين", "Putin"),
    ("محمود", "Mahmoud"),
    ("פוטין", "Putin"),
    ("Πούτιν", "Putin"),
    ("푸틴", "Putin"),
    ("プーチン", "Putin"),
    ("პუტინი", "Putin"),
    ("Պուտին", "Putin"),
    ("व्लादिमीर", "Vladimir"),
]


@pytest.mark.parametrize(("word", "name"), ALIKE)
def test_one_name_in_two_scripts_sounds_alike(word: str, name: str) -> None:
    assert apart(fold(word), fold(name)) < 0.15
    assert kin(fold(word), fold(name)) is not None


@pytest.mark.parametrize(
    ("word", "name"), [("Петров", "Ivanov"), ("Путилин", "Putin"), ("Лавров", "Lavrentiev"), ("بوتين", "Lavrov")]
)
def test_two_names_do_not(word: str, name: str) -> None:
    assert kin(fold(word), fold(name)) is None


@pytest.mark.parametrize(("word", "name"), ALIKE)
def test_what_is_compared_is_found_by_a_key(word: str, name: str) -> None:
    """Looked for is every key under which something comparable is filed, in both directions."""
    for one, other in ((fold(word), fold(name)), (fold(name), fold(word))):
        for mine in sounds(one):
            for theirs in sounds(other):
                assert comparable(mine, theirs) == bool(set(sought(mine)) & set(filed(theirs)))


def test_the_relatives_of_a_word_are_its_kin() -> None:
    names = [fold(name) for pair in ALIKE for name in pair]
    relatives = Relatives()
    for number, name in enumerate(names):
        relatives.add(number, name)
    for word in ("Путиным", "Джонсона", "Putinem", "بوتين", "푸틴은", "Трампу"):
        found = relatives.near(fold(word))
        for number, name in enumerate(names):
            expected = kin(fold(word), name) if name != fold(word) else None
            if expected and names.count(name) == 1:
                assert found[number].value == pytest.approx(expected.value)
                assert found[number].rule == expected.rule
            elif not expected:
                assert number not in found


def test_the_reason_names_the_case() -> None:
    assert told(fold("Путиным"), fold("Путин")) == "instrumental of it"
    assert told(fold("Путиным"), "putin") == "instrumental of “путин”, which sounds the same in another script"
    assert told(fold("Путин"), "putin") == "it sounds the same in another script"
