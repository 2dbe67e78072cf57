"""The audit trail on both engines: what is added, what tampering shows, that it never forks."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from monitor.model.audit import Kind
from monitor.model.decisions import Decision, Step
from monitor.model.matches import Disposition
from monitor.store import Outcome, Store, migrate
from monitor.store.engine import Database
from monitor.store.tables import audit, chain, dispositions, hits
from tests.store.support import MINUTE, NOW, Planner, new, poll, source


@pytest.fixture
def store(store: Store) -> Store:
    """A morning with two hits, decisions and deeds."""
    store.sync_feeds([source("world")], NOW)
    store.record_poll(poll(new("Rosneft in court"), new("Lukoil sells it")), Planner("desk"))
    store.note(who="dana", what="login", about="127.0.0.1", now=NOW)
    store.set_disposition(1, Disposition.ESCALATED, who="dana", reason="ask \x00 legal \ud800", now=NOW)
    store.set_disposition(1, Disposition.FALSE_POSITIVE, who="omar", reason="a namesake", now=NOW + MINUTE)
    store.add_silence(now=NOW, ends=NOW + timedelta(days=1), reason="annual meeting", who="dana", entity="rosneft")
    store.end_silence(1, NOW + MINUTE, who="omar")
    store.retry_delivery(1, NOW, who="omar")
    return store


def tamper(store: Store, statement: Any) -> tuple[str, ...]:
    with store.db.write() as connection:
        assert connection.execute(statement).rowcount
    return store.verify().problems


def test_every_change_of_state_is_a_record(store: Store) -> None:
    said = [
        (one.number, one.kind, (one.content or {}).get("what"), (one.content or {})["who"]) for one in store.trail()
    ]
    assert said == [
        (1, Kind.DEED, "login", "dana"),
        (2, Kind.DECISION, None, "dana"),
        (3, Kind.DECISION, None, "omar"),
        (4, Kind.DEED, "silence", "dana"),
        (5, Kind.DEED, "silence ended", "omar"),
        (6, Kind.DEED, "retry", "omar"),
    ]
    verified = store.verify(noted=str(store.head()))
    assert (verified.problems, verified.head.number, verified.noted) == ((), 6, 6)
    assert [one.number for one in store.last_records(2)] == [6, 5]


def test_tampering_shows(store: Store) -> None:
    changed = update(dispositions).where(dispositions.c.id == 2).values(reason="a mistake")
    assert tamper(store, changed) == ("the content of record 3 (decision 2) was changed after it was written",)


def test_a_time_that_was_changed_shows(store: Store) -> None:
    changed = update(audit).where(audit.c.id == 1).values(at=NOW - timedelta(days=1))
    assert tamper(store, changed) == ("the content of record 1 (deed 1) was changed after it was written",)


def test_deleted_rows_show(store: Store) -> None:
    assert tamper(store, delete(dispositions).where(dispositions.c.id == 1)) == (
        "the content of record 2 (decision 1) was deleted",
    )
    gone = tamper(store, delete(chain).where(chain.c.number == 2))
    assert gone[0] == "records 2 to 2 are missing"


def test_rows_that_changed_places_show(store: Store) -> None:
    with store.db.write() as connection:
        for old, new_number in ((4, 99), (5, 4), (99, 5)):
            connection.execute(update(chain).where(chain.c.number == old).values(number=new_number))
    assert "record 4 (deed 3) was changed, added or moved" in store.verify().problems[0]


def test_a_row_that_was_slipped_in_shows(store: Store) -> None:
    slipped = audit.insert().values(at=NOW, who="eve", what="login", about="", details="", salt="00")
    assert tamper(store, slipped) == ("deed 5 stands in no chain: it was not added by this program",)


def test_a_hit_that_is_not_what_was_decided_shows(store: Store) -> None:
    changed = update(hits).where(hits.c.id == 2).values(disposition="false_positive")
    assert tamper(store, changed) == ("hit 2 is false_positive, but its history says open",)
    changed = update(hits).where(hits.c.id == 1).values(disposition="open")
    assert tamper(store, changed)[0] == "hit 1 is open, but its history says false_positive"


def test_a_trail_that_was_cut_off_shows_by_a_head_noted_before(store: Store) -> None:
    noted = str(store.head())
    with store.db.write() as connection:
        connection.execute(delete(chain).where(chain.c.number == 6))
        connection.execute(delete(audit).where(audit.c.what == "retry"))
    assert store.verify().problems == ()
    [problem] = store.verify(noted=noted).problems
    assert problem.startswith("no record has the link")


WRITER = """
import sys
from datetime import datetime, UTC
from monitor.model.matches import Disposition
from monitor.store import Store
url, me = sys.argv[1:]
now = datetime(2026, 3, 2, 10, tzinfo=UTC)
store = Store.open(url, now=now)
print("ready", flush=True)
sys.stdin.readline()
for n in range(12):
    store.note(who=me, what="login", about=str(n), now=now)
    store.decide({1: store.hit(1).disposition, 2: store.hit(2).disposition},
        [Disposition.OPEN, Disposition.TRUE_MATCH, Disposition.ESCALATED][n % 3], who=me, reason=str(n), now=now)
