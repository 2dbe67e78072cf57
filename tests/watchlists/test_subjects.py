"""Who is the same on several lists, why, and how that is taken back; overlays and owners, which say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.model.watchlists import Entity, Owner, Severity, Watchlist
from monitor.watchlists.read import read_list, read_paths
from monitor.watchlists.subjects import link
from tests.shared import shared
from tests.watchlists.ofac import alias, row, write_set


def subjects(tmp_path: Path, *lists: str) -> dict[str, Entity]:
    """`list/id` → the entity, of lists a, b, c …"""
    read: list[Watchlist] = []
    for name, entities in zip("abcd", lists, strict=False):
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"watchlist: {name}\nentities:\n{entities}")
        read.append(read_list(path))
    return {f"{entity.watchlist}/{entity.id}": entity for one in link(read) for entity in one.entities}


FIRM = "  - {{id: {id}, type: organization, name: {name}, countries: [{country}], identifiers: {{{numbers}}}{more}}}\n"
PERSON = '  - {{id: {}, type: person, name: "{}", countries: [sd]}}\n'


def firm(id: str = "k", name: str = "Kestrel Holdings", country: str = "cy", numbers: str = "", more: str = "") -> str:
    return FIRM.format(id=id, name=name, country=country, numbers=numbers, more=more and f", {more}")


def test_by_numbers_whatever_the_names(tmp_path: Path) -> None:
    found = subjects(
        tmp_path,
        firm(numbers="lei: 549300LCJ1UJXHYBWI24"),
        firm("x", "Пустельга", "ru", 'lei: 549300lcj1ujxhybwi24, ofac: "17248"'),
        firm("y", "Falcon", "ae", 'OFAC: "17248"'),
        firm("z", "Heron", "ae", 'ofac: "1"'),
    )
    assert [found[key].subject for key in ("a/k", "b/x", "c/y", "d/z")] == ["a/k", "a/k", "a/k", ""]
    assert found["b/x"].linked == ("a/k: the same lei 549300LCJ1UJXHYBWI24", "c/y: the same ofac 17248")


def test_by_name_type_and_country_and_by_less_not(tmp_path: Path) -> None:
    found = subjects(tmp_path, firm(), firm("x", "KESTREL holdings"), firm("y", "Kestrel Holdings", "ru"))
    assert [found[key].subject for key in ("a/k", "b/x", "c/y")] == ["a/k", "a/k", ""]
    assert found["a/k"].linked == ("b/x: the same name “holdings kestrel”, organization, cy",)


def test_persons_in_either_order_and_namesakes_on_one_list(tmp_path: Path) -> None:
    found = subjects(tmp_path, PERSON.format("t", "ADEYEMI, Tobias"), PERSON.format("u", "Tobias Adeyemi"))
    assert found["b/u"].subject == "a/t"
    namesakes = PERSON.format("t", "ADEYEMI, Tobias") + PERSON.format("t2", "ADEYEMI, Tobias")
    found = subjects(tmp_path, namesakes, PERSON.format("u", "Tobias Adeyemi"))
    assert {entity.subject for entity in found.values()} == {""}


def test_names_do_not_join_what_a_list_keeps_apart_nor_do_aliases_alone(tmp_path: Path) -> None:
    found = subjects(tmp_path, firm() + firm("h", "Heron Trading"), firm("x", more="aliases: [Heron Trading]"))
    assert [found[key].subject for key in ("a/k", "a/h", "b/x")] == ["a/k", "", "a/k"]
    shared_alias = "aliases: [The Harbour Men]"
    found = subjects(tmp_path, firm(more=shared_alias), firm("x", "Heron Ltd", more=shared_alias))
    assert {entity.subject for entity in found.values()} == {""}


def test_distinct_takes_a_link_back_even_by_way_of_a_third(tmp_path: Path) -> None:
    found = subjects(tmp_path, firm(more="distinct: c/y"), firm("x"), firm("y"))
    assert [found[key].subject for key in ("a/k", "b/x", "c/y")] == ["a/k", "a/k", ""]


def test_same_as_links_what_shares_nothing_and_types_do_not_mix(tmp_path: Path) -> None:
    found = subjects(tmp_path, firm(more="same_as: b/x"), firm("x", "Пустельга", "ru"))
    assert (found["b/x"].subject, found["b/x"].linked) == ("a/k", ("a/k: the list says so",))
    ship = '  - {id: s, type: vessel, name: Kestrel, identifiers: {imo: "9074729"}}\n'
    found = subjects(tmp_path, firm(numbers='imo: "9074729"'), ship)
    assert {entity.subject for entity in found.values()} == {""}


def test_shipped_lists_know_the_president_once() -> None:
    lists = link(read_paths([Path(__file__).parents[2] / "watchlists"]))
    linked = [entity for watchlist in lists for entity in watchlist.entities if entity.subject]
    assert [(entity.id, entity.subject) for entity in linked] == [
        ("vladimir-putin", "heads-of-state/vladimir-putin")
    ] * 2


def test_real_lists_link_by_the_thousand_and_keep_their_own_records_apart() -> None:
    files = ("ofac-sdnset-2024-01-08.sdn.csv", "un-consolidated-2026-02-27.xml", "uk-hmt-conlist-2020-04-27.csv")
    groups: dict[str, list[Entity]] = {}
    for watchlist in link(read_list(shared("lists", name)) for name in files):
        for entity in watchlist.entities:
            if entity.subject:
                groups.setdefault(entity.subject, []).append(entity)
    assert len(groups) > 700
    assert all(len({entity.watchlist for entity in group}) == len(group) for group in groups.values())


OVERLAY = """\
watchlist: ofac
source: ofac-sdn
file: ofac/sdn.csv
overlay:
  "1":
    aliases: [Пустельга]
    weak_aliases: [KESTREL GROUP]
    exclude: [Kestrel Stadium]
    threshold: 93
    severity: critical
    notes: watched since March
    owned_by: {name: Heron Trust, share: 51, source: "https://register.example/1"}
    distinct: [other/k]
