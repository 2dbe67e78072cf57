from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from monitor.client import Client

Make = Callable[..., Client]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes clients that are closed when the test ends; loopback is allowed unless the test says otherwise."""
    with ExitStack() as stack:

        def client(**settings: Any) -> Client:
            usual: dict[str, Any] = {
                "user_agent": "client-test/1 (+mailto:desk@example.org)",
                "timeout": 10.0,
                "max_bytes": 1_000_000,
                "allow_private": True,
                "per_host": 8,
            }
            made = Client(**usual | settings)
            stack.callback(made.close)
            return made

        yield client
