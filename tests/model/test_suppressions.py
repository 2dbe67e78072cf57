from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.articles import Article
from monitor.model.matches import Hit, Match
from monitor.model.suppressions import Suppression, fingerprint, suppressed
from monitor.model.watchlists import Name, NameKind
from tests.store.support import ROSNEFT, hit

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STADIUM = hit(ROSNEFT, Article("1", "", "The final is played at Rosneft  Stadium on Sunday."), "Rosneft")
BY_NAME = Suppression(
    3, "energy", "rosneft", "Rosneft PJSC", "rosneft stadium", fingerprint(ROSNEFT), NOW, NOW + timedelta(days=30),
    "a stadium", "ana",
)  # fmt: skip


def also(text: str, surface: str) -> Match:
    return hit(ROSNEFT, Article("1", "", text), surface).matches[0]


def test_a_hit_whose_mentions_are_all_known_to_be_somebody_else() -> None:
    found = suppressed(STADIUM, [replace(BY_NAME, id=2, pattern="park"), BY_NAME], NOW)
    assert found is not None
    assert (found.suppression, found.reason, found.who) == (3, "a stadium", "ana")


@pytest.mark.parametrize(
    "other",
    [
        replace(BY_NAME, pattern="arena"),
        replace(BY_NAME, name="Роснефть"),
        replace(BY_NAME, entity="lukoil"),
        replace(BY_NAME, watchlist="other"),
        replace(BY_NAME, starts=NOW + timedelta(seconds=1)),
        replace(BY_NAME, ends=NOW),
        replace(BY_NAME, ended=NOW - timedelta(days=1)),
        replace(BY_NAME, record="0" * 64),
    ],
)
def test_what_does_not_cover_it(other: Suppression) -> None:
    assert suppressed(STADIUM, [other], NOW) is None


def test_one_mention_of_another_kind_is_enough_to_be_told() -> None:
    fined: Hit = replace(STADIUM, matches=(*STADIUM.matches, also("A court fined Rosneft.", "Rosneft")))
    assert suppressed(fined, [BY_NAME], NOW) is None
    both = [BY_NAME, replace(BY_NAME, id=4, pattern="a court")]
    assert suppressed(fined, both, NOW) is not None, "several together may cover it"


def test_any_name_and_any_sentence() -> None:
    assert suppressed(STADIUM, [replace(BY_NAME, name="")], NOW)
    assert suppressed(STADIUM, [replace(BY_NAME, pattern="")], NOW)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"names": ROSNEFT.names[::-1]}, True),
        ({"threshold": 70.0, "context": ("oil",), "subject": "x/y", "url": "https://x.example"}, True),
        ({"names": (*ROSNEFT.names, Name("RN", NameKind.WEAK))}, False),
        ({"programmes": ("RUSSIA",)}, False),
        ({"identifiers": (("lei", "1"),)}, False),
        ({"countries": ()}, False),
        ({"notes": "delisted in part"}, False),
    ],
)
def test_a_record_that_changed(change: dict[str, object], same: bool) -> None:
    assert (fingerprint(replace(ROSNEFT, **change)) == fingerprint(ROSNEFT)) is same  # type: ignore[arg-type]
