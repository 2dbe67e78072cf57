"""Official lists in the service: which are asked for, when, and what the matcher then knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.client import Client
from monitor.pipeline.lists import refresh_lists, subscriptions
from monitor.watchlists.read import read_paths
from monitor.watchlists.refresh import Outcome
from tests.watchlists.ofac import alias, firms, text
from tests.watchlists.publisher import Publisher

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher({"SDN.CSV": text(*firms(30)), "ALT.CSV": text(alias(1000, "NORTHGATE SHIPPING"))})
    yield made
    made.close()


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(user_agent="lists-test/1", timeout=10.0, max_bytes=1_000, allow_private=True)
    yield made
    made.close()


def write(directory: Path, name: str, body: str) -> None:
    (directory / f"{name}.yaml").write_text(f"watchlist: {name}\n{body}\n")


def test_only_downloaded_lists_are_subscriptions(tmp_path: Path) -> None:
    write(tmp_path, "own", "entities: [{name: Kestrel Holdings}]")
    write(tmp_path, "local", "source: ofac-sdn\nfile: sdn.csv")
    write(tmp_path, "daily", "source: ofac-sdn")
    write(tmp_path, "mirrored", "source: un\nurl: https://mirror.example.org/un.xml\nrefresh: weekly")
    (tmp_path / "broken.yaml").write_text("watchlist: [")
    found = {one.watchlist: one for one in subscriptions([tmp_path], downloads=Path("var/lists"))}
    assert found.keys() == {"daily", "mirrored"}
    assert found["daily"].directory == Path("var/lists/ofac-sdn")
    assert found["mirrored"].directory == Path("var/lists/mirrored")


def test_lists_are_asked_for_when_due_and_once_for_two_files(
    tmp_path: Path, publisher: Publisher, client: Client
) -> None:
    lists, downloads = tmp_path / "lists", tmp_path / "var"
    lists.mkdir()
    write(lists, "firms", f"source: ofac-sdn\nurl: {publisher.url}\ninclude: {{ids: ['1000']}}")

    def pass_at(moment: datetime) -> list[Outcome]:
        return [done.outcome for done in refresh_lists([lists], client, now=moment, downloads=downloads)]

    (before,) = read_paths([lists], downloads=downloads)
    assert (before.entities, len(before.problems)) == ((), 1)
    assert pass_at(NOW) == [Outcome.UPDATED]
    assert pass_at(NOW + timedelta(hours=23)) == []
    assert pass_at(NOW + timedelta(hours=24)) == [Outcome.UNCHANGED]
    (after,) = read_paths([lists], downloads=downloads)
    assert (after.id, [entity.id for entity in after.entities], after.problems) == ("firms", ["1000"], ())

    (one,) = subscriptions([lists], downloads=downloads)
    assert not one.stale(NOW + timedelta(days=3))
    assert one.stale(NOW + timedelta(days=5))
