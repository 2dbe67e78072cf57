"""`monitor run` while its database is gone, its disk full or read-only: it says so, waits, and goes on by itself."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.newsroom import Item, Newspaper, write_settings
from tests.postgres import postgres
from tests.test_daemon import Running, hits, paper, start, until  # noqa: F401 - fixtures

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


def found(directory: Path, title: str) -> bool:
    return title in [hit["article"]["title"] for hit in hits(directory)]


def publish(paper: Newspaper, title: str, *, more: str = "") -> None:  # noqa: F811
    paper.feeds["world"] = [Item(title, f"Lukoil said so. {more}", "", title), *paper.feeds["world"]]


def goes_on(run: Running, directory: Path, paper: Newspaper) -> None:  # noqa: F811
    publish(paper, "Lukoil ships again")
    until(lambda: found(directory, "Lukoil ships again"), WAIT, run.lines[-5:])
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
        settings(tmp_path, paper, server.database())
        run = start()
        run.said("hit 1: Rosneft", within=WAIT)
        server.crash()
        publish(paper, "Lukoil seeks partner")
        run.said("waiting: database .*check", within=WAIT)
        server.start()
        goes_on(run, tmp_path, paper)
        assert found(tmp_path, "Lukoil seeks partner")


@pytest.mark.timeout(900)
def test_a_disk_that_is_full_for_a_while(
    tmp_path: Path,
    small_disk: Path,
    paper: Newspaper,  # noqa: F811
    start: Callable[[], Running],  # noqa: F811
) -> None:
    settings(tmp_path, paper, f"sqlite:///{small_disk}/monitor.db")
    run = start()
    run.said("hit 1: Rosneft", within=WAIT)
    filler = small_disk / "filler"
    fill(filler)
    publish(paper, "Lukoil writes at length", more=LONG)
    run.said("free some space|is it full", within=WAIT)
    filler.unlink()
    goes_on(run, tmp_path, paper)
    assert found(tmp_path, "Lukoil writes at length")


@pytest.mark.timeout(900)
def test_a_disk_that_is_read_only_for_a_while(
    tmp_path: Path,
    small_disk: Path,
    paper: Newspaper,  # noqa: F811
    start: Callable[[], Running],  # noqa: F811
) -> None:
    settings(tmp_path, paper, f"sqlite:///{small_disk}/monitor.db")
    run = start()
    run.said("hit 1: Rosneft", within=WAIT)
    readonly = subprocess.run(["mount", "-o", "remount,ro", small_disk], capture_output=True)
    if readonly.returncode:
        # a file that is open for writing keeps a file system from becoming read-only
        pytest.skip(f"cannot be made read-only here: {readonly.stderr.decode().strip()}")
    publish(paper, "Lukoil seeks partner")
    run.said("read-only|readonly|permissions", within=WAIT)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    goes_on(run, tmp_path, paper)
    assert found(tmp_path, "Lukoil seeks partner")
