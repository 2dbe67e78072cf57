"""One field of an official list may hold several names: each is looked for by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.watchlists import NameKind
from monitor.watchlists.official import names
from monitor.watchlists.spellings import apart


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "Darvex Shipping (a.k.a. Darvex Lines; f.k.a. Oram Tankers)",
            ("Darvex Shipping", "Darvex Lines", "Oram Tankers"),
        ),
        (
            "Harun Telmasi (alias Abu Qirat, Abu Sahl, the Tall One)",
            ("Harun Telmasi", "Abu Qirat", "Abu Sahl", "the Tall One"),
        ),
        ("Qoraz Brigades (also known as QB, or Qoraz Falcons)", ("Qoraz Brigades", "QB", "Qoraz Falcons")),
        ("Pavel Nerin (original script: Павел Нерин)", ("Pavel Nerin", "Павел Нерин")),
        ("Ren Haotian (任浩天)", ("Ren Haotian", "任浩天")),
        (
            "SOCIETE AERIENNE DU NORD (SAN) ; NORTHERN AIR (NA)",
            ("SOCIETE AERIENNE DU NORD", "NORTHERN AIR", "SAN", "NA"),
        ),
        ("QORAZ REVOLUTIONARY GUARD (QRG)-NORTH FORCE", ("QORAZ REVOLUTIONARY GUARD -NORTH FORCE", "QRG")),
        ("AL-FAJR MOVEMENT / AFM", ("AL-FAJR MOVEMENT", "AFM")),
        ("Tarik Osmel (birth name)", ("Tarik Osmel",)),
        ("Lina Farouk Teber, born 3 May 1961 (passport no. 7712)", ("Lina Farouk Teber",)),
        ("Bank Orel (aka OREL, Viktor)", ("Bank Orel", "OREL, Viktor")),
    ],
)
def test_other_names_stand_apart(written: str, expected: tuple[str, ...]) -> None:
    assert apart(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "OREL, Viktor",
        "Orel (Holding) Limited",
        "OREL BANK (AUSTRIA) AG",
        "PJSC OREL BANK (KIEV)",
        "OREL CONSTRUCTION GROUP (LIMITED)",
        "Lord's Army/Front",
        "Kestrel; Holdings",
        "PT Orel (Persero)",
        "(aka)",
        "A/S Orel",
    ],
)
def test_what_is_one_name_stays_one(written: str) -> None:
    assert apart(written) == (written,)


def test_names_in_a_main_name_are_aliases_and_in_a_weak_one_weak_and_so_are_abbreviations() -> None:
    found = names("Orel Bank (OB) (f.k.a. Sokol Bank)", [("Abu Sahl (original script: أبو سهل)", NameKind.WEAK)])
    assert [(one.text, one.kind) for one in found] == [
        ("Orel Bank", NameKind.PRIMARY),
        ("OB", NameKind.WEAK),
        ("Sokol Bank", NameKind.ALIAS),
        ("Abu Sahl", NameKind.WEAK),
        ("أبو سهل", NameKind.WEAK),
    ]


@given(st.text("ab (),;/.ak ñ金", max_size=60))
def test_no_name_is_lost_or_made_up(written: str) -> None:
    found = apart(written)
    assert found
    assert all(set(name) <= set(written) | {" "} for name in found)
    assert len(set(found)) == len(found)
