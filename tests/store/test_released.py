"""Databases of earlier versions, brought up to date: nothing is lost, everything is understood, work goes on."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from monitor.errors import StorageError
from monitor.model.alerts import DeliveryState
from monitor.model.matches import Disposition
from monitor.model.settings import Retention
from monitor.reports import build
from monitor.store import Store, migrate
from monitor.store.backup import restore
from monitor.store.engine import Database
from monitor.store.tables import metadata
from tests.store.released import FIXTURES, dump, load
from tests.store.support import MINUTE, NOW, Planner, new, poll

RELEASED = sorted(path.stem[1:] for path in FIXTURES.glob("v*.json"))


@pytest.fixture(params=RELEASED)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_row_is_there_after_the_upgrade(url: str, version: str) -> None:
    before = load(url, version)
    store = Store.open(url, now=NOW)
    with store.db.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    after = dump(store.db)
    for table, rows in before.items():
        assert len(after[table]) == len(rows), table
        for row, now in zip(rows, after[table], strict=True):
            kept = row.keys() & now.keys()
            assert {name: row[name] for name in kept} == {name: now[name] for name in kept}, table
    assert store.integrity() == []
    store.close()


def test_everything_is_understood(url: str, version: str) -> None:
    load(url, version)
    store = Store.open(url, now=NOW)
    records = {record.id: record for record in store.hits()}
    assert {record.hit.entity.id for record in records.values()} == {"rosneft", "lukoil"}
    true = next(record for record in records.values() if record.disposition is Disposition.TRUE_MATCH)
    assert [one.who for one in store.history(true.id)] == ["ana", "ben"]
    assert true.hit.best.snippet.text
    assert store.kept_text(true.id)
    assert {one.state for one in store.deliveries()} >= {DeliveryState.SENT, DeliveryState.DEAD}
    assert {status.source.id: status.source.tags for status in store.feeds()} == {"world": (), "trade": ("oil",)}
    assert [silence.entity for silence in store.silences(NOW)] == ["lukoil"]
    assert [change.names_added for change in store.list_changes()] == [("Роснефть",)]
    assert "rosneft" in store.taken_lists()["energy"].records
    assert [rescreen.articles for rescreen in store.pending_rescreens()] == [0]
    assert [trouble.feed for trouble in store.troubles()] == ["world"]
    assert any(deed.what == "login" for deed in store.deeds())
    day = NOW.replace(hour=0, minute=0)
    report = build(store, day, day + timedelta(days=1), now=NOW + timedelta(days=2), entity="Роснефть")
    assert {finding.record.hit.entity.id for finding in report.findings} == {"rosneft"}
    assert [one.watchlist for one in report.lists] == ["energy", "officials"]
    assert report.texts.articles == 5
    assert {gap.feed for gap in report.gaps} == {"world", "trade"}, "nobody has polled since"
    store.close()


def test_work_goes_on(url: str, version: str) -> None:
    load(url, version)
    store = Store.open(url, now=NOW)
    known = store.hits()
    again = new("Rosneft cargo released", "Customs let the cargo of Rosneft go.", path="/released", page=True)
    recorded = store.record_poll(poll(again, at=NOW + 60 * MINUTE), Planner("desk-mail"))
    assert recorded.entries == 1
    assert len(recorded.hits) == 1
    assert len(store.hits()) == len(known) + 1
    store.set_disposition(recorded.hits[0], Disposition.ESCALATED, who="ana", now=NOW)
    assert store.history(recorded.hits[0])[-1].became is Disposition.ESCALATED
    store.prune(NOW + timedelta(days=100), Retention(articles=86_400.0))
    assert store.integrity() == []
    store.close()


def test_the_way_back_is_kept_before_the_schema_is_changed(tmp_path: Path, version: str) -> None:
    """The copy is the database of the earlier version, and put in its place it is the same again."""
    if version == migrate.revisions()[-1]:
        pytest.skip("this is the schema in use")
    path = tmp_path / "monitor.db"
    before = load(f"sqlite:///{path}", version)
    path.chmod(0o600)
    Store.open(f"sqlite:///{path}", now=NOW).close()
    copy = migrate.kept(path, version)
    assert [one.name for one in tmp_path.glob("*schema*")] == [copy.name]
    assert copy.stat().st_mode & 0o777 == 0o600, "no more open than the database"
    db = Database(f"sqlite:///{copy}")
    with db.read() as connection:
        assert migrate.stored_version(connection) == version
    db.close()
    said = restore(f"sqlite:///{path}", copy, force=True, who="ana", now=NOW)
    assert said
    store = Store.open(f"sqlite:///{path}", now=NOW)
    after = dump(store.db)
    store.close()
    assert {name: len(rows) for name, rows in before.items() if name != "audit"} == {
        name: len(after[name]) for name in before if name != "audit"
    }


def test_without_room_for_the_copy_nothing_is_changed(tmp_path: Path, version: str) -> None:
    if version == migrate.revisions()[-1]:
        pytest.skip("this is the schema in use")
    path = tmp_path / "monitor.db"
    load(f"sqlite:///{path}", version)
    migrate.kept(path, version).with_name(f"{migrate.kept(path, version).name}.{os.getpid()}").write_text("in the way")
    with pytest.raises(StorageError, match="the copy kept before it is brought up to date could not be made"):
        Store.open(f"sqlite:///{path}", now=NOW)
    db = Database(f"sqlite:///{path}")
    with db.read() as connection:
        assert migrate.stored_version(connection) == version
    db.close()
