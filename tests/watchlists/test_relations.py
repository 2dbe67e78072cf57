"""What lists state of owners and ties: read as written, tied to records of the list, said in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.model.watchlists import Entity, Owner
from monitor.watchlists.read import read_list
from tests.shared import shared
from tests.watchlists.ofac import row, write_set
from tests.watchlists.test_collections import ADVANCED, FIRM, FTM, line
from tests.watchlists.test_publishers import CSL, OFAC, SECO, UK


def ties(entity: Entity) -> list[tuple[str, str, str]]:
    return [(owner.relation, owner.name, owner.id) for owner in entity.owned_by]


def read(directory: Path, name: str, content: str) -> dict[str, Entity]:
    path = directory / name
    path.write_text(content, encoding="utf-8")
    watchlist = read_list(path)
    assert watchlist.problems == ()
    return dict(watchlist.by_id)


def test_ofac_says_it_among_the_remarks_in_both_forms(tmp_path: Path) -> None:
    remarks = "Website www.kestrel.example; (Linked To: ADEYEMI, Tobias Marlowe; Linked To: HERON TRADE, S.A. (HT))."
    primary = [
        row(100, "KESTREL HOLDINGS", remarks=remarks),
        row(101, "ADEYEMI, Tobias Marlowe", "individual"),
        row(102, "HERON TRADE, S.A.", remarks="Linked To: KESTREL HOLDINGS."),
    ]
    csv = dict(read_list(write_set(tmp_path / "csv", primary=primary)).by_id)
    assert ties(csv["100"]) == [
        ("linked to", "ADEYEMI, Tobias Marlowe", "ofac-sdn/101"),
        ("linked to", "HERON TRADE, S.A. (HT)", ""),
    ]
    assert ties(csv["102"]) == [("linked to", "KESTREL HOLDINGS", "ofac-sdn/100")]
    xml = read(
        tmp_path,
        "ofac.xml",
        OFAC.replace("<programList>", f"<remarks>{remarks}</remarks><programList>", 1).replace(
            "<vesselFlag>", "<vesselOwner>Kestrel Holdings</vesselOwner><vesselFlag>"
        ),
    )
    assert ties(xml["100"]) == ties(csv["100"])
    assert ties(xml["102"]) == [("vessel owner", "Kestrel Holdings", "ofac-sdn/100")]
    assert xml["102"].owned_by[0].source == "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=102"


def test_ofac_advanced_has_relations_of_profiles(tmp_path: Path) -> None:
    relations = (
        '<ProfileRelationships><ProfileRelationship From-ProfileID="102" To-ProfileID="100" RelationTypeID="15003" '
        'Former="false"/><ProfileRelationship From-ProfileID="100" To-ProfileID="101" RelationTypeID="15003" Former='
        '"true"/><ProfileRelationship From-ProfileID="100" To-ProfileID="999" RelationTypeID="15003"/>'
        "</ProfileRelationships><SanctionsEntries>"
    )
    kinds = '<RelationTypeValues><RelationType ID="15003">Owned or Controlled By</RelationType></RelationTypeValues>'
    content = ADVANCED.replace("<SanctionsEntries>", relations).replace("<ListValues>", f"{kinds}<ListValues>")
    entities = read(tmp_path, "advanced.xml", content)
    assert ties(entities["102"]) == [("owned or controlled by", "KESTREL HOLDINGS", "ofac-sdn/100")]
    assert ties(entities["100"]) == []


def test_the_screening_list_takes_over_remarks_and_owners(tmp_path: Path) -> None:
    content = CSL.replace('"Harbour Road 1, Port Ellery, CY","","","",', '"","","","(Linked To: Tobias Adeyemi)",', 1)
    assert ties(read(tmp_path, "csl.csv", content)["17022"]) == [("linked to", "Tobias Adeyemi", "us-csl/a9f1")]


def test_the_uk_names_owners_of_ships_and_parents_of_firms(tmp_path: Path) -> None:
    owner = (
        "<CurrentOwnerOperators><CurrentOwnerOperator>Kestrel Ship Management FZE</CurrentOwnerOperator>"
        "</CurrentOwnerOperators><IMONumbers><IMONumber>IMO9074729<"
    )
    entities = read(tmp_path, "uk.xml", UK.replace("<IMONumbers><IMONumber>9074729<", owner))
    assert ties(entities["EXA0002"]) == [("current owner or operator", "Kestrel Ship Management FZE", "")]
    assert dict(entities["EXA0002"].identifiers)["imo"] == "9074729"


def test_switzerland_relates_targets_and_keeps_places_apart(tmp_path: Path) -> None:
    place = '<place ssid="7"><country iso-code="TD">Chad</country></place>'
    tie = '<relation target-id="200" relation-type="related-to"/><address place-id="7"/>'
    content = (
        SECO.replace('<modification modification-type="de-listed" effective-date="2024-01-01"/>', "")
        .replace("<nationality>", f"{tie}<nationality>", 1)
        .replace("</swiss-sanctions-list>", f"{place}</swiss-sanctions-list>")
    )
    entities = read(tmp_path, "seco.xml", content)
    assert ties(entities["100"]) == [("related to", "Gone Ltd", "ch-seco/200")]
    assert entities["100"].countries == ("sd", "td")


@pytest.mark.parametrize(("written", "share"), [("51", 51), ("50,5 %", 50.5), ("majority", None), ("0", None)])
def test_opensanctions_states_shares(tmp_path: Path, written: str, share: float | None) -> None:
    owned = {
        "schema": "Ownership",
        "properties": {"percentage": [written], "owner": [{"id": "NK-2", "caption": "Tobias Adeyemi"}]},
    }
    nested = line("NK-1", "Company", FIRM | {"ownershipAsset": [owned], "parent": [{"id": "x", "caption": "Heron"}]})
    found = read(tmp_path, "nested.json", nested)["NK-1"]
    url = "https://www.opensanctions.org/entities/NK-1/"
    assert found.owned_by == (
        Owner("Tobias Adeyemi", share, source=url),
        Owner("Heron", source=url, relation="parent"),
    )
    assert found.topics == ("sanction",)
    says = {"owner": ["NK-2", "NK-9"], "asset": ["NK-1"], "percentage": [written]}
    link = json.dumps({"id": "o", "schema": "Ownership", "target": False, "properties": says})
    flat = read(tmp_path, "ftm.json", f"{link}\n{FTM}")["NK-1"]
    assert flat.owned_by == (Owner("Tobias Adeyemi", share, "opensanctions/NK-2", url),)


def test_it_is_said_as_stated_and_no_more() -> None:
    assert Owner("Example Trust", 50, "own/trust", "https://register.example.org/1").said == (
        "50 % by Example Trust (own/trust), source https://register.example.org/1"
    )
    assert Owner("Example Trust").said == "by Example Trust"
    tie = Owner("HAMAS", relation="linked to", id="ofac-sdn/4695")
    assert (tie.label, tie.said) == ("Stated relation", "linked to HAMAS (ofac-sdn/4695)")


def test_ties_of_the_real_set_of_january_2024() -> None:
    watchlist = read_list(shared("lists", "ofac-sdnset-2024-01-08.sdn.csv"))
    owners = [owner for entity in watchlist.entities for owner in entity.owned_by]
    linked = [owner for owner in owners if owner.relation == "linked to"]
    assert len(linked) > 5_000
    assert sum(bool(owner.id) for owner in linked) > 0.95 * len(linked), "nearly all stand on the list themselves"
    assert all(owner.name.count("(") == owner.name.count(")") for owner in linked)
    nasrallah = watchlist.by_id["2686"]
    assert [owner.said.partition(",")[0] for owner in nasrallah.owned_by] == ["linked to HIZBALLAH (ofac-sdn/4697)"]
