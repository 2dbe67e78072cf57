from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from monitor.client import Client
from tests.alerts.servers import Authority, Reply, Sink


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(user_agent="alerts-test/1", timeout=5.0, max_bytes=100_000, allow_private=True)
    yield made
    made.close()


@pytest.fixture
def sink() -> Iterator[Callable[..., Sink]]:
    sinks: list[Sink] = []

    def start(*replies: Reply) -> Sink:
        sinks.append(Sink(*replies))
        return sinks[-1]

    yield start
    for one in sinks:
        one.close()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Trusted by this test, through SSL_CERT_FILE."""
    ca = trustme.CA()
    bundle = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    return Authority(bundle, ca)
