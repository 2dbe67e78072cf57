"""The same content in two forms of a publisher's list reads the same: ids, names and kinds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.model.watchlists import EntityType, Watchlist
from monitor.watchlists.read import read_list
from tests.watchlists.ofac import address, alias, row, text
from tests.watchlists.test_collections import ADVANCED, EU_11, FTM, NESTED
from tests.watchlists.test_publishers import CSL, EU, OFAC, UK

UK_HEADER = (
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,"
    "Alias strength,Title,Name non-latin script,Regime Name,Designation Type,Other Information,UK Statement of Reasons,"
    "Address Country,Date Designated,Nationality(/ies),Position,Parent company,IMO number,"
    "Current owner/operator (s),Current believed flag of ship"
)


def _uk(*cells: str) -> str:
    return ",".join(cells) + "," * (UK_HEADER.count(",") + 1 - len(cells))


UK_CSV = "\n".join(
    [
        "Report Date: 02-Mar-2026",
        UK_HEADER,
        _uk("02/03/2026", "EXA0001", "7172", "", "Abu Kestrel", *[""] * 5, "Alias", "Low quality a.k.a", "", "",
            "The Example Regulations 2020", "Individual", "", "", "", "25/01/2021", "Sudan"),
        _uk("02/03/2026", "EXA0001", "7172", "", "ADEYEMI", "TOBIAS", "MARLOWE", *[""] * 3, "Primary Name", "", "",
            "توبياس أدييمي", "The Example Regulations 2020", "Individual", "", "", "", "25/01/2021", "Sudan"),
        ",".join(["02/03/2026", "EXA0002", "", "", "NEPTUN TRADER", *[""] * 5, "Primary Name", *[""] * 3, "", "Ship",
                  *[""] * 4, "", "", "", "IMO9074729", "Kestrel Ship Management FZE", "Gabon"]),
    ]
) + "\n"  # fmt: skip

CSL_JSON = json.dumps(
    {
        "total": 3,
        "results": [
            {
                "id": "17022",
                "source": "Specially Designated Nationals (SDN) - Treasury Department",
                "entity_number": "17022",
                "type": "Entity",
                "programs": ["EXAMPLE-EO1", "EXAMPLE-EO2"],
                "name": "KESTREL HOLDINGS",
                "title": None,
                "addresses": [{"address": "Harbour Road 1", "city": "Port Ellery", "country": "CY"}],
                "remarks": None,
                "source_list_url": "https://x.example/sdn",
                "alt_names": ["KESTREL GROUP", "K. H."],
                "source_information_url": "https://x.example/info",
                "ids": [{"type": "Legal Entity Number", "number": "549300LCJ1UJXHYBWI24", "country": None}],
            },
            {
                "id": "17022",
                "source": "Sectoral Sanctions Identifications List (SSI) - Treasury Department",
                "entity_number": "17022",
                "type": "Entity",
                "programs": ["EXAMPLE-EO3"],
                "name": "KESTREL HOLDINGS",
                "source_list_url": "https://x.example/ssi",
                "alt_names": [],
            },
            {
                "id": "a9f1",
                "source": "Denied Persons List (DPL) - Bureau of Industry and Security",
                "name": "Tobias Adeyemi",
                "addresses": [{"country": "SD"}],
                "citizenships": ["SD"],
                "start_date": "2019-07-19",
                "source_list_url": "https://x.example/dpl",
                "alt_names": None,
            },
        ],
    },
    indent=1,
)

SDN = text(
    row(100, "KESTREL HOLDINGS", programmes="EXAMPLE-EO1] [EXAMPLE-EO2", remarks="a.k.a. 'THE BIRD'"),
    row(101, "ADEYEMI, Tobias Marlowe", "individual"),
    row(102, "NEPTUN TRADER", "vessel", remarks="Vessel Registration Identification IMO 9074729"),
)


def read(directory: Path, name: str, content: str | bytes) -> Watchlist:
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    watchlist = read_list(path)
    assert watchlist.problems == ()
    return watchlist


def said(watchlist: Watchlist) -> dict[str, tuple[str, dict[str, str]]]:
    return {e.id: (e.type.value, {n.text: n.kind.value for n in e.names}) for e in watchlist.entities}


def test_ofacs_three_forms(tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "alt.csv").write_bytes(text(alias(100, "KESTREL GROUP")))
    (tmp_path / "csv" / "add.csv").write_bytes(text(address(100, "Cyprus")))
    forms = [
        read(tmp_path / "csv", "sdn.csv", SDN),
        read(tmp_path, "sdn.xml", OFAC),
        read(tmp_path, "sdn_advanced.xml", ADVANCED),
    ]
    assert said(forms[0]) == said(forms[1]) == said(forms[2])
    for form in forms[1:]:
        assert form.by_id["100"].programmes == forms[0].by_id["100"].programmes
        for entity in form.entities:
            other = forms[0].by_id[entity.id]
            assert (entity.url, entity.watchlist) == (other.url, other.watchlist)
            assert entity.identifiers[0] == other.identifiers[0]


def test_the_uks_two_forms(tmp_path: Path) -> None:
    table, tree = read(tmp_path, "uk.csv", UK_CSV), read(tmp_path, "uk.xml", UK)
    assert said(table) == said(tree)
    person, ship = table.entities
    assert (person.countries, person.listed, person.programmes) == (
        ("sd",),
        date(2021, 1, 25),
        ("The Example Regulations 2020",),
    )
    assert dict(person.identifiers) == dict(tree.entities[0].identifiers)
    assert (ship.type, dict(ship.identifiers)["imo"], ship.countries) == (EntityType.VESSEL, "9074729", ("ga",))
    assert [owner.said for owner in ship.owned_by] == [
        f"current owner or operator Kestrel Ship Management FZE, source {ship.url}"
    ]


def test_the_screening_lists_two_forms(tmp_path: Path) -> None:
    table, objects = read(tmp_path, "csl.csv", CSL), read(tmp_path, "csl.json", CSL_JSON)
    assert said(table) == said(objects)
    for one, other in zip(table.entities, objects.entities, strict=True):
        assert (one.identifiers, one.countries, one.programmes, one.listed) == (
            other.identifiers,
            other.countries,
            other.programmes,
            other.listed,
        )


def test_the_eus_two_forms_but_for_weak_names_which_the_table_does_not_tell(tmp_path: Path) -> None:
    tree, table = read(tmp_path, "eu.xml", EU), read(tmp_path, "eu.csv", EU_11)
    kind, names = said(tree)["EU.1.1"]
    assert said(table)["EU.1.1"] == (kind, {name: how for name, how in names.items() if how != "weak"})


def test_opensanctions_two_forms(tmp_path: Path) -> None:
    assert said(read(tmp_path, "nested.json", NESTED)) == said(read(tmp_path, "ftm.json", FTM))


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("uk.csv", UK_CSV.replace("Name type", "Kind of name"), "no column 'Name type'"),
        ("csl.json", CSL_JSON.replace('"source": ', '"list": '), "no 'source'"),
    ],
)
def test_a_form_that_has_changed_is_refused_and_named(tmp_path: Path, name: str, content: str, wrong: str) -> None:
    with pytest.raises(Exception, match=wrong):
        read(tmp_path, name, content)
