"""`monitor names`: what a list became."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.support import monitor

LIST = """\
watchlist: ships
entities:
  - id: neptun
    type: vessel
    name: Neptun Trader
    aliases: [Нептун Трейдер]
    weak_aliases: [NT]
    countries: [pa]
    programmes: [EXAMPLE-1]
    identifiers: {imo: "9074729"}
    listed: 2024-05-01
"""


def test_rows_for_people_and_for_scripts(tmp_path: Path) -> None:
    (tmp_path / "ships.yaml").write_text(LIST)
    done = monitor(tmp_path, "names", "ships.yaml")
    assert done.status == 0
    assert "Neptun Trader; Нептун Трейдер (alias); NT (weak)" in done.out
    done = monitor(tmp_path, "names", "ships.yaml", "--json")
    assert json.loads(done.out) == [
        {
            "watchlist": "ships",
            "id": "neptun",
            "type": "vessel",
            "name": "Neptun Trader",
            "names": [
                {"name": "Neptun Trader", "kind": "primary", "script": "LATIN"},
                {"name": "Нептун Трейдер", "kind": "alias", "script": "CYRILLIC"},
                {"name": "NT", "kind": "weak", "script": "LATIN"},
            ],
            "countries": ["pa"],
            "programmes": ["EXAMPLE-1"],
            "identifiers": [{"kind": "imo", "value": "9074729"}],
            "listed": "2024-05-01",
            "url": "",
            "born": [],
            "topics": [],
            "owned_by": [],
            "subject": "ships/neptun",
            "linked": [],
        }
    ]


def test_a_file_that_is_no_list_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("name,age\nAnna,3\n")
    done = monitor(tmp_path, "names", "notes.csv")
    assert done.status == 1
    assert "notes.csv" in done.err
    assert done.err.count("\n") == 1
