"""Databases as released versions wrote them, kept as JSON: table → rows. Bytes are hex, times ISO 8601.

python -m tests.store.released     writes fixtures/vNNNN.json with the program as it is; done once for each release
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, Connection, DateTime, LargeBinary, MetaData, Table, text

from monitor.model.alerts import AlertHistory, Dead, Sent, Trouble, Turn, Untold
from monitor.model.listchanges import ListChange
from monitor.model.matches import Disposition, HitRecord
from monitor.model.watchlists import Severity
from monitor.store import Store, Taken
from monitor.store.engine import Database
from monitor.store.migrate import MIGRATIONS
from tests.store.support import MINUTE, NOW, Planner, new, page, poll, source

FIXTURES = Path(__file__).parent / "fixtures"


def live(store: Store) -> None:
    """Some days in the life of an installation, so that every table has rows."""
    store.sync_feeds([source("world"), source("trade", tags=("oil",), interval=600.0)], NOW)
    taken = {"energy": Taken("v1", {"rosneft": (("Rosneft PJSC", "Роснефть"), ("RUSSIA-EO14024",))})}
    change = ListChange("energy", "rosneft", "Rosneft PJSC", "changed", NOW, names_added=("Роснефть",))
    store.take_lists(taken, [change], {("energy", "rosneft"): ("Роснефть",)}, since=NOW - timedelta(days=90), now=NOW)
    planner = Planner("desk-mail", "desk-slack", recipients=("ana@example.org", "ben@example.org"))
    long = "Customs officials said on Monday that the cargo of Rosneft had been held at the port for eleven days. " * 3
    store.record_poll(
        poll(
            new("Rosneft cargo held in port", long, path="/cargo", page=True),
            new("Лукойл и Роснефть поспорили о цене", "Суд отложил дело. Rosneft и Lukoil не ответили.", path="/суд"),
            new("A prize for the harbour \x00", "Nobody was surprised. \ud800", path="/prize"),
        ),
        planner,
    )
    store.record_poll(poll(new("Rosneft cargo held in port", long, path="/cargo"), feed="trade"), planner)
    store.record_poll(poll(at=NOW + 15 * MINUTE, error="503 Service Unavailable", status=503), planner)
    store.record_poll(poll(at=NOW + 30 * MINUTE, unchanged=True, status=304), planner)
    for due in store.claim_due_pages(NOW + MINUTE, limit=9, per_feed=9, lease=60, owner="me"):
        whole = page(due.article_id, due.entry_title, f"{due.entry_text}\n\nLukoil was not named.", lang="en")
        store.record_page(whole, planner)
    first, second, *_ = sorted(record.id for record in store.hits())
    store.set_disposition(first, Disposition.ESCALATED, who="ana", reason="asked legal", now=NOW + MINUTE)
    store.set_disposition(first, Disposition.TRUE_MATCH, who="ben", reason="the firm itself", now=NOW + 2 * MINUTE)
    store.set_disposition(second, Disposition.FALSE_POSITIVE, who="ana", reason="a stadium", now=NOW + MINUTE)
    channels = ("desk-mail", "desk-slack")
    for number, one in enumerate(
        store.claim_due_deliveries(NOW + MINUTE, lease=60, owner="me", limit=99, channels=channels)
    ):
        result = Dead("550 no such user") if number == 0 else Sent(f"1700000000.{number}")
        store.record_delivery(one.id, result, now=NOW + MINUTE, next_attempt=None)
    store.note(who="ana", what="login", now=NOW)
    week = NOW + timedelta(days=7)
    store.add_silence(now=NOW, ends=week, reason="annual meeting", who="ana", watchlist="energy", entity="lukoil")
    trouble = Trouble("feed world", "world fails since an hour", NOW, Severity.HIGH, feed="world")
    store.turn_troubles(lambda _standing: Turn(began=(trouble,)), NOW)
    store.record_poll(poll(new("Lukoil holds its annual meeting", path="/meeting"), at=NOW + 45 * MINUTE), unheard)


def unheard(records: Sequence[HitRecord], _history: AlertHistory) -> list[Untold]:
    return [Untold(record.id, "", "silence 1: annual meeting") for record in records]


def dump(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows, in the order of their keys."""
    kept: dict[str, list[dict[str, Any]]] = {}
    with database.read() as connection:
        for table in _tables(connection):
            rows = connection.execute(table.select().order_by(*table.primary_key)).mappings()
            kept[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return kept


def load(url: str, version: str) -> dict[str, list[dict[str, Any]]]:
    """A database of that released version, filled; returns what was put in."""
    rows: dict[str, list[dict[str, Any]]] = json.loads((FIXTURES / f"v{version}.json").read_text(encoding="utf-8"))
    database = Database(url)
    engine = database.bare_engine()
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for table in _tables(connection):
            if rows.get(table.name):
                connection.execute(table.insert(), [_typed(table, row) for row in rows[table.name]])
            if not database.sqlite and "id" in table.c and table.c.id.autoincrement and table.c.id.server_default:
                last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                connection.execute(text(f"{last} HAVING max(id) IS NOT NULL"))
    engine.dispose()
    database.close()
    return rows


def _tables(connection: Connection) -> list[Table]:
    """As the database has them, those first that others refer to; without Alembic's own."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in row.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Boolean):
        return bool(value)
    return bytes.fromhex(value) if isinstance(kind, LargeBinary) else value


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        store = Store.open(f"sqlite:///{directory}/monitor.db", now=NOW)
        live(store)
        kept = dump(store.db)
        path = FIXTURES / f"v{store.schema_version()}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        empty = [name for name, rows in kept.items() if not rows]
        sys.stdout.write(f"{path}: {sum(map(len, kept.values()))} rows; empty: {', '.join(empty) or 'none'}\n")
        store.close()
