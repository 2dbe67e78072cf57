"""dispatch_due: what waits, what comes together, what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.daemon import close_service
from monitor.model.alerts import DeliveryState
from tests.pipeline.desk import Desk
from tests.store.support import MINUTE, NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    yield one
    close_service(one.service)


def many(count: int, what: str = "Rosneft cargo") -> list[str]:
    return [f"{what} number {n} sails" for n in range(count)]


def test_what_came_in_quiet_hours_comes_as_one_message_when_they_end(desk: Desk) -> None:
    quiet = {"from": "09:00", "to": "11:00"}
    desk.start([{"id": "desk", "type": "console", "quiet": quiet, "burst": 50}])
    desk.news("Rosneft fined")
    desk.news("Lukoil sells stations")
    assert desk.send() == []
    desk.now = NOW.replace(hour=11, minute=0)
    [message] = desk.send()
    assert "Rosneft fined" in message
    assert "Lukoil sells stations" in message
    assert "Held over quiet hours 09:00–11:00 UTC." in message


def test_a_message_that_was_due_before_quiet_hours_is_held_too(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console", "quiet": {"from": "09:40", "to": "11:00"}}])
    desk.news("Rosneft fined")
    desk.now = NOW.replace(minute=41)
    assert desk.send() == []
    desk.now = NOW.replace(hour=11, minute=0)
    [message] = desk.send()
    assert "Held over quiet hours" in message


def test_a_flood_within_a_rate_becomes_a_digest_and_says_so(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console", "rate": "3/h", "burst": 500}], cooldown="0s")
    desk.news("Rosneft fined", "Lukoil sells stations")
    assert len(desk.send()) == 2
    desk.now += 2 * MINUTE
    desk.news(*many(40))
    [digest] = desk.send()
    assert digest.count("Rosneft cargo number") >= 40
    assert "desk takes 3 messages an hour: what came beyond that is in this one." in digest
    desk.now += 2 * MINUTE
    desk.news("Lukoil closes a refinery", "Rosneft names a chairman")
    assert desk.send() == [], "nothing is left of this hour"
    desk.now += 30 * MINUTE
    assert desk.send() == []
    desk.now += 30 * MINUTE
    [late] = desk.send()
    assert "Lukoil closes a refinery" in late
    assert "Rosneft names a chairman" in late
    assert {d.state for d in desk.service.store.deliveries()} == {DeliveryState.SENT}


def test_nothing_is_lost_however_low_the_rate(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console", "rate": "1/h", "burst": 5}], cooldown="0s")
    told: list[str] = []
    for hour in range(5):
        desk.now = NOW + timedelta(hours=hour)
        desk.news(*[f"Rosneft cargo {hour}.{n} sails" for n in range(7)])
        told += desk.send()
    desk.now = NOW + timedelta(hours=7)
    told += desk.send()
    assert 5 <= len(told) <= 6
    assert all(f"Rosneft cargo {hour}.{n} sails" in "".join(told) for hour in range(5) for n in range(7))
