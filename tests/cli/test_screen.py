"""`monitor screen` as scripts call it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LIST = """\
watchlist: energy
entities:
  - {id: rosneft, type: organization, name: Rosneft PJSC}
  - {id: lavrov, type: person, name: "LAVROV, Sergei Viktorovich"}
"""


def screen(directory: Path, *arguments: str, stdin: bytes = b"", expect: int = 0) -> tuple[list[dict[str, Any]], str]:
    (directory / "energy.yaml").write_text(LIST)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "screen", *arguments],
        cwd=directory,
        input=stdin,
        capture_output=True,
        timeout=60,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    stderr = done.stderr.decode()
    assert "Traceback" not in stderr, stderr
    assert done.returncode == expect, stderr
    return [json.loads(line) for line in done.stdout.splitlines()], stderr


def test_json_lines_in_and_out(tmp_path: Path) -> None:
    rows = [
        {"id": "b", "title": "Rosneft sells stake", "text": "Minister Sergei Lavrov welcomed it.", "lang": "en"},
        {"id": "a", "title": "Calm seas", "text": "Nothing happened."},
        {"id": "c", "title": "", "text": "Shares of Rosneft rose \ud800 again."},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    out, _ = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml")
    assert [(row["article"], row["entity"]) for row in out if row["article"] != "b"] == [("c", "rosneft")]
    assert {row["entity"] for row in out[:2]} == {"rosneft", "lavrov"}
    for row in out:
        assert {"article", "entity", "watchlist", "type", "name", "score", "mentions", "explanation"} <= set(row)
        article = next(given for given in rows if given["id"] == row["article"])
        for mention in row["mentions"]:
            assert article[mention["field"]][mention["start"] : mention["end"]] == mention["surface"]
            assert 0 <= mention["score"] <= 100


def test_bad_lines_are_told_counted_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "Rosneft"}\nnonsense\n{"id": "2", "text": "Rosneft"}\n')
    out, stderr = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml", expect=1)
    assert [row["article"] for row in out] == ["1", "2"]
    assert "in.jsonl:2: not JSON" in stderr
    assert "1 records skipped" in stderr


def test_text_pages_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ship was loaded by Rosneft.")
    paragraphs = "<p>Sergei Lavrov spoke for an hour in the old hall, and then left without taking questions.</p>" * 4
    (tmp_path / "b.html").write_text(
        "<html><head><title>Visit</title></head><body><nav><a href=/>Home</a> <a href=/r>Rosneft</a></nav>"
        f"<article><h1>Visit</h1>{paragraphs}</article></body></html>"
    )
    out, _ = screen(tmp_path, "a.txt", "b.html", "--watchlist", "energy.yaml")
    assert [(row["article"], row["entity"]) for row in out] == [("a.txt", "rosneft"), ("b.html", "lavrov")]
    out, _ = screen(tmp_path, "--watchlist", "energy.yaml", stdin=b"Rosneft again.")
    assert [(row["article"], row["entity"]) for row in out] == [("-", "rosneft")]


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    out, stderr = screen(tmp_path, "no.jsonl", "--watchlist", "energy.yaml", expect=1)
    assert out == []
    assert "no.jsonl" in stderr
    _, stderr = screen(tmp_path, "-", "--watchlist", "no.yaml", expect=2)
    assert stderr.count("\n") == 1
    assert "no.yaml" in stderr


def archive(path: Path, count: int) -> None:
    names = ("Rosneft", "Sergei Lavrov", "nobody in particular")
    rows = ({"id": str(n), "text": f"On day {n} {names[n % 3]} was named in the report."} for n in range(count))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_run_that_was_killed_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    archive(tmp_path / "in.jsonl", 12_000)
    whole, _ = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml", "--jobs", "1")
    command = [
        sys.executable,
        "-m",
        "monitor",
        "screen",
        "in.jsonl",
        "--watchlist",
        "energy.yaml",
        "--output",
        "o.jsonl",
    ]
    process = subprocess.Popen([*command, "--jobs", "2"], cwd=tmp_path, start_new_session=True)
    progress = tmp_path / "o.jsonl.progress"
    until = time.monotonic() + 60
    while not progress.exists():
        assert process.poll() is None, "it ended before its first checkpoint: make the archive larger"
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = json.loads(progress.read_text())["progress"]
    assert 0 < kept["records"] < 12_000
    with (tmp_path / "o.jsonl").open("a") as file:
        file.write('{"half a li')
    screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml", "--output", "o.jsonl", "--resume")
    assert [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()] == whole
    assert not progress.exists()


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    archive(tmp_path / "in.jsonl", 10)
    (tmp_path / "o.jsonl.progress").write_text('{"run": "other", "progress": {}}')
    _, stderr = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml", "--output", "o.jsonl", "--resume", expect=2)
    assert "start anew without --resume" in stderr
    _, stderr = screen(tmp_path, "-", "--watchlist", "energy.yaml", "--resume", expect=2)
    assert "--resume needs --output" in stderr


def test_csv_out_and_bad_records_set_aside(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('id,text\n1,"Rosneft, again"\n,lost\n2,nothing\n')
    arguments = ("in.csv", "--watchlist", "energy.yaml", "--format", "csv", "--output", "o.csv", "--bad", "bad.jsonl")
    screen(tmp_path, *arguments, expect=1)
    (row,) = csv.DictReader((tmp_path / "o.csv").read_text().splitlines())
    assert (row["article"], row["entity"]) == ("1", "rosneft")
    assert json.loads(row["mentions"])[0]["surface"] == "Rosneft"
    (bad,) = map(json.loads, (tmp_path / "bad.jsonl").read_text().splitlines())
    assert bad == {"source": "in.csv", "line": 3, "reason": "'id' is missing"}


def test_a_page_that_breaks_off_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_bytes(b"%PDF-1.7")
    (tmp_path / "pages" / "b.txt").write_text("Rosneft.")
    out, stderr = screen(tmp_path, "pages", "--watchlist", "energy.yaml", expect=1)
    assert [row["article"] for row in out] == ["pages/b.txt"]
    assert "pages/a.html: not a web page but a PDF document" in stderr


def test_into_the_database_once_however_often_it_is_run(tmp_path: Path) -> None:
    archive(tmp_path / "in.jsonl", 500)
    printed, _ = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml")
    (tmp_path / "monitor.yaml").write_text(
        json.dumps({"storage": {"url": f"sqlite:///{tmp_path}/m.db"}, "watchlists": ["energy.yaml"], "feeds": []})
    )
    store = ("--store", "years", "--config", "monitor.yaml")
    for jobs in ("1", "2"):
        out, _ = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml", "--jobs", jobs, *store)
        assert out == []
        kept = command(tmp_path, "hits", "list", "--json", "--limit", "10000")
        assert {hit["article"]["feed"] for hit in kept} == {"years"}
        assert sorted((hit["entity"], hit["score"]) for hit in kept) == sorted(
            (row["entity"], row["score"]) for row in printed
        )
        assert command(tmp_path, "alerts", "list", "--json") == []
    _, stderr = screen(tmp_path, "in.jsonl", "--watchlist", "energy.yaml", *store, "--output", "o", expect=2)
    assert "--store takes the place of --output" in stderr


def command(directory: Path, *arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments, "--config", "monitor.yaml"],
        cwd=directory,
        capture_output=True,
        timeout=150,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
