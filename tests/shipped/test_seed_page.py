"""The newspaper page this project started from: who is found in it, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import Screener
from monitor.model.matches import Hit
from monitor.model.watchlists import Severity
from tests.shared import shared

LISTS = Path(__file__).parents[2] / "watchlists"

OFFICIAL = """\
watchlist: official-spellings
entities:
  - {id: lukoil, type: organization, name: LUKOIL OAO}
  - {id: rosneft, type: organization, name: OPEN JOINT-STOCK COMPANY ROSNEFT OIL COMPANY}
  - {id: lavrov, type: person, name: "LAVROV, Sergei Viktorovich"}
  - {id: putin, type: person, name: "PUTIN, Vladimir Vladimirovich"}
"""

HAMAS = """\
watchlist: terror
entities:
  - {id: hamas, type: organization, name: HAMAS, aliases: [ISLAMIC RESISTANCE MOVEMENT]}
"""


@pytest.fixture(scope="module")
def page() -> str:
    return shared("seed", "sanctions-article-page.txt").read_text(encoding="utf-8")


def screened(text: str, *paths: Path) -> dict[str, Hit]:
    return {hit.entity.id: hit for hit in Screener.from_paths(paths).screen(text=text)}


FOUR = {"rosneft", "lukoil", "vladimir-putin", "sergei-lavrov"}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(["russia-energy.yaml", "russia-officials.yaml"], id="the Russian lists"),
        pytest.param(["."], id="all shipped lists"),
    ],
)
def test_the_page_gives_the_four_and_nobody_else(page: str, files: list[str]) -> None:
    hits = screened(page, *(LISTS / file for file in files))
    assert hits.keys() == FOUR
    assert hits["vladimir-putin"].severity is Severity.LOW
    for hit in hits.values():
        for mention in (match.mention for match in hit.matches):
            assert page[mention.start : mention.end] == mention.surface
    assert any("Rosneft" in mention.surface for mention in (match.mention for match in hits["rosneft"].matches))
    assert any(
        "Vladimir Putin" in mention.surface for mention in (match.mention for match in hits["vladimir-putin"].matches)
    )


def test_official_spellings_find_them_as_well(page: str, tmp_path: Path) -> None:
    (tmp_path / "official.yaml").write_text(OFFICIAL)
    assert screened(page, tmp_path).keys() == {"lukoil", "rosneft", "lavrov", "putin"}


def test_hamas_is_found_once_when_a_list_holds_it(page: str, tmp_path: Path) -> None:
    (tmp_path / "terror.yaml").write_text(HAMAS)
    hits = screened(page, tmp_path)
    assert hits.keys() == {"hamas"}
    assert len(hits["hamas"].matches) == 1
