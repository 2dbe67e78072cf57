from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.client import Client
from tests.watchlists.publisher import Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    yield made
    made.close()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(user_agent="lists-test/1", timeout=10.0, max_bytes=1_000, allow_private=True)
    yield made
    made.close()
