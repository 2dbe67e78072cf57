"""`monitor lists`: update, status, accept, diff, as a person runs them against a publisher's server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import monitor
from tests.watchlists.ofac import alias, firms, row, text, write_set
from tests.watchlists.publisher import Publisher

SETTINGS = """\
watchlists: [list.yaml]
feeds: []
polling: {allow_private: true}
"""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    publish(made, 40)
    yield made
    made.close()


def publish(publisher: Publisher, count: int) -> None:
    publisher.files |= {"SDN.CSV": text(*firms(count)), "ALT.CSV": text(alias(1000, "NORTHGATE SHIPPING"))}


@pytest.fixture
def home(tmp_path: Path, publisher: Publisher) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "monitor.yaml").write_text(SETTINGS)
    (tmp_path / "config" / "list.yaml").write_text(
        f'watchlist: american\nsource: ofac-sdn\nurl: "{publisher.url}"\ninclude: {{ids: ["1000", "1001"]}}\n'
    )
    return tmp_path


def test_a_list_is_missing_then_updated_then_screened_with(home: Path) -> None:
    done = monitor(home, "lists", "status", "--json")
    assert done.status == 1
    assert [(row["id"], row["state"]) for row in json.loads(done.out)] == [("american", "missing")]

    done = monitor(home, "lists", "update")
    assert (done.status, done.out) == (0, "ofac-sdn: updated, 40 records, 41 names\n")
    done = monitor(home, "lists", "status", "--json")
    (state,) = json.loads(done.out)
    assert done.status == 0
    assert (state["state"], state["records"], state["last_error"]) == ("current", 40, None)
    assert Path(home, state["directory"], "sdn.csv").is_file()

    done = monitor(home, "names", "config/list.yaml", "--json")
    assert [(entity["watchlist"], entity["id"]) for entity in json.loads(done.out)] == [
        ("american", "1000"),
        ("american", "1001"),
    ]


def test_a_shrunken_list_is_held_back_until_it_is_accepted(home: Path, publisher: Publisher) -> None:
    monitor(home, "lists", "update")
    publish(publisher, 20)
    done = monitor(home, "lists", "update")
    assert done.status == 1
    assert "HELD BACK: 20 records where the last list had 40" in done.err
    assert "held back since" in monitor(home, "lists", "status").out
    done = monitor(home, "lists", "accept", "american")
    assert (done.status, done.out) == (0, "ofac-sdn: updated, 20 records, 21 names\n")
    assert "american: ofac-sdn: updated" in monitor(home, "audit", "list").out
    done = monitor(home, "lists", "accept", "american")
    assert (done.status, done.err) == (
        2,
        "monitor: ofac-sdn: no download is held back; see `monitor lists status`\n",
    )


def test_a_publisher_that_is_down_exits_1_and_an_unknown_list_2(home: Path, publisher: Publisher) -> None:
    publisher.faults["SDN.CSV"] = 500
    done = monitor(home, "lists", "update")
    assert done.status == 1
    assert "not refreshed" in done.err
    assert "no list is in use yet" in done.err
    done = monitor(home, "lists", "update", "ofac-nds")
    assert done.status == 2
    assert "no list 'ofac-nds'; there are: american, ofac-sdn" in done.err


def test_without_an_official_list_update_says_what_there_is(home: Path) -> None:
    (home / "config" / "list.yaml").write_text("watchlist: own\nentities: [{name: Kestrel Holdings}]\n")
    done = monitor(home, "lists", "update")
    assert done.status == 0
    assert "ofac-sdn, ofac-consolidated" in done.out
    assert monitor(home, "lists", "status", "--json").out == "[]\n"


def test_diff_for_people_and_for_scripts(tmp_path: Path) -> None:
    write_set(tmp_path / "old", primary=[row(1, "KESTREL"), row(2, "HERON")], aliases=[alias(1, "KESTREL GROUP")])
    write_set(
        tmp_path / "new",
        primary=[row(1, "KESTREL", programmes="EXAMPLE-EO2"), row(3, "PLOVER", "vessel")],
        aliases=[alias(1, "KESTREL GROUP"), alias(1, "KESTREL MARINE")],
    )
    done = monitor(tmp_path, "lists", "diff", "old", "new/sdn.csv")
    assert (done.status, done.out.splitlines()) == (
        0,
        [
            "+ 3 PLOVER (vessel) [EXAMPLE-EO1]",
            "- 2 HERON (organization) [EXAMPLE-EO1]",
            "~ 1 KESTREL: +name KESTREL MARINE; +programme EXAMPLE-EO2; -programme EXAMPLE-EO1",
            "1 added, 1 removed, 1 changed",
        ],
    )
    found = json.loads(monitor(tmp_path, "lists", "diff", "old", "new", "--json").out)
    assert [entity["id"] for entity in found["added"]] == ["3"]
    assert found["changed"][0]["names_added"] == ["KESTREL MARINE"]


def test_diff_of_what_is_no_list_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = monitor(tmp_path, "lists", "diff", "empty", "missing.csv")
    assert done.status in {1, 2}
    assert len(done.err.splitlines()) == 1


def test_diff_over_the_snapshots_that_are_kept(home: Path, publisher: Publisher) -> None:
    monitor(home, "lists", "update")
    publish(publisher, 43)
    monitor(home, "lists", "update")
    (status,) = json.loads(monitor(home, "lists", "status", "--json").out)
    old, new = status["snapshots"]
    done = monitor(home, "lists", "diff", f"american@{old[:20]}", "american")
    assert (done.status, done.out.splitlines()[-1]) == (0, "3 added, 0 removed, 0 changed")
    by_version = monitor(home, "lists", "diff", f"american@{old[-8:]}", f"ofac-sdn@{new[-8:]}+0a1b2c3d")
    assert by_version.out == done.out
    today = monitor(home, "lists", "diff", f"american@{new[:10]}", "american@9999-12-31")
    assert today.out == "0 added, 0 removed, 0 changed\n"

    publish(publisher, 10)
    held = monitor(home, "lists", "update")
    assert "Compare with `monitor lists diff american american@held`" in held.err
    compared = monitor(home, "lists", "diff", "american", "american@held")
    assert compared.out.splitlines()[-1] == "0 added, 33 removed, 0 changed"


def test_a_snapshot_that_is_not_there_is_one_line_that_names_those_that_are(home: Path) -> None:
    monitor(home, "lists", "update")
    (status,) = json.loads(monitor(home, "lists", "status", "--json").out)
    for which in ("2001-01-01", "held", "ffffffff", "1"):
        done = monitor(home, "lists", "diff", f"american@{which}", "american")
        (line,) = done.err.splitlines()
        assert done.status == 2
        assert line == f"monitor: american: no snapshot '{which}'; there are: {status['snapshots'][0]}"
    done = monitor(home, "lists", "diff", "german", "american")
    assert (done.status, "no list 'german'; there are: american" in done.err) == (2, True)
    done = monitor(home, "lists", "diff", "lists/gone.csv", "american")
    assert (done.status, done.err) == (2, "monitor: lists/gone.csv: no such file or directory\n")
