"""A day in half an hour (half an hour in half a minute in `make test`): nothing is lost, and nothing grows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Postgres
from tests.soak.day import Day, Sample, grown, leaks, open_files, run

PLACE = "sqlite", "postgresql"


def a_day(directory: Path, storage: str, server: Postgres, *, hours: float, pace: float) -> Day:
    """On either engine, with its connections counted where it keeps them."""
    database = directory / "monitor.db"
    url = server.database() if storage == "postgresql" else f"sqlite:///{database}"

    def on_server(_pid: int) -> int:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'monitor'"
        with psycopg.connect(host=str(server.directory), user="postgres", dbname="postgres") as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    count: Callable[[int], int] = on_server if storage == "postgresql" else lambda pid: open_files(pid, database)
    return run(directory, storage=url, connections=count, hours=hours, pace=pace, seed=20260301)


def told(day: Day) -> None:
    assert day.told == day.written, day.said
    assert day.polls > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("storage", PLACE[:1])
def test_half_an_hour_in_half_a_minute(tmp_path: Path, server: Postgres, storage: str) -> None:
    day = a_day(tmp_path, storage, server, hours=0.5, pace=60.0)
    told(day)
    assert day.written >= 3
    # so short a run only warms up: what it holds is bounded, and whether it grows the whole day tells
    for sample in day.samples:
        assert sample.connections <= 36, "the pool's 35, and one that is being opened"
        assert max(sample.files, sample.threads) <= 90
        assert sample.memory <= 400_000_000


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("storage", PLACE)
def test_a_day_in_half_an_hour(tmp_path: Path, server: Postgres, storage: str) -> None:
    day = a_day(tmp_path, storage, server, hours=24.0, pace=48.0)
    figures = {what: grown(day.samples, what) for what in ("memory", "workers", "files", "threads", "connections")}
    counts = {"written": day.written, "mails": day.mails, "polls": day.polls}
    sys.stdout.write(json.dumps({"storage": storage, **figures, **counts}) + "\n")
    told(day)
    assert day.written > 200
    assert leaks(day.samples, memory=0.05) == []


def test_a_leak_shows() -> None:
    flat = [Sample(n / 10, 100_000_000 + n % 7 * 100_000, 50_000_000, 60, 20, 5) for n in range(240)]
    assert leaks(flat, memory=0.05) == []
    rising = [Sample(one.hour, one.memory + n * 60_000, one.workers, 60, 20, 5) for n, one in enumerate(flat)]
    assert [leak.partition(":")[0] for leak in leaks(rising, memory=0.05)] == ["memory"]
    handles = [Sample(one.hour, one.memory, one.workers, 60 + n // 20, 20, 5 + n // 40) for n, one in enumerate(flat)]
    assert [leak.partition(":")[0] for leak in leaks(handles, memory=0.05)] == ["files", "connections"]
