from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.heartbeat import heartbeat, last_due
from monitor.alerts.times import Period
from monitor.model.alerts import Trouble
from monitor.model.watchlists import Severity
from tests.alerts.support import NOW


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "zone", "due"),
    [
        ("hourly", "UTC", "2026-11-23T09:00"),
        ("daily", "UTC", "2026-11-23T07:00"),
        ("daily", "America/New_York", "2026-11-22T12:00"),
        ("weekly", "UTC", "2026-11-23T07:00"),
        ("weekly", "America/New_York", "2026-11-16T12:00"),
    ],
)
def test_when_it_was_due_last(period: Period, zone: str, due: str) -> None:
    assert last_due(NOW, period, "07:00", ZoneInfo(zone)) == at(due)
    assert last_due(at(due), period, "07:00", ZoneInfo(zone)) == at(due)


def test_it_says_what_was_done_and_what_is_wrong() -> None:
    counts = {"feeds": 12, "polls": 1100, "failed": 3, "articles": 240, "hits": 5}
    well = heartbeat(NOW, troubles=(), **counts)
    assert well.title == "The monitor is alive, 23 Nov 2026, 09:17 UTC"
    assert "12 feeds watched, 1100 polls (3 failed), 240 articles screened, 5 hits" in well.lines[0]
    assert well.lines[1] == "nothing is known to be wrong"
    dead = Trouble("feed:al-mina", "feed al-mina is dead", NOW, Severity.MEDIUM)
    assert heartbeat(NOW, troubles=[dead], **counts).lines[1:] == ("still wrong: feed al-mina is dead",)
