"""A database moves from one engine to the other and back, row by row the same, trail and numbers included."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.errors import StorageError
from monitor.model.matches import Disposition
from monitor.store import Store, backup
from monitor.store.tables import metadata
from monitor.store.transfer import export_lines, write_export
from tests.postgres import Postgres
from tests.store.support import MINUTE, NOW, Planner, new, nobody, page, poll, source

Rows = dict[str, list[tuple[Any, ...]]]


def fill(store: Store) -> None:
    store.sync_feeds([source("world", tags=("energy",)), source("trade")], NOW)
    article = new("Rosneft ☃ fined \x00", "A court fined Rosneft, «Роснефть».", path="/fined", page=True)
    store.record_poll(poll(article, new("Lukoil sells")), Planner("desk"))
    store.record_poll(poll(feed="trade", error="timed out"), nobody)
    [due] = store.claim_due_pages(NOW + MINUTE, limit=1, per_feed=1, lease=1, owner="me")
    store.record_page(page(due.article_id, "Rosneft fined", "Rosneft, again."), nobody)
    store.set_disposition(1, Disposition.FALSE_POSITIVE, who="ana", reason="намесник", now=NOW, four_eyes=True)
    store.add_silence(now=NOW, ends=NOW + timedelta(days=1), reason="meeting", who="ana", entity="lukoil")
    store.erase("energy", "lukoil", who="ana", reason="request 3", now=NOW)  # the last hit's number is not given again


def rows(store: Store) -> Rows:
    with store.db.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def without_imports(found: Rows) -> Rows:
    """Each import adds one deed to the trail."""
    deeds = {row[0] for row in found["audit"] if row[3] == "import"}
    return found | {
        "audit": [row for row in found["audit"] if row[0] not in deeds],
        "chain": [row for row in found["chain"] if not (row[1] == "deed" and row[2] in deeds)],
    }


def move(store: Store, path: Path, url: str) -> Store:
    write_export(store.db, path, NOW)
    backup.restore(url, path, force=False, who="ana", now=NOW)
    return Store.open(url, now=NOW)


@pytest.fixture
def there(tmp_path: Path, server: Postgres) -> Callable[[bool], str]:
    return lambda sqlite: f"sqlite:///{tmp_path}/there.db" if sqlite else server.database()


def test_to_the_other_engine_and_back(store: Store, tmp_path: Path, there: Callable[[bool], str]) -> None:
    fill(store)
    before, head = rows(store), str(store.head())
    assert len(before["hits"]) == 1
    assert all(before[name] for name in ("feeds", "articles", "pages", "polls", "alerts", "silences", "chain"))
    other = move(store, tmp_path / "a.jsonl.gz", there(not store.db.sqlite))
    assert other.db.sqlite != store.db.sqlite
    assert without_imports(rows(other)) == before
    assert other.verify(noted=head).problems == ()
    back = move(other, tmp_path / "b.jsonl.gz", f"sqlite:///{tmp_path}/back.db" if store.db.sqlite else there(False))
    assert without_imports(rows(back)) == before
    verified = back.verify(noted=head)
    assert (verified.problems, verified.head.number - (verified.noted or 0)) == ((), 2)
    found = back.record_poll(poll(new("Lukoil buys"), at=NOW + MINUTE), nobody)
    assert found.hits == (3,), "new rows are numbered on, and no number stands for another hit"
    assert back.history(3) == []
    other.close()
    back.close()


def test_what_it_refuses(store: Store, tmp_path: Path, url: str) -> None:
    fill(store)
    whole = list(export_lines(store.db, NOW))
    store.close()
    before = Store.open(url, now=NOW)
    state = rows(before)
    before.close()

    def refused(lines: list[bytes], *, force: bool = True, said: str) -> None:
        path = tmp_path / "broken.jsonl"
        path.write_bytes(b"".join(lines))
        with pytest.raises(StorageError, match=said):
            backup.restore(url, path, force=force, who="ana", now=NOW)

    refused(whole, force=False, said="already holds data; .*--force")
    refused(whole[:-1], said="its end is missing; nothing was changed")
    refused(whole[:5] + whole[6:], said="not whole, or was changed since|nothing was changed")
    refused([whole[0].replace(b'"schema":"', b'"schema":"9'), *whole[1:]], said="was made by schema 9")
    refused([b'{"id": 1}\n', *whole[1:]], said="line 1: this is no export")
    refused([whole[0], b"[1, 2\n"], said="line 2: not JSON")
    refused([whole[0], b'{"table": "users", "columns": []}\n'], said="line 2: unknown table")
    refused([*whole, b"more\n"], said="not whole")
    number = next(n for n, line in enumerate(whole) if b"request 3" in line)
    refused(
        [*whole[:number], whole[number].replace(b"request 3", b"request 4"), *whole[number + 1 :]], said="not whole"
    )
    after = Store.open(url, now=NOW)
    assert rows(after) == state
    after.close()


def test_a_trail_that_was_tampered_with_is_not_imported(store: Store, tmp_path: Path, url: str) -> None:
    fill(store)
    with store.db.write() as connection:
        deeds = metadata.tables["audit"]
        connection.execute(deeds.update().where(deeds.c.what == "erase").values(who="eve"))
    path = tmp_path / "tampered.jsonl.gz"
    write_export(store.db, path, NOW)
    store.close()
    with pytest.raises(StorageError, match="was changed after it was written; nothing was changed"):
        backup.restore(url, path, force=True, who="ana", now=NOW)


def test_an_export_is_lines_of_json(store: Store, tmp_path: Path) -> None:
    fill(store)
    write_export(store.db, tmp_path / "e.gz", NOW)
    assert [path.name for path in tmp_path.glob("e.gz*")] == ["e.gz"]
    with gzip.open(tmp_path / "e.gz") as file:
        lines = [json.loads(line) for line in file]
    assert lines[0]["monitor"] == "export"
    assert lines[-1]["end"]["hits"] == 1
    assert lines[-1]["numbers"] == {"hits": 2}
