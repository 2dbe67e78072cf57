"""The record on the command line: the trail, suppressions, holds, erasure, backups."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from monitor.cli.main import main
from monitor.store import Store
from tests.cli.support import Done
from tests.store.support import NOW, Planner, new, poll, source


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with settings, and a morning's hits in its database."""
    (tmp_path / "config").mkdir()
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/energy.yaml").write_text("watchlist: energy\nentities:\n  - {id: rosneft, name: Rosneft PJSC}\n")
    settings = 'storage: {url: "sqlite:///monitor.db"}\nwatchlists: [../lists]\nfeeds: []\n'
    (tmp_path / "config/monitor.yaml").write_text(settings + "decisions: {four_eyes: true}\nweb: {users: users.yaml}\n")
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db", now=NOW)
    store.sync_feeds([source("world")], NOW)
    told = [new("Match at Rosneft Stadium"), new("Rosneft Stadium is full"), new("Rosneft fined")]
    store.record_poll(poll(*told), Planner("terminal"))
    store.close()
    return tmp_path


Run = Callable[..., Done]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`monitor …` there, in this process: a dozen commands take as long as one new process."""

    def command(*arguments: str, expect: int = 0, stdin: str = "") -> Done:
        monkeypatch.chdir(home)
        monkeypatch.setattr(sys, "argv", ["monitor", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert ended.value.code == expect, said.err + said.out
        return Done(expect, said.out, said.err)

    return command


def test_who_did_what_and_that_nobody_changed_it(run: Run, home: Path) -> None:
    said = run("hits", "set", "1", "false_positive", "--reason", "a stadium").out
    assert "stays open; false_positive is proposed by" in said
    assert "(false_positive proposed)" in run("hits", "list").out
    run("web", "user", "add", "dana", stdin="a long password indeed\n")
    run("web", "user", "token", "dana", "--label", "night run")
    noted = run("audit", "head").out.strip()
    assert noted.startswith("3 ")
    run("web", "user", "remove", "dana")
    listed = json.loads(run("audit", "list", "--json").out)
    assert [one["content"].get("what") for one in listed] == ["user removed", "token made", "user added", None]
    assert "password" not in json.dumps(listed)
    assert "→ false_positive proposed" in run("audit", "list", "--hit", "1").out
    said = run("audit", "verify", "--head", noted).out
    assert "4 records, each as it was written" in said
    assert "the head that was noted is record 3; 1 came after it" in said

    lines = [json.loads(line) for line in run("audit", "export").out.splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4]
    assert all(len(line["link"]) == len(line["digest"]) == 64 for line in lines)
    assert run("audit", "export", "--format", "csv").out.startswith("number,at,who,what,about,hit,link")

    with closing(sqlite3.connect(home / "monitor.db")) as connection:
        connection.execute("UPDATE audit SET who = 'nobody' WHERE what = 'user removed'")
        connection.commit()
    failed = run("audit", "verify", expect=1)
    assert "the content of record 4 (deed 3) was changed after it was written" in failed.err
    assert "NOT as they were written" in failed.out
    assert json.loads(run("audit", "verify", "--json", expect=1).out)["whole"] is False
    assert "no record has the link" in run("audit", "verify", "--head", "0" * 64, expect=1).err
    assert "--head: give what" in run("audit", "verify", "--head", "xyz", expect=2).err


def test_a_suppression_from_preview_to_end(run: Run) -> None:
    shown = run("suppress", "preview", "1", "--pattern", "rosneft stadium").out
    assert "Rosneft Stadium is full" in shown
    assert "Rosneft fined" not in shown
    words = ["--pattern", "rosneft stadium", "--for", "90d", "--reason", "a stadium"]
    assert "2 open hits are covered" in run("suppress", "add", "1", *words).out
    assert "open (suppressed)" in run("hits", "list", "--suppressed").out
    assert len(json.loads(run("hits", "list", "--not-suppressed", "--json").out)) == 1
    [one] = json.loads(run("suppress", "list", "--json").out)
    assert (one["entity"], one["name"], one["hits"], one["in_force"]) == ("rosneft", "Rosneft PJSC", 2, True)
    assert "suppression 1 keeps it from people: a stadium" in run("hits", "show", "2").out
    run("suppress", "end", "1", "--reopen")
    assert "nothing is suppressed" in run("suppress", "list").out
    run("hits", "set", "2", "true_match")
    assert "1 of 2 were true matches" in run("suppress", "preview", "1", "--pattern", "stadium", expect=1).err


def test_hold_and_erase(run: Run) -> None:
    run("hold", "add", "energy/rosneft", "--reason", "a lawsuit")
    assert "legal hold 1" in run("erase", "energy/rosneft", expect=2).err
    assert "a lawsuit" in run("hold", "list").out
    run("hold", "end", "1")
    shown = run("erase", "energy/rosneft").out
    assert "would be erased: 3 hits" in shown
    assert "nothing was done" in shown
    assert "say on whose request" in run("erase", "energy/rosneft", "--yes", expect=2).err
    done = json.loads(run("erase", "energy/rosneft", "--yes", "--reason", "request 17", "--json").out)
    assert (done["erased"], done["hits"]) == (True, 3)
    assert "no hits stored" in run("hits", "list").out
    assert "erased as the trail says" in run("audit", "verify").out


def test_backup_restore_export_import(run: Run) -> None:
    run("db", "backup", "b.db")
    run("db", "export", "e.jsonl.gz")
    assert run("db", "export", "-").out.startswith('{"monitor":"export"')
    run("hits", "set", "3", "true_match")
    assert "--force" in run("db", "restore", "b.db", expect=2).err
    assert "is kept as monitor.db.replaced-" in run("db", "restore", "b.db", "--force").out
    assert "rows imported" in run("db", "import", "e.jsonl.gz", "--force").out
    assert json.loads(run("hits", "list", "--json").out)[0]["disposition"] == "open"
    assert "each as it was written" in run("audit", "verify").out
    run("db", "prune")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["suppress", "add", "9", "--for", "1d", "--reason", "x"], "no hit 9"),
        (["suppress", "add", "1", "--for", "1d", "--reason", "x", "--name", "Lukoil"], "is no name of Rosneft PJSC"),
        (["suppress", "add", "1", "--for", "1d", "--reason", "x", "--any-name"], "make a silence"),
        (["suppress", "add", "1", "--reason", "x"], "say how long"),
        (["suppress", "end", "9"], "no suppression 9"),
        (["hold", "add", "rosneft", "--reason", "x"], "write the entity as WATCHLIST/ID"),
        (["hold", "end", "9"], "no hold 9"),
        (["db", "restore", "nowhere"], "No such file"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(run: Run, arguments: list[str], said: str) -> None:
    done = run(*arguments, expect=2)
    assert said in done.err
    assert len(done.err.splitlines()) == 1
