from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts.silences import covers, silenced
from monitor.model.alerts import Silence
from tests.alerts.support import NOW, RUSSIAN, record

ANY = Silence(1, NOW - timedelta(hours=1), NOW + timedelta(hours=1), "quarterly results", "ana")


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({"watchlist": "russia-energy"}, True),
        ({"watchlist": "russia-officials"}, False),
        ({"entity": "rosneft"}, True),
        ({"entity": "russia-energy/rosneft"}, True),
        ({"entity": "russia-officials/rosneft"}, False),
        ({"feed": "harbour-gazette"}, True),
        ({"feed": "harbour"}, False),
        ({"text": "port  AGENTS"}, True),
        ({"text": "halts Russian crude"}, True),
        ({"text": "quarterly"}, False),
        ({"entity": "rosneft", "feed": "al-mina"}, False),
        ({"entity": "rosneft", "feed": "harbour-gazette", "text": "Sikka"}, True),
        ({}, False),
    ],
)
def test_every_condition_must_hold_and_one_must_be_given(conditions: dict[str, str], holds: bool) -> None:
    assert covers(replace(ANY, **conditions), record()) is holds


def test_words_are_found_whatever_their_case_and_script() -> None:
    assert covers(replace(ANY, text="ЖЕНЕВЕ"), RUSSIAN)


def test_it_begins_and_ends_on_time_and_the_last_to_end_is_named() -> None:
    short = replace(ANY, entity="rosneft")
    long = replace(short, id=2, ends=NOW + timedelta(days=3))
    assert silenced(record(), [short, long], NOW) == long
    assert silenced(record(), [short, long], NOW + timedelta(hours=1)) == long
    assert silenced(record(), [short], NOW + timedelta(hours=1)) is None
    assert silenced(record(), [short], NOW - timedelta(hours=2)) is None
