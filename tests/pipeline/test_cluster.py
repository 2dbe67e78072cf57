"""`monitor run` with workers elsewhere and a daemon that stands by: whoever dies, nothing is lost or doubled."""

from __future__ import annotations

import json
import logging
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

import monitor
from monitor.model.alerts import DeliveryState
from monitor.store import HitQuery, Store
from monitor.store.tables import articles, pages, polls
from tests.cluster import Dask
from tests.newsroom import WATCHLIST
from tests.pipeline.wire import Wire
from tests.postgres import Postgres
from tests.test_daemon import Running, until

pytest.importorskip("distributed")

pytestmark = pytest.mark.timeout(900)

WAIT = 200.0
"""Seconds; on an idle machine each takes a few. Takeover has its own limit."""

GAP = 1.0
"""Seconds between two requests to a host."""

LATE = 0.5
"""Of that, what is left when the first request is that much later on its way than the second: the server sees when they
arrive, not when they were sent. What asks without waiting for its turn leaves nothing."""

ENTITIES = ("lavrov", "rosneft")
"""In every article of the wire: one is named in the feed, the other only on the page."""


def settings(directory: Path, wire: Wire, storage: str, dask: str, **polling: Any) -> None:
    (directory / "watchlists").mkdir(parents=True, exist_ok=True)
    (directory / "watchlists" / "energy.yaml").write_text(WATCHLIST)
    written = {
        "storage": {"url": storage},
        "watchlists": ["watchlists"],
        "feeds": wire.rows(f"{2 * wire.feeds}s"),
        "polling": {"allow_private": True, "min_gap": f"{GAP}s", "timeout": "5s", "concurrency": 32, **polling},
        "alerts": {"burst": 100_000, "cooldown": "0s"},
        "web": {"port": 0},
        "cluster": {"dask": dask},
    }
    (directory / "monitor.yaml").write_text(json.dumps(written))


@pytest.fixture
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    one = Wire(*getattr(request, "param", (4, 2)))
    one.publish()
    yield one
    one.close()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    one = Dask(tmp_path)
    one.scheduler()
    yield one
    one.close()


