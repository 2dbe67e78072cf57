from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from monitor.alerts.budget import left_of, say_budget, within_budget
from monitor.alerts.bundle import Bundle
from monitor.model.alerts import DeliveryKind
from monitor.model.settings import ConsoleChannel
from tests.alerts.support import NOW, delivery

DESK = ("desk-mail", "desk@example.org")


def alone(*ids: int, attempts: int = 0) -> list[Bundle]:
    return [Bundle(None, (delivery(id=number, attempts=attempts),)) for number in ids]


def test_what_the_rate_allows_goes_as_it_is() -> None:
    assert within_budget(alone(1, 2), {DESK: 2}, {}) == (alone(1, 2), [])
    assert within_budget(alone(1, 2), {}, {}) == (alone(1, 2), []), "no limit"


def test_a_flood_becomes_one_digest_that_says_why() -> None:
    going, waiting = within_budget(alone(*range(30)), {DESK: 3}, {"desk-mail": "too many"})
    assert [(one.kind, len(one.deliveries), one.note) for one in going] == [(DeliveryKind.DIGEST, 30, "too many")]
    assert waiting == []


def test_with_nothing_left_all_wait() -> None:
    assert within_budget(alone(1, 2), {DESK: 0}, {}) == ([], alone(1, 2))


def test_what_was_tried_keeps_its_id_and_its_own_message() -> None:
    tried = alone(1, 2, 3, attempts=1)
    going, waiting = within_budget([*tried, *alone(8, 9)], {DESK: 2}, {"desk-mail": "too many"})
    assert [[d.id for d in one.deliveries] for one in going] == [[8, 9], [1]]
    assert waiting == tried[1:]


def test_recipients_have_budgets_of_their_own() -> None:
    other = Bundle(None, (delivery(id=5, recipient="ben@example.org"),))
    assert within_budget([*alone(1), other], {DESK: 0}, {}) == ([other], alone(1))


def test_when_the_next_message_may_go() -> None:
    sent = [NOW - timedelta(minutes=ago) for ago in (90, 50, 40, 10)]
    assert left_of((5, 3600.0), sent, NOW) == (2, NOW)
    assert left_of((3, 3600.0), sent, NOW) == (0, NOW + timedelta(minutes=10))
    assert left_of((2, 3600.0), sent, NOW) == (0, NOW + timedelta(minutes=20)), "it was lowered meanwhile"


def test_a_rate_is_written_as_people_say_it() -> None:
    one = ConsoleChannel(id="desk", type="console", rate="20/h")
    assert one.budget == (20, 3600.0)
    assert say_budget("desk", "20/h") == "desk takes 20 messages an hour"
    assert say_budget("desk", "1/d") == "desk takes 1 message a day"
    assert ConsoleChannel(id="desk", type="console").budget is None
    for wrong in ("0/h", "20", "20/week", "-1/h"):
        with pytest.raises(ValidationError):
            ConsoleChannel(id="desk", type="console", rate=wrong)
