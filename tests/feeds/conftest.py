from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.client import Client


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(user_agent="feeds-test/1", timeout=5.0, max_bytes=1_000_000, allow_private=True, per_host=8)
    yield made
    made.close()
