"""A served desk for each test, and one Chromium for all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from monitor.store import Store
from monitor.web.app import create_app
from monitor.web.server import Server
from tests.web.support import NOW, Desk, fill, matcher

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def reasons() -> list[str]:
    """Why the service is not ready: a test adds to it."""
    return []


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a morning, made once and copied for each test."""
    path = tmp_path_factory.mktemp("morning") / "monitor.db"
    store = Store.open(f"sqlite:///{path}", now=NOW)
    fill(store)
    store.close()  # the last connection takes the write-ahead log in
    return path


@pytest.fixture
def desk(filled: Path, tmp_path: Path, reasons: list[str]) -> Iterator[Desk]:
    """The morning's hits, served."""
    shutil.copy(filled, tmp_path / "monitor.db")
    with served(tmp_path / "monitor.db", reasons) as desk:
        yield desk


@pytest.fixture
def empty(tmp_path: Path, reasons: list[str]) -> Iterator[Desk]:
    """Nothing polled so far, served."""
    with served(tmp_path / "monitor.db", reasons) as desk:
        yield desk


@contextmanager
def served(path: Path, reasons: list[str], **more: Any) -> Iterator[Desk]:
    store = Store.open(f"sqlite:///{path}", now=NOW)
    app = create_app(
        store,
        base_url="https://watch.example.org",
        hosts=["127.0.0.1", "localhost", "[::1]"],
        ready=lambda: reasons,
        **({"clock": lambda: NOW, "matcher": matcher} | more),
    )
    server = Server(app, "127.0.0.1", 0)
    server.start()
    yield Desk(server.port, store)
    server.stop()
    store.close()


@pytest.fixture(scope="module")  # not longer: what happens to one Chromium is no other file's trouble
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing: install the package chromium")
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
