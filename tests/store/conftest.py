from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Store
from tests.postgres import Postgres
from tests.store.support import NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/monitor.db"
    server: Postgres = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url, now=NOW)
    yield opened
    opened.close()
