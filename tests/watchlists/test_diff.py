"""What changed between two versions of a list."""

from __future__ import annotations

import csv
from pathlib import Path

from monitor.model.watchlists import Watchlist
from monitor.watchlists.diff import difference
from monitor.watchlists.read import read_list
from tests.shared import shared
from tests.watchlists.ofac import alias, row, write_set


def test_added_removed_renamed_and_aliases_and_programmes(tmp_path: Path) -> None:
    old = read_list(
        write_set(
            tmp_path / "old",
            primary=[row(1, "KESTREL"), row(2, "HERON"), row(3, "OSPREY", programmes="EXAMPLE-EO1"), row(4, "TERN")],
            aliases=[alias(1, "KESTREL GROUP")],
        )
    )
    new = read_list(
        write_set(
            tmp_path / "new",
            primary=[
                row(1, "KESTREL HOLDINGS"),
                row(3, "OSPREY", programmes="EXAMPLE-EO1] [EXAMPLE-EO2"),
                row(4, "TERN", remarks="Website www.tern.example"),
                row(5, "PLOVER"),
            ],
            aliases=[alias(1, "KESTREL GROUP")],
        )
    )
    found = difference(old, new)
    assert [entity.id for entity in found.added] == ["5"]
    assert [entity.id for entity in found.removed] == ["2"]
    kestrel, osprey = found.changed
    assert (kestrel.renamed, kestrel.names_added, kestrel.names_dropped) == (True, ("KESTREL HOLDINGS",), ("KESTREL",))
    assert (osprey.programmes_added, osprey.programmes_dropped) == (("EXAMPLE-EO2",), ())
    assert not difference(new, new)


def test_real_snapshots_differ_as_they_are_known_to() -> None:
    def read(name: str) -> Watchlist:
        return read_list(shared("lists", f"ofac-sdn-2024-{name}.csv"))

    february = difference(read("02-20"), read("02-23"))
    assert (len(february.added), len(february.removed)) == (553, 0)
    may = difference(read("05-01"), read("05-03"))
    assert (len(may.added), len(may.removed)) == (7, 8)


def test_rosneft_and_lukoil_are_among_the_real_aliases_added_in_2025(tmp_path: Path) -> None:
    """Of these dates only the alias files are at hand: their records stand in for the primary file's."""

    def read(date: str) -> Watchlist:
        directory = tmp_path / date
        source = shared("lists", f"ofac-sdnset-{date}.alt.csv")
        lines = source.read_text(encoding="utf-8", errors="replace").splitlines()
        ids = {cells[0] for cells in csv.reader(lines) if len(cells) > 3}
        directory.mkdir()
        path = write_set(directory, primary=[row(int(number), f"RECORD {number}") for number in sorted(ids)])
        (directory / "alt.csv").write_bytes(source.read_bytes())
        return read_list(path)

    found = difference(read("2025-01-06"), read("2025-12-24"))
    added = {entity.id: {name.text for name in entity.names} for entity in found.added}
    assert {"ROSNEFT", "ROSNEFT OIL COMPANY"} <= added["17022"]
    assert {"LUKOIL", "LUKOIL OIL COMPANY"} <= added["17248"]