store.close()
"""


def test_processes_that_write_at_once_never_fork_the_chain(store: Store, url: str) -> None:
    before = store.head().number
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, f"p{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for n in range(3)
    ]
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline() == b"ready\n"
    for one in writers:
        assert one.stdin is not None
        one.stdin.write(b"go\n")
        one.stdin.flush()
    for one in writers:
        one.communicate(timeout=120)
        assert one.returncode == 0
    verified = store.verify()
    assert verified.problems == ()
    records = list(store.trail())
    assert len(records) == verified.head.number
    logins = [r.content["who"] for r in records[before:] if r.content and r.content.get("what") == "login"]
    assert sorted(logins) == sorted(f"p{n}" for n in range(3) for _ in range(12))
    assert len(set(logins[:18])) > 1, "they did write at the same time"


def test_four_eyes(store: Store) -> None:
    by = {"reason": "a namesake", "four_eyes": True}
    assert store.set_disposition(2, Disposition.FALSE_POSITIVE, who="ana", now=NOW, **by)
    record = store.hit(2)
    assert record is not None
    assert record.proposed is not None
    assert (record.disposition, record.proposed.who) == (Disposition.OPEN, "ana")
    again = store.decide({2: Disposition.OPEN}, Disposition.FALSE_POSITIVE, who="ana", now=NOW + MINUTE, **by)
    assert again == {2: Outcome.PROPOSED}
    assert store.decide({2: Disposition.OPEN}, Disposition.FALSE_POSITIVE, who="ben", now=NOW + 2 * MINUTE, **by) == {
        2: Outcome.DECIDED
    }
    record = store.hit(2)
    assert record is not None
    assert (record.disposition, record.proposed) == (Disposition.FALSE_POSITIVE, None)
    assert [(one.who, one.step) for one in store.history(2)] == [
        ("ana", Step.PROPOSED),
        ("ana", Step.PROPOSED),
        ("ben", Step.CONFIRMED),
    ]
    assert store.verify().problems == ()
    assert [deed.what for deed in store.deeds(limit=1)] == ["false_positive confirmed"]


def test_another_decision_takes_a_proposal_back(store: Store) -> None:
    store.set_disposition(2, Disposition.FALSE_POSITIVE, who="ana", now=NOW, four_eyes=True)
    store.set_disposition(2, Disposition.ESCALATED, who="ana", now=NOW, four_eyes=True)
    record = store.hit(2)
    assert record is not None
    assert (record.disposition, record.proposed) == (Disposition.ESCALATED, None)
    store.set_disposition(2, Disposition.FALSE_POSITIVE, who="ben", now=NOW, four_eyes=True)
    record = store.hit(2)
    assert record is not None
    assert record.disposition is Disposition.ESCALATED, "what was taken back counts for nobody"


def test_what_was_decided_before_the_upgrade_is_taken_into_the_chain(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_first(url, monkeypatch)
    db = Database(url)
    later = NOW + timedelta(seconds=1.5)
    at = NOW.replace(tzinfo=None).isoformat(" ", "microseconds") if db.sqlite else NOW
    with db.write() as connection:
        for statement, values in OLD_ROWS:
            connection.execute(text(statement), values | {"at": at})
        shift = update(dispositions).where(dispositions.c.id == 1).values(at=later)
        connection.execute(shift)
    db.close()
    monkeypatch.undo()
    upgraded = Store.open(url, now=NOW)
    assert upgraded.verify().problems == ()
    assert [(one.kind, one.row) for one in upgraded.trail()] == [(Kind.DEED, 1), (Kind.DECISION, 2), (Kind.DECISION, 1)]
    assert upgraded.history(7) == [
        Decision(later, "dana", Disposition.OPEN, Disposition.ESCALATED, "ask legal"),
        Decision(NOW, "omar", Disposition.ESCALATED, Disposition.OPEN, "юрист сказал нет"),
    ]
    upgraded.note(who="dana", what="login", now=NOW)
    assert upgraded.verify().problems == ()
    changed = update(dispositions).where(dispositions.c.id == 1).values(who="eve")
    assert tamper(upgraded, changed) == ("the content of record 3 (decision 1) was changed after it was written",)
    with upgraded.db.read() as connection:
        assert connection.execute(select(chain.c.number).order_by(chain.c.number)).scalars().all() == [1, 2, 3, 4]
    upgraded.close()


def at_first(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database as the first release made it, empty."""
    monkeypatch.setattr(migrate, "revisions", lambda: ("0001",))
    db = Database(url)
    migrate.upgrade(db)
    db.close()


