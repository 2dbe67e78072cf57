"""Every name and alias of the shipped watchlists finds its entity in a plain sentence: what is listed is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.matching import Matcher
from monitor.model.articles import Article
from monitor.model.watchlists import Entity, Name, NameKind
from monitor.watchlists.read import read_list

SHIPPED = sorted(Path("watchlists").glob("*.yaml"))

ENGLISH = "According to documents seen on Monday, {} was named in the case."
PERSIAN = "به گزارش رسانه‌ها، {} روز دوشنبه در این پرونده نام برده شد."


def sentence(entity: Entity, name: Name) -> str:
    """What two words of a Persian name say, many say in Arabic too: in Persian they are looked for in Persian."""
    return (PERSIAN if name.script == "ARABIC" and "ir" in entity.countries else ENGLISH).format(name.text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_listed_name_is_found_in_a_plain_sentence(path: Path) -> None:
    watchlist = read_list(path)
    matcher = Matcher.compile([watchlist])
    names = [(one, name) for one in watchlist.entities for name in one.names if name.kind is not NameKind.WEAK]
    missed = [
        f"{entity.id}: {name.text}"
        for entity, name in names
        if entity.key not in {hit.entity.key for hit in matcher.screen(Article("", "", sentence(entity, name)))}
    ]
    assert names
    assert not missed


def test_the_test_reads_what_is_shipped() -> None:
    assert {"russia-energy", "iran", "dprk"} <= {path.stem for path in SHIPPED}