"""


def test_an_overlay_says_more_of_an_official_record(tmp_path: Path) -> None:
    write_set(tmp_path / "ofac", primary=[row(1, "KESTREL"), row(2, "HERON")], aliases=[alias(1, "KESTREL GROUP")])
    path = tmp_path / "list.yaml"
    path.write_text(OVERLAY)
    watchlist = read_list(path)
    entity, other = watchlist.entities
    assert [(name.text, name.kind.value) for name in entity.names] == [
        ("KESTREL", "primary"),
        ("KESTREL GROUP", "weak"),
        ("Пустельга", "alias"),
    ]
    assert (entity.exclude, entity.threshold, entity.severity) == (("Kestrel Stadium",), 93, Severity.CRITICAL)
    assert entity.notes.startswith("watched since March")
    assert entity.owned_by == (Owner("Heron Trust", 51, "", "https://register.example/1"),)
    assert (entity.distinct, other.names[0].text, watchlist.problems) == (("other/k",), "HERON", ())
    path.write_text(OVERLAY.replace("93", "94"))
    assert read_list(path).version != watchlist.version
    path.write_text(OVERLAY.replace('"1"', '"7"'))
    assert read_list(path).problems == ("ofac: `overlay:` names 7, which is not on the list (any more)",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("aliases: [П", "alises: [П"), r"list\.yaml:6:5: unknown key 'alises'; did you mean 'aliases'"),
        (("source: ofac-sdn\nfile: ofac/sdn.csv\n", "entities: [{name: Kestrel}]\n"), "`overlay:` stands beside"),
        (("share: 51", "share: 151"), "share"),
    ],
)
def test_mistakes_in_an_overlay(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(OVERLAY.replace(*change))
    with pytest.raises(ConfigError, match=said):
        read_list(path)
