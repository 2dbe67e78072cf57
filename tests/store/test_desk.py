"""The audit trail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.model.matches import Disposition
from monitor.store import Store
from tests.web.support import NOW, fill


@pytest.fixture
def morning(store: Store) -> Store:
    fill(store)
    return store


def test_the_trail_tells_deeds_and_decisions_the_newest_first(morning: Store) -> None:
    morning.note(who="dana", what="login", about="127.0.0.1", now=NOW)
    later = NOW + timedelta(minutes=1)
    morning.set_disposition(1, Disposition.ESCALATED, who="dana", reason="Ask legal", now=later)
    morning.note(who="omar", what="retry", about="delivery 3", now=later + timedelta(minutes=1))
    told = [(deed.who, deed.what, deed.about, deed.hit) for deed in morning.deeds()]
    assert told == [
        ("omar", "retry", "delivery 3", None),
        ("dana", "escalated", "Ask legal", 1),
        ("dana", "login", "127.0.0.1", None),
    ]
    assert [deed.what for deed in morning.deeds(limit=1)] == ["retry"]
    assert [deed.what for deed in morning.deeds(before=later)] == ["escalated", "login"]
    assert morning.deeds()[1].at == later
