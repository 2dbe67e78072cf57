"""What lint says of lists, and of the shipped ones nothing that matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.pipeline.lint import lint
from monitor.watchlists.read import read_paths

LIST = """\
watchlist: harbour
entities:
  - {id: kestrel, type: organization, name: Kestrel Harbour Holdings,
     aliases: [KHH, Limited Liability Company, Company], weak_aliases: [The Base], identifiers: {imo: "9074728"}}
  - {id: other, type: organization, name: Zwartwater Shipping, aliases: [Kestrel Harbour Holdings, Zwartwater Group]}
  - {id: muted, type: organization, name: Ostrova Trading, exclude: [Ostrova Trading]}
  - {id: place, type: organization, name: Москва, countries: [Cyprus, ru, Atlantis]}
"""


def test_each_kind_of_mistake_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(LIST)
    (tmp_path / "two.yaml").write_text("watchlist: two\nentities: [{name: ZWARTWATER group, aliases: [Orlovka Ltd]}]\n")
    said = {(f.entity, f.name, f.rule) for f in lint(read_paths([tmp_path]), threshold=88.0)}
    assert said >= {
        ("kestrel", "KHH", "too-short"),
        ("kestrel", "Limited Liability Company", "legal-form"),
        ("kestrel", "", "check-digit"),
        ("other", "Kestrel Harbour Holdings", "other-main-name"),
        ("other", "Zwartwater Group", "other-main-name"),
        ("muted", "Ostrova Trading", "never-found"),
        ("place", "Москва", "place"),
    }
    countries = [f.message for f in lint(read_paths([tmp_path]), threshold=88.0) if f.rule == "country"]
    assert countries == ["'cyprus' is no ISO 3166-1 code; write cy", "'atlantis' is no ISO 3166-1 code"]
    assert not {name for _, name, _ in said} & {"The Base", "Zwartwater Shipping", "Orlovka Ltd"}


def test_an_ordinary_word_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("watchlist: one\nentities: [{name: Government}, {name: Tsesarevich}]\n")
    assert [(f.name, f.rule) for f in lint(read_paths([tmp_path]), threshold=88.0) if f.rule == "common-word"] == [
        ("Government", "common-word")
    ]


@pytest.mark.parametrize(
    "rule", ["legal-form", "common-word", "too-short", "other-main-name", "duplicate", "check-digit"]
)
def test_shipped_lists(rule: str) -> None:
    lists = read_paths([Path(__file__).parents[2] / "watchlists"])
    assert [finding for finding in lint(lists, threshold=88.0) if finding.rule == rule] == []