OLD_ROWS: list[tuple[str, dict[str, Any]]] = [
    (
        "INSERT INTO feeds (id, position, url, title, full_text, tags, lang, enabled, changed, own_title, etag,"
        " last_modified, moved_to, moved_polls, moved, gone, failures, last_error, entries, polls, failed_polls,"
        " next_poll) VALUES ('world', 0, 'https://world.example/', '', true, '[]', '', true, :at, '', '', '', '', 0,"
        " false, false, 0, '', 0, 0, 0, :at)",
        {},
    ),
    ("INSERT INTO stories (id, first_seen) VALUES (1, :at)", {}),
    (
        "INSERT INTO articles (id, feed_id, story_id, url, title, published_raw, first_seen, lang, digest, version)"
        " VALUES (1, 'world', 1, '', 'Rosneft in court', '', :at, '', '', 1)",
        {},
    ),
    (
        "INSERT INTO list_sets (id, digest, matcher_version, versions) VALUES (1, :digest, 'm1', '[]')",
        {"digest": b"d"},
    ),
    (
        "INSERT INTO article_versions (id, article_id, number, source, created, digest, title, length, lang,"
        " list_set_id) VALUES (1, 1, 1, 'feed', :at, :digest, 'Rosneft in court', 0, '', 1)",
        {"digest": b"d"},
    ),
    (
        "INSERT INTO hits (id, article_id, watchlist, entity_id, subject, feed_id, lang, score, severity, disposition,"
        " found_at, version_id, list_version, matcher_version, words, evidence) VALUES (7, 1, 'energy', 'rosneft',"
        " 'energy/rosneft', 'world', '', 95, 'high', 'open', :at, 1, 'v1', 'm1', '', :evidence)",
        {"evidence": b""},
    ),
    (
        "INSERT INTO dispositions (hit_id, at, who, was, became, reason)"
        " VALUES (7, :at, 'dana', 'open', 'escalated', 'ask legal')",
        {},
    ),
    (
        "INSERT INTO dispositions (hit_id, at, who, was, became, reason)"
        " VALUES (7, :at, 'omar', 'escalated', 'open', 'юрист сказал нет')",
        {},
    ),
    ("INSERT INTO audit (at, who, what, about) VALUES (:at, 'dana', 'login', '127.0.0.1')", {}),
]
