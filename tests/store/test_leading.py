"""Of several daemons on one PostgreSQL one leads."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from monitor.errors import StorageError
from monitor.store import Database, Lead
from tests.postgres import Postgres


@pytest.fixture
def url(server: Postgres) -> str:
    return server.database()


@pytest.fixture
def leads(url: str) -> Iterator[tuple[Lead, Lead]]:
    databases = (Database(url), Database(url))
    one, two = (Lead(db) for db in databases)
    yield one, two
    for lead in (one, two):
        lead.give_up()
    for db in databases:
        db.close()


def test_the_first_leads_until_it_gives_up(leads: tuple[Lead, Lead]) -> None:
    one, two = leads
    assert [one.held(), two.held(), one.held(), two.held()] == [True, False, True, False]
    assert two.holder() == one.holder()
    assert one.holder().endswith(f":{os.getpid()}")
    one.give_up()
    assert two.held()
    assert not one.held()


def test_monitors_in_other_schemas_have_leaders_of_their_own(leads: tuple[Lead, Lead], server: Postgres) -> None:
    assert leads[0].held()
    other = Database(server.database())
    third = Lead(other)
    assert third.held()
    third.give_up()
    other.close()


def test_a_leader_whose_connection_is_cut_is_followed_and_notices(
    leads: tuple[Lead, Lead], url: str, server: Postgres
) -> None:
    one, two = leads
    assert one.held()
    assert not two.held()
    with psycopg.connect(host=str(server.directory), user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted"
        )
    end = time.monotonic() + 30
    while not two.held():  # the server lets the lock go when the process that it ends is gone
        assert time.monotonic() < end
        time.sleep(0.02)
    with pytest.raises(StorageError, match="database postgresql"):
        one.held()
    assert not one.held()


def test_on_sqlite_everybody_leads(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/monitor.db")
    one, two = Lead(db), Lead(db)
    assert one.held()
    assert two.held()
    assert one.holder() == ""
    one.give_up()
    db.close()
