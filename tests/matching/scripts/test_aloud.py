"""The second reading of scripts without spaces."""

from __future__ import annotations

import pytest

from monitor.matching.scripts.aloud import aloud
from monitor.matching.text import fold


@pytest.mark.parametrize(
    ("text", "surface", "forms"),
    [
        ("据报道，习近平昨日到访。", "习近平", ["xi", "jinping"]),
        ("検察は田中花子を起訴した。", "田中花子", ["tanaka", "hanako"]),
        ("ウラジーミル・プーチンは語った。", "ウラジーミル・プーチン", ["ウラジーミル", "プーチン"]),
        ("التقى عبد الله بالوزير", "عبد الله", ["عبدالله"]),
        ("김정은이 말했다.", "김정은", ["kim", fold("정"), fold("은")]),
    ],
)
def test_a_name_is_read_as_words_that_stand_in_the_text(text: str, surface: str, forms: list[str]) -> None:
    tokens = aloud(text)
    assert tokens is not None
    found = [
        tokens.surface(at, at + len(forms) - 1)
        for at in range(len(tokens))
        if tokens.forms[at : at + len(forms)] == forms
    ]
    assert surface in found


def test_texts_in_other_scripts_have_no_second_reading() -> None:
    assert aloud("Putin spoke.") is None
    assert aloud("Путин выступил.") is None
    assert aloud("Ο Νίκος έφυγε.") is None


def test_a_piece_of_a_text_keeps_the_places_of_the_whole() -> None:
    text = "Xx. 习近平昨日到访。"
    tokens = aloud(text, 4)
    assert tokens is not None
    assert tokens.surface(0, 1) == "习近平"
