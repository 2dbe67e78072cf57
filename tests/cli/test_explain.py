"""`monitor explain`: what matched, what nearly did, and why."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.support import monitor

LIST = """\
watchlist: energy
defaults: {threshold: 95}
entities:
  - {id: lukoil, type: organization, name: Lukoil PJSC}
  - {id: lavrov, type: person, name: "LAVROV, Sergei Viktorovich"}
"""


def test_a_hit_and_a_near_miss_each_with_its_steps(tmp_path: Path) -> None:
    (tmp_path / "energy.yaml").write_text(LIST)
    text = "Lukoil was praised by Sergey Lavrof on Friday."
    done = monitor(tmp_path, "explain", text, "--watchlist", "energy.yaml")
    assert done.status == 0, done.err
    assert "Lukoil PJSC  (energy/lukoil): HIT" in done.out
    assert "⟦Lukoil⟧ was praised" in done.out
    assert "(energy/lavrov): no hit: below the threshold of 95" in done.out
    assert "⟦Sergey Lavrof⟧" in done.out


def test_the_steps_add_up_to_the_score(tmp_path: Path) -> None:
    (tmp_path / "energy.yaml").write_text(LIST)
    done = monitor(
        tmp_path, "explain", "-", "--watchlist", "energy.yaml", "--json", stdin="Minister Sergey Lavrof came."
    )
    (row,) = json.loads(done.out)
    assert done.status == 1, "nothing reaches the threshold"
    assert row["outcome"] == "below"
    assert row["surface"] == "Sergey Lavrof"
    assert abs(sum(reason["points"] for reason in row["reasons"]) - row["score"]) < 0.05


def test_nothing_is_said_plainly_and_wrong_usage_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "energy.yaml").write_text(LIST)
    done = monitor(tmp_path, "explain", "Calm seas.", "--watchlist", "energy.yaml")
    assert done.status == 1
    assert "nothing in this text" in done.out
    assert monitor(tmp_path, "explain", "--watchlist", "energy.yaml").status == 2
    assert monitor(tmp_path, "explain", "text").status == 2


FAMILY = """\
watchlist: family
entities:
  - {id: father, type: person, name: "QUILLAR SOTO, Ramiro"}
  - {id: son, type: person, name: "QUILLAR VEGA, Ramiro"}
  - {id: bank, type: organization, name: Ostrava Meridian Bank, countries: [cz]}
"""


def test_what_is_read_instead_is_named_and_so_are_countries(tmp_path: Path) -> None:
    (tmp_path / "family.yaml").write_text(FAMILY)
    text = "Ramiro Quillar Soto was seen in Prague. Meridian Bank said nothing."
    done = monitor(tmp_path, "explain", text, "--watchlist", "family.yaml", "--nearly", "50")
    assert "(family/father): HIT" in done.out
    assert "(family/son): no hit" in done.out
    (tmp_path / "twice.yaml").write_text(FAMILY.replace("QUILLAR VEGA, Ramiro", "QUILLAR, Ramiro"))
    done = monitor(tmp_path, "explain", text, "--watchlist", "twice.yaml", "--nearly", "50")
    assert "(family/son): no hit: these words are better read as QUILLAR SOTO, Ramiro" in done.out
