from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model.decisions import Step, next_step, same_person
from monitor.model.matches import Disposition, Proposal

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BY_ANA = Proposal(Disposition.FALSE_POSITIVE, "ana", NOW, "a namesake")


@pytest.mark.parametrize(
    ("wanted", "who", "pending", "step"),
    [
        ("false_positive", "ana", None, Step.PROPOSED),
        ("false_positive", "ana", BY_ANA, Step.PROPOSED),
        ("false_positive", "Ana (token night run) for ben", BY_ANA, Step.PROPOSED),
        ("false_positive", "dashboard", BY_ANA, Step.PROPOSED),
        ("false_positive", "ben", BY_ANA, Step.CONFIRMED),
        ("true_match", "ana", BY_ANA, Step.DECIDED),
        ("open", "ben", BY_ANA, Step.DECIDED),
        ("escalated", "ben", None, Step.DECIDED),
    ],
)
def test_by_four_eyes_a_dismissal_takes_two(wanted: str, who: str, pending: Proposal | None, step: Step) -> None:
    assert next_step(Disposition(wanted), who, pending, four_eyes=True) is step
    assert next_step(Disposition(wanted), who, pending, four_eyes=False) is Step.DECIDED


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana", " ana ", True),
        ("ana (token a) for ben", "ana (token b) for cem", True),
        ("ana", "ana2", False),
        ("", "ben", True),
        ("dashboard", "ben", True),
    ],
)
def test_who_is_one_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
