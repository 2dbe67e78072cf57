"""`monitor run` while its database is gone or its disk full: it says so, waits, and goes on by itself."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.store import Store
from tests.newsroom import Item, Newspaper, write_settings
from tests.postgres import postgres
from tests.test_daemon import Running, paper, start  # noqa: F401 - fixtures

WAIT = 200.0
"""Seconds; on an idle machine each takes a few."""

LONG = " ".join(f"Line {n} of what the harbour master wrote down." for n in range(3000))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 12 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def settings(directory: Path, paper: Newspaper, storage: str) -> None:  # noqa: F811
    paper.feeds["world"] = [Item("Rosneft fined", "Rosneft was fined by a court.", "", "first")]
    write_settings(directory, paper, storage=storage)


def fill(path: Path) -> None:
    """Until the last byte of its disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017 - how it ends, whenever it does


def titles(storage: str) -> list[str]:
    """Of the articles that have hits."""
    store = Store.open(storage, now=datetime.now(UTC))
    try:
        return [record.article.title for record in store.hits()]
    finally:
        store.close()


def publish(paper: Newspaper, title: str, *, more: str = "") -> None:  # noqa: F811
    paper.feeds["world"] = [Item(title, f"Lukoil said so. {more}", "", title), *paper.feeds["world"]]


def goes_on(run: Running, storage: str, paper: Newspaper, missed: str) -> None:  # noqa: F811
    publish(paper, "Lukoil ships again")
    run.said("in “Lukoil ships again”", within=WAIT)
    run.said(f"in “{missed}”", within=WAIT)
    assert sorted(titles(storage)) == sorted(["Rosneft fined", "Lukoil ships again", missed])
    assert not any("Traceback" in line for line in run.lines)
    assert run.stop() in {0, -15, 143}


@pytest.mark.timeout(900)
def test_postgresql_that_is_gone_for_a_while(
    tmp_path: Path,
    paper: Newspaper,  # noqa: F811
    start: Callable[[], Running],  # noqa: F811
) -> None:
    with postgres() as server:
        if server is None:
            pytest.skip("no PostgreSQL binaries run here")
        storage = server.database()
        settings(tmp_path, paper, storage)
        run = start()
        run.said("hit 1: Rosneft", within=WAIT)
        server.crash()
        publish(paper, "Lukoil seeks partner")
        run.said("waiting: database .*check", within=WAIT)
        server.start()
        goes_on(run, storage, paper, "Lukoil seeks partner")


@pytest.mark.timeout(900)
def test_a_disk_that_is_full_for_a_while(
    tmp_path: Path,
    small_disk: Path,
    paper: Newspaper,  # noqa: F811
    start: Callable[[], Running],  # noqa: F811
) -> None:
    storage = f"sqlite:///{small_disk}/monitor.db"
    settings(tmp_path, paper, storage)
    run = start()
    run.said("hit 1: Rosneft", within=WAIT)
    filler = small_disk / "filler"
    fill(filler)
    publish(paper, "Lukoil writes at length", more=LONG)
    run.said("free some space|is it full", within=WAIT)
    filler.unlink()
    goes_on(run, storage, paper, "Lukoil writes at length")
