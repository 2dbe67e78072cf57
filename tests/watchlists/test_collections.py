"""OpenSanctions' four forms, OFAC's advanced XML and the EU's CSV, on small files of our own in each form."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.model.watchlists import EntityType, Watchlist
from monitor.watchlists.read import read_list

SIMPLE = """\
"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones","emails",\
"program_ids","dataset","first_seen","last_seen","last_change"
"NK-1","Company","Kestrel Holdings","Kestrel Group;Кестрел","","cy;ru","Port Ellery","549300LCJ1UJXHYBWI24;HE1234",\
"Example Order 1","","","XX-EO1;XX-EO2","Example List","2023-04-20","2026-03-02","2026-01-01"
"NK-2","Person","Tobias Adeyemi","","1965-03-12","sd","","","","","","","Example List","2023-04-20","2026-03-02",""
"NK-3","Vessel","NEPTUN TRADER","","","pa","","IMO9074729","","","","","Example List","2023-04-20","2026-03-02",""
"NK-4","CryptoWallet","1A1zP1","","","","","","","","","","Example List","2023-04-20","2026-03-02",""
"""

SANCTION = {"program": ["Example Order 1"], "startDate": ["2023-04-20"]}
FIRM = {
    "name": ["Kestrel Holdings", "Кестрел"],
    "alias": ["Kestrel Group"],
    "weakAlias": ["KH"],
    "jurisdiction": ["cy"],
    "country": ["ru"],
    "leiCode": ["549300LCJ1UJXHYBWI24"],
    "topics": ["sanction"],
}
PERSON = {"name": ["Tobias Adeyemi"], "nationality": ["sd"], "position": ["Harbour master"]}
SHIP = {"name": ["NEPTUN TRADER"], "flag": ["pa"], "imoNumber": ["IMO9074729"]}


def line(id: str, schema: str, properties: object, *, target: object = True, caption: str = "") -> str:
    record = {"id": id, "caption": caption, "schema": schema, "properties": properties, "target": target}
    return json.dumps(record, ensure_ascii=False)


NESTED = "\n".join(
    [
        line("NK-1", "Company", FIRM | {"sanctions": [{"id": "s", "schema": "Sanction", "properties": SANCTION}]}),
        line("NK-2", "Person", PERSON, caption="Tobias Adeyemi"),
        line("NK-3", "Vessel", SHIP),
        line("NK-4", "CryptoWallet", {"publicKey": ["1A1zP1"]}),
    ]
)
FTM = "\n".join(
    [
        line("s", "Sanction", SANCTION | {"entity": ["NK-1"]}, target=False),
        line("a", "Address", {"full": ["Port Ellery"]}, target=False),
        line("NK-1", "Company", FIRM),
        line("NK-9", "Person", {"name": ["A cousin who is no target"]}, target=False),
        line("NK-2", "Person", PERSON),
        line("NK-3", "Vessel", SHIP),
    ]
)
NAMES = "Kestrel Holdings\nKESTREL HOLDINGS\nTobias Adeyemi\nКестрел\nal-Kestrel Group\nNeptun Trading Co.\n"

EU_11 = (
    "\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_UnitedNationId;Entity_DesignationDate;"
    "Entity_Remark;Entity_SubjectType;Entity_Regulation_Programme;Entity_Regulation_PublicationUrl;NameAlias_WholeName;"
    "NameAlias_Function;Address_CountryIso2Code;Citizenship_CountryIso2Code\r\n"
    "02/03/2026;1;EU.1.1;EXi.001;2021-07-03;;P;EXA;https://eur-lex.europa.eu/x;"
    "Tobias Marlowe Adeyemi;Harbour master;;\r\n"
    "02/03/2026;1;EU.1.1;EXi.001;2021-07-03;;P;EXA;https://eur-lex.europa.eu/x;Тобиас Адейеми;;;\r\n"
    "02/03/2026;1;EU.1.1;EXi.001;2021-07-03;;P;EXA;https://eur-lex.europa.eu/x;;;;SD\r\n"
    '02/03/2026;2;EU.1.2;;2021-07-04;;E;EXA;https://eur-lex.europa.eu/y;"Kestrel; Holdings";;CY;\r\n'
)
EU_10 = (
    "Date_file;Entity_logical_id;Subject_type;Leba_publication_date;Leba_url;Programme;Naal_wholename;Naal_function;"
    "Addr_country;Citi_country;EU_ref_num;Entity_logical_id\r\n"
    "02/03/2026;1;P;2021-07-03;https://eur-lex.europa.eu/x;EXA;Tobias Marlowe Adeyemi;Harbour master;;;EU.1.1;1\r\n"
    "02/03/2026;1;P;2021-07-03;https://eur-lex.europa.eu/x;EXA;Тобиас Адейеми;;;;EU.1.1;1\r\n"
    "02/03/2026;1;P;2021-07-03;https://eur-lex.europa.eu/x;EXA;;;;SDN;EU.1.1;1\r\n"
    "02/03/2026;2;E;2021-07-04;https://eur-lex.europa.eu/y;EXA;Kestrel Holdings;;CYPRUS;;EU.1.2;2\r\n"
)


def _party(id: int, sub_type: int, names: str, features: str = "", groups: str = "") -> str:
    return (
        f'<DistinctParty FixedRef="{id}"><Profile ID="{id}" PartySubTypeID="{sub_type}"><Identity ID="{id + 1000}">'
        f"{names}<NamePartGroups>{groups}</NamePartGroups></Identity>{features}</Profile></DistinctParty>"
    )


def _name(*parts: tuple[int, str], primary: bool = False, low: bool = False) -> str:
    written = "".join(
        f'<DocumentedNamePart><NamePartValue NamePartGroupID="{group}">{text}</NamePartValue></DocumentedNamePart>'
        for group, text in parts
    )
    flags = f'Primary="{str(primary).lower()}" LowQuality="{str(low).lower()}"'
    return f"<Alias {flags}><DocumentedName>{written}</DocumentedName></Alias>"


def _group(id: int, kind: int) -> str:
    return f'<MasterNamePartGroup><NamePartGroup ID="{id}" NamePartTypeID="{kind}"/></MasterNamePartGroup>'


def _entry(id: int, programmes: tuple[str, ...] = ("EXAMPLE-EO1",)) -> str:
    measures = "".join(
        f'<SanctionsMeasure SanctionsTypeID="1"><Comment>{programme}</Comment></SanctionsMeasure>'
        for programme in programmes
    )
    return (
        f'<SanctionsEntry ProfileID="{id}" ListID="1550"><EntryEvent><Date><Year>2023</Year><Month>4</Month>'
        f"<Day>20</Day></Date></EntryEvent>{measures}"
        '<SanctionsMeasure SanctionsTypeID="2"><Comment/></SanctionsMeasure></SanctionsEntry>'
    )


ADVANCED = (
    '<?xml version="1.0" encoding="utf-8"?>\n<Sanctions xmlns="https://www.un.org/sanctions/1.0"><ReferenceValueSets>'
    '<PartyTypeValues><PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType></PartyTypeValues>'
    '<PartySubTypeValues><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>'
    '<PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>'
    '<PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType>'
    '</PartySubTypeValues><NamePartTypeValues><NamePartType ID="1520">Last Name</NamePartType>'
    '<NamePartType ID="1521">First Name</NamePartType><NamePartType ID="1522">Middle Name</NamePartType>'
    '</NamePartTypeValues><FeatureTypeValues><FeatureType ID="3">Vessel Flag</FeatureType>'
    '<FeatureType ID="10">Nationality Country</FeatureType><FeatureType ID="25">Location</FeatureType>'
    '<FeatureType ID="344">Digital Currency Address - XBT</FeatureType></FeatureTypeValues><IDRegDocTypeValues>'
    '<IDRegDocType ID="1626">Vessel Registration Identification</IDRegDocType>'
    '<IDRegDocType ID="7">Legal Entity Number</IDRegDocType></IDRegDocTypeValues>'
    '<CountryValues><Country ID="11">Cyprus</Country><Country ID="12">Sudan</Country></CountryValues>'
    '<SanctionsTypeValues><SanctionsType ID="1">Program</SanctionsType><SanctionsType ID="2">Block</SanctionsType>'
    '</SanctionsTypeValues><ListValues><List ID="1550">SDN List</List></ListValues></ReferenceValueSets>\n'
    '<Locations><Location ID="25"><LocationCountry CountryID="11"/></Location>'
    '<Location ID="26"><LocationCountry CountryID="12"/></Location></Locations>\n<IDRegDocuments>'
    '<IDRegDocument IDRegDocTypeID="7" IdentityID="1100"><IDRegistrationNo>549300LCJ1UJXHYBWI24</IDRegistrationNo>'
    '</IDRegDocument><IDRegDocument IDRegDocTypeID="1626" IdentityID="1102"><IDRegistrationNo>IMO 9074729'
    "</IDRegistrationNo></IDRegDocument></IDRegDocuments>\n<DistinctParties>"
    + _party(
        100,
        3,
        _name((1, "THE BIRD"), low=True) + _name((1, "KESTREL GROUP")) + _name((1, "KESTREL HOLDINGS"), primary=True),
        '<Feature FeatureTypeID="25"><FeatureVersion><VersionLocation LocationID="25"/></FeatureVersion></Feature>'
        '<Feature FeatureTypeID="344"><FeatureVersion><VersionDetail>1A1zP1</VersionDetail></FeatureVersion></Feature>',
    )
    + "\n"
    + _party(
        101,
        4,
        _name((2, "ADEYEMI"), (3, "Tobias"), (4, "Marlowe"), primary=True),
        '<Feature FeatureTypeID="10"><FeatureVersion><VersionLocation LocationID="26"/></FeatureVersion></Feature>',
        _group(2, 1520) + _group(3, 1521) + _group(4, 1522),
    )
    + "\n"
    + _party(
        102,
        1,
        _name((5, "NEPTUN TRADER"), primary=True),
        '<Feature FeatureTypeID="3"><FeatureVersion><VersionDetail>Panama</VersionDetail></FeatureVersion></Feature>',
    )
    + "</DistinctParties>\n<SanctionsEntries>"
    + "\n".join([_entry(100, ("EXAMPLE-EO1", "EXAMPLE-EO2")), _entry(101), _entry(102)])
    + "</SanctionsEntries></Sanctions>\n"
)

FORMS = {
    "targets.simple.csv": SIMPLE,
    "targets.nested.json": NESTED,
    "entities.ftm.json": FTM,
    "names.txt": NAMES,
    "eu11.csv": EU_11,
    "eu10.csv": EU_10,
    "sdn_advanced.xml": ADVANCED,
}


def read(directory: Path, name: str, content: str | bytes | None = None) -> Watchlist:
    body = FORMS[name] if content is None else content
    path = directory / f"file-{name.partition('.')[0]}"  # no ending: recognised by what is in it
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return read_list(path)


def kinds(watchlist: Watchlist, entity_id: str) -> dict[str, str]:
    return {name.text: name.kind.value for name in watchlist.by_id[entity_id].names}


def test_opensanctions_simple_table(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "targets.simple.csv")
    firm, person, ship = watchlist.entities
    assert (watchlist.id, watchlist.problems) == ("opensanctions", ())
    assert "business use needs a licence" in watchlist.licence
    assert kinds(watchlist, "NK-1") == {"Kestrel Holdings": "primary", "Kestrel Group": "alias", "Кестрел": "alias"}
    assert (firm.type, firm.countries, firm.programmes) == (EntityType.ORGANIZATION, ("cy", "ru"), ("XX-EO1", "XX-EO2"))
    assert firm.identifiers == (("lei", "549300LCJ1UJXHYBWI24"), ("registration", "HE1234"))
    assert (person.type, person.programmes) == (EntityType.PERSON, ("Example List",))
    assert (ship.type, ship.identifiers) == (EntityType.VESSEL, (("imo", "9074729"),))
    assert firm.url == "https://www.opensanctions.org/entities/NK-1/"


@pytest.mark.parametrize("name", ["targets.nested.json", "entities.ftm.json"])
def test_opensanctions_json_of_both_forms_says_the_same(tmp_path: Path, name: str) -> None:
    watchlist = read(tmp_path, name)
    firm, person, ship = watchlist.entities
    assert watchlist.problems == ()
    assert kinds(watchlist, "NK-1") == {
        "Kestrel Holdings": "primary",
        "Кестрел": "alias",
        "Kestrel Group": "alias",
        "KH": "weak",
    }
    assert (firm.programmes, firm.listed, firm.countries) == (("Example Order 1",), date(2023, 4, 20), ("ru", "cy"))
    assert firm.identifiers == (("lei", "549300LCJ1UJXHYBWI24"),)
    assert (person.countries, person.notes) == (("sd",), "Harbour master")
    assert ship.identifiers == (("imo", "9074729"),)


def test_a_plain_list_of_names(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "names.txt")
    assert [entity.name for entity in watchlist.entities] == [
        "Kestrel Holdings",
        "Tobias Adeyemi",
        "Кестрел",
        "al-Kestrel Group",
        "Neptun Trading Co.",
    ]
    assert kinds(watchlist, "kestrel-holdings") == {"Kestrel Holdings": "primary", "KESTREL HOLDINGS": "alias"}


@pytest.mark.parametrize(
    "text",
    [
        "call the port on Monday\nbuy milk before the shop closes\n",
        "Kestrel Holdings\nThe harbour master said that nobody had seen the ship since Friday.\n",
        "# notes\nKestrel Holdings\n",
        "name;country\nKestrel;cy\n",
        "Kestrel Holdings\n",
        "<html>\nKestrel\n",
    ],
)
def test_other_texts_are_no_list_of_names(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="not a list that is known"):
        read(tmp_path, "names.txt", text)


@pytest.mark.parametrize(("name", "firm"), [("eu11.csv", "Kestrel; Holdings"), ("eu10.csv", "Kestrel Holdings")])
def test_eu_csv(tmp_path: Path, name: str, firm: str) -> None:
    watchlist = read(tmp_path, name)
    person, company = watchlist.entities
    assert watchlist.problems == ()
    assert kinds(watchlist, "EU.1.1") == {"Tobias Marlowe Adeyemi": "primary", "Тобиас Адейеми": "alias"}
    assert (person.type, person.listed, person.programmes) == (EntityType.PERSON, date(2021, 7, 3), ("EXA",))
    assert (person.notes, person.countries) == ("Harbour master", ("sd",) if name == "eu11.csv" else ())
    assert (company.name, company.type, company.countries) == (firm, EntityType.ORGANIZATION, ("cy",))
    assert dict(company.identifiers)["eu"] == "EU.1.2"


def test_ofac_advanced(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "sdn_advanced.xml")
    firm, person, ship = watchlist.entities
    assert (watchlist.id, watchlist.problems) == ("ofac-sdn", ())
    assert kinds(watchlist, "100") == {"KESTREL HOLDINGS": "primary", "KESTREL GROUP": "alias", "THE BIRD": "weak"}
    assert (person.name, person.type, person.countries) == ("ADEYEMI, Tobias Marlowe", EntityType.PERSON, ("sd",))
    assert firm.programmes == ("EXAMPLE-EO1", "EXAMPLE-EO2")
    assert firm.listed == date(2023, 4, 20)
    assert firm.identifiers == (("ofac", "100"), ("lei", "549300LCJ1UJXHYBWI24"), ("wallet", "1A1zP1"))
    assert firm.countries == ("cy",)
    assert (ship.type, ship.countries) == (EntityType.VESSEL, ("pa",))
    assert ("imo", "9074729") in ship.identifiers
    assert {entity.watchlist for entity in watchlist.entities} == {"ofac-sdn"}


@pytest.mark.parametrize(
    ("name", "change", "missing"),
    [
        ("targets.simple.csv", ('"sanctions"', '"measures"'), "no column 'sanctions'"),
        ("eu11.csv", ("Entity_Regulation_Programme", "Programm"), "no column 'Entity_Regulation_Programme'"),
        ("eu10.csv", ("EU_ref_num", "Ref"), "no column 'EU_ref_num'"),
        ("sdn_advanced.xml", ("PartySubType ", "PartyKind "), "no value set PartySubTypeValues"),
        ("targets.nested.json", ('"target"', '"aim"'), "no `target`"),
    ],
)
def test_a_form_that_has_changed_is_refused_and_named(
    tmp_path: Path, name: str, change: tuple[str, str], missing: str
) -> None:
    whole = FORMS[name].replace(*change)
    if name == "sdn_advanced.xml":
        whole = whole.replace("</PartySubType>", "</PartyKind>")
    with pytest.raises(SourceError, match="not understood as") as error:
        read(tmp_path, name, whole)
    assert missing in str(error.value)


def test_lines_that_are_no_objects_and_lines_without_end(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "targets.nested.json", f"{NESTED}\n{{broken\n[1]\n{'[' * 100_000}\n")
    assert [problem.partition(":")[2] for problem in watchlist.problems] == [
        f"{number}: no JSON object; record skipped" for number in (5, 6, 7)
    ]
    with pytest.raises(SourceError, match=r":5: .*more than 5000000 characters in a line"):
        read(tmp_path, "targets.nested.json", NESTED + "\n" + '{"id": "' + "x" * 5_000_000)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_a_file_it_reads_or_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FORMS)))
    content = bytearray(FORMS[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["cut", "flip", "drop", "double"])):
            case "cut":
                del content[at:]
            case "flip":
                content[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
            case "drop":
                del content[at : at + data.draw(st.integers(1, 60))]
            case _:
                content[at:at] = content[at : at + 60]
    try:
        watchlist = read(tmp_path, name, bytes(content))
    except SourceError:
        return
    assert all(entity.name and entity.id for entity in watchlist.entities)
