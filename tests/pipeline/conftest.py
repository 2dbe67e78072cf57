from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.daemon import close_service
from tests.alerts.servers import Reply, Sink
from tests.pipeline.desk import Desk
from tests.pipeline.office import Office, Press


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    yield one
    close_service(one.service)


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
def press() -> Iterator[Press]:
    one = Press()
    one.open()
    yield one
    one.close()


@pytest.fixture
def office(tmp_path: Path, press: Press) -> Iterator[Office]:
    one = Office(tmp_path, press)
    yield one
    close_service(one.service)