class Daemons:
    """`monitor run` several times over, each in a directory of its own, as on a host of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.running: dict[str, Running] = {}
        self.lines: list[str] = []  # of those that are gone

    def start(self, name: str) -> Running:
        home = self.directory / name
        (home / "watchlists").mkdir(parents=True, exist_ok=True)
        for file in ("monitor.yaml", "watchlists/energy.yaml"):
            shutil.copy(self.directory / file, home / file)
        self.running[name] = Running(home)
        return self.running[name]

    def leader(self) -> str:
        """Which of them works; "" while nobody does."""
        for name, one in self.running.items():
            said = [line for line in one.lines if line.startswith(("polling ", "taking over", "standing by"))]
            if said and not said[-1].startswith("standing by"):
                return name
        return ""

    def kill(self, name: str) -> None:
        one = self.running.pop(name)
        one.stop(signal.SIGKILL)
        self.lines += one.lines

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)


@pytest.fixture
def daemons(tmp_path: Path) -> Iterator[Daemons]:
    one = Daemons(tmp_path)
    yield one
    one.close()


def answered(run: Running, path: str) -> tuple[int, dict[str, Any]]:
    answer = requests.get(f"{run.url}{path}", timeout=5)
    return answer.status_code, answer.json()


def state(store: Store) -> tuple[int, int]:
    """How many articles are stored, and how many pages are still to be read."""
    with store.db.read() as connection:
        due = select(func.count()).select_from(pages).where(pages.c.due.is_not(None))
        stored = select(func.count()).select_from(articles)
        return connection.execute(stored).scalar_one(), connection.execute(due).scalar_one()


def settle(storage: str, wire: Wire, within: float, context: object = "") -> Store:
    """Wait until everything that was published is stored, read in full and told."""
    store = Store.open(storage, now=datetime.now(UTC))
    wanted = len(wire.titles())

    def done() -> bool:
        waiting = store.deliveries(state=DeliveryState.PENDING)
        return state(store) == (wanted, 0) and not waiting

    until(done, within, context)
    return store


def check_whole(store: Store, wire: Wire) -> None:
    """Every entry was screened, and no hit is there twice, nor was it told twice."""
    titles = wire.titles()
    with store.db.read() as connection:
        stored = Counter(connection.execute(select(articles.c.title)).scalars())
        failed = connection.execute(select(func.count()).select_from(polls).where(polls.c.error != "")).scalar_one()
    assert stored == Counter(titles)
    records = store.hits(HitQuery(limit=1_000_000))
    found = Counter((record.article.title, record.hit.entity.id) for record in records)
    assert found == Counter((title, entity) for title in titles for entity in ENTITIES)
    told = Counter(record.id for d in store.deliveries() for alert in d.alerts for record in alert.hits)
    why = {record.id: store.verdicts(record.id) for record in records if record.id not in told}
    assert told == Counter(record.id for record in records), why
    assert store.integrity() == []
    assert failed == 0, "a worker's death was held against a feed"


def check_manners(wire: Wire) -> None:
    """By what the hosts saw themselves: one request at a time, the gap between two."""
    for host in {request.host for request in wire.requests}:
        ours = [request for request in wire.requests if request.host == host]
        assert max(request.at_once for request in ours) == 1, f"{host} was asked by two at once"
        for before, after in pairwise(ours):
            assert after.arrived - before.arrived >= GAP * LATE, (before, after)
        for first, last in zip(ours, ours[20:], strict=False):  # in the long run arrival is as good as sending
            assert last.arrived - first.arrived >= 20 * GAP - 2 * LATE, (first, last)


def test_workers_do_the_fieldwork_and_the_daemon_writes(
    tmp_path: Path, wire: Wire, dask: Dask, daemons: Daemons
) -> None:
    dask.worker("one", threads=8)
    dask.worker("two", threads=8)
    storage = f"sqlite:///{tmp_path}/monitor.db"
    settings(tmp_path, wire, storage, dask.address)
    run = daemons.start("a")
    run.said("cluster: worker .* works for us", within=WAIT)
    store = settle(storage, wire, WAIT, run.lines)
    assert answered(run, "/readyz") == (200, {"ready": True, "reasons": []})
    (run.directory / "watchlists" / "energy.yaml").write_text(WATCHLIST + "  - {id: nw, name: Northgate Marine}\n")
    run.said("watchlists changed: now 4 entities", within=WAIT)
    dask.kill("scheduler")
    run.said("cluster: the Dask scheduler .* is not there", within=WAIT)
    until(lambda: answered(run, "/readyz")[0] == 503, WAIT, run.lines)
    wire.publish()
    dask.scheduler()
    run.said("cluster: the Dask scheduler .* is there again", within=WAIT)
    for name in ("one", "two"):  # Dask's workers end with their scheduler; what supervises them starts them again
        dask.running[name].wait(timeout=WAIT)
        dask.worker(name, threads=8)
    settle(storage, wire, WAIT, run.lines).close()
    check_whole(store, wire)
    check_manners(wire)
    store.close()
    assert run.stop() in (0, 143)
    assert "Traceback" not in "\n".join(run.lines)


def test_what_dask_says_of_a_lost_worker_is_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    import monitor.pipeline.cluster  # noqa: F401 - it says what is not told

    loop = logging.getLogger("tornado.application")
    for lost in (FutureCancelledError("work", "unknown"), CommClosedError("the scheduler is away"), KeyError("else")):
        loop.error("Exception in callback", exc_info=(type(lost), lost, None))
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [KeyError]


def test_a_worker_of_another_version_is_refused(tmp_path: Path, wire: Wire, dask: Dask, daemons: Daemons) -> None:
    other = tmp_path / "other"
    shutil.copytree(Path(monitor.__file__).parent, other / "monitor", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "monitor" / "links.py").open("a") as file:
        file.write("\n# another release\n")
    dask.worker("other", environ={"PYTHONPATH": str(other)})
    settings(tmp_path, wire, f"sqlite:///{tmp_path}/monitor.db", dask.address)
    run = daemons.start("a")
    said = run.said("is refused", within=WAIT)
    assert "install the same version of sanctions-watchlist-monitor on both" in said
    status, ready = answered(run, "/readyz")
    assert status == 503
    assert any("is refused: it runs" in reason for reason in ready["reasons"])
    assert wire.requests == []
    dask.worker("same", threads=4)
    run.said("works for us", within=WAIT)
    settle(f"sqlite:///{tmp_path}/monitor.db", wire, WAIT, run.lines).close()


def test_a_second_daemon_stands_by_and_takes_over(
    tmp_path: Path, wire: Wire, server: Postgres, daemons: Daemons
) -> None:
    storage = server.database()
    settings(tmp_path, wire, storage, "")
    first = daemons.start("a")
    first.said("polling 8 feeds", within=WAIT)
    second = daemons.start("b")
    pid = first.process.pid
    second.said(rf"standing by: .*:{pid} leads", within=WAIT)
    assert answered(first, "/healthz") == (200, {"status": "ok"})
    assert answered(second, "/healthz") == (200, {"status": "standing by"})
    status, ready = answered(second, "/readyz")
    assert status == 503
    assert f":{pid} leads" in ready["reasons"][0]
    wire.publish()
    killed = time.monotonic()
    daemons.kill("a")
    second.said("taking over", within=30)
    assert time.monotonic() - killed < 30
    store = settle(storage, wire, WAIT, second.lines)
    assert answered(second, "/readyz") == (200, {"ready": True, "reasons": []})
    check_whole(store, wire)
    store.close()


def soak(tmp_path: Path, storage: str, wire: Wire, dask: Dask, daemons: Daemons, *, seconds: float, seed: int) -> None:
    """Two daemons and three workers, one of the five killed every 20 s, and started again a second later."""
    rng = random.Random(seed)
    settings(tmp_path, wire, storage, dask.address)
    workers = ["one", "two", "three"]
    for name in workers:
        dask.worker(name, threads=8)
    daemons.start("a").said("polling", within=WAIT)
    daemons.start("b").said("standing by", within=WAIT)
    stop = threading.Event()
    publishing = threading.Thread(target=lambda: [wire.publish() for _ in iter(lambda: stop.wait(8.0), True)])
    publishing.start()
    killed: list[str] = []
    try:
        for _ in range(int(seconds // 20)):
            time.sleep(19)
            # the leader every third time, in between anybody: chance alone might leave it in peace
            victim = daemons.leader() if len(killed) % 3 == 1 else rng.choice([*workers, "a", "b"])
            killed.append(victim)
            kill, again = (dask.kill, _worker(dask)) if victim in workers else (daemons.kill, daemons.start)
            kill(victim)
            time.sleep(1)
            again(victim)
    finally:
        stop.set()
        publishing.join()
    lines = [line for one in daemons.running.values() for line in one.lines[-30:]]
    store = settle(storage, wire, WAIT, lines)
    check_whole(store, wire)
    check_manners(wire)
    store.close()
    assert set(killed) & {"a", "b"}
    said = [*daemons.lines, *lines]
    broken = [at for at, line in enumerate(said) if "Traceback" in line]
    assert not broken, "\n".join(said[max(0, broken[0] - 5) : broken[0] + 30])


def _worker(dask: Dask) -> Callable[[str], object]:
    return lambda name: dask.worker(name, threads=8)


def test_one_of_five_killed_every_20_seconds(
    tmp_path: Path, server: Postgres, wire: Wire, dask: Dask, daemons: Daemons
) -> None:
    soak(tmp_path, server.database(), wire, dask, daemons, seconds=60, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("wire", [(10, 4)], indirect=True)
def test_one_of_five_killed_every_20_seconds_for_ten_minutes(
    tmp_path: Path, server: Postgres, wire: Wire, dask: Dask, daemons: Daemons
) -> None:
    soak(tmp_path, server.database(), wire, dask, daemons, seconds=600, seed=2)
