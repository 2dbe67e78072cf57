"""The other publishers' forms: our own small files in each, then the publishers' real ones."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.model.watchlists import EntityType, NameKind, Watchlist
from monitor.watchlists.read import read_list
from tests.shared import shared
from tests.watchlists.ofac import alias, row, write_set

OFAC = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <sdnEntry>
    <uid>100</uid><lastName>KESTREL HOLDINGS</lastName><sdnType>Entity</sdnType>
    <programList><program>EXAMPLE-EO1</program><program>EXAMPLE-EO2</program></programList>
    <idList><id><uid>1</uid><idType>Legal Entity Number</idType><idNumber>549300LCJ1UJXHYBWI24</idNumber></id></idList>
    <akaList>
      <aka><uid>2</uid><type>a.k.a.</type><category>weak</category><lastName>THE BIRD</lastName></aka>
      <aka><uid>3</uid><type>a.k.a.</type><category>strong</category><lastName>KESTREL GROUP</lastName></aka>
    </akaList>
    <addressList><address><uid>4</uid><country>Cyprus</country></address></addressList>
  </sdnEntry>
  <sdnEntry>
    <uid>101</uid><firstName>Tobias Marlowe</firstName><lastName>ADEYEMI</lastName><sdnType>Individual</sdnType>
    <programList><program>EXAMPLE-EO1</program></programList>
    <nationalityList><nationality><uid>5</uid><country>Sudan</country></nationality></nationalityList>
  </sdnEntry>
  <sdnEntry>
    <uid>102</uid><lastName>NEPTUN TRADER</lastName><sdnType>Vessel</sdnType>
    <idList><id><idType>Vessel Registration Identification</idType><idNumber>IMO 9074729</idNumber></id></idList>
    <vesselInfo><vesselFlag>Panama</vesselFlag></vesselInfo>
  </sdnEntry>
</sdnList>
"""

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">
  <INDIVIDUALS><INDIVIDUAL>
    <DATAID>1</DATAID><FIRST_NAME>TOBIAS</FIRST_NAME><SECOND_NAME>MARLOWE</SECOND_NAME>
    <THIRD_NAME>ADEYEMI </THIRD_NAME><UN_LIST_TYPE>Example</UN_LIST_TYPE><REFERENCE_NUMBER>EXi.001</REFERENCE_NUMBER>
    <LISTED_ON>2012-12-31</LISTED_ON><NAME_ORIGINAL_SCRIPT>توبياس أدييمي</NAME_ORIGINAL_SCRIPT>
    <NATIONALITY><VALUE>Iran (Islamic Republic of)</VALUE></NATIONALITY>
    <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Toby Adeyemi; Tobias Adeyémi</ALIAS_NAME></INDIVIDUAL_ALIAS>
    <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu Kestrel</ALIAS_NAME></INDIVIDUAL_ALIAS>
    <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
  </INDIVIDUAL></INDIVIDUALS>
  <ENTITIES><ENTITY>
    <FIRST_NAME>KESTREL TRADING</FIRST_NAME><UN_LIST_TYPE>Example</UN_LIST_TYPE>
    <REFERENCE_NUMBER>EXe.001</REFERENCE_NUMBER><LISTED_ON>2016-03-02</LISTED_ON>
    <ENTITY_ADDRESS><COUNTRY>Syrian Arab Republic</COUNTRY></ENTITY_ADDRESS>
  </ENTITY></ENTITIES>
</CONSOLIDATED_LIST>
"""

UK = """<?xml version="1.0" encoding="utf-8"?>
<Designations><DateGenerated>02/03/2026</DateGenerated>
  <Designation>
    <DateDesignated>25/01/2021</DateDesignated><UniqueID>EXA0001</UniqueID><OFSIGroupID>7172</OFSIGroupID>
    <Names>
      <Name><Name6>Abu Kestrel</Name6><NameType>Alias</NameType><AliasStrength>Low quality a.k.a</AliasStrength></Name>
      <Name><Name1>TOBIAS</Name1><Name2>MARLOWE</Name2><Name6>ADEYEMI</Name6><NameType>Primary Name</NameType></Name>
    </Names>
    <NonLatinNames><NonLatinName><NameNonLatinScript>توبياس أدييمي</NameNonLatinScript></NonLatinName></NonLatinNames>
    <RegimeName>The Example Regulations 2020</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip>
    <IndividualDetails><Individual><Nationalities><Nationality>Sudan</Nationality></Nationalities></Individual>
    </IndividualDetails>
  </Designation>
  <Designation>
    <UniqueID>EXA0002</UniqueID><IndividualEntityShip>Ship</IndividualEntityShip>
    <Names><Name><Name6>NEPTUN TRADER</Name6><NameType>Primary Name</NameType></Name></Names>
    <ShipDetails><Ship><IMONumbers><IMONumber>9074729</IMONumber></IMONumbers></Ship></ShipDetails>
  </Designation>
</Designations>
"""

CANADA = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<data-set xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <record><Country>Belarus / Bélarus</Country><LastName>Kestrel</LastName><GivenName>Anna Maria</GivenName>
    <Aliases>Anna KESTRAL, Belarusian: Ганна Кестрал; Russian: Анна Кестрел</Aliases>
    <Schedule>1, Part 1</Schedule><Item>1</Item><DateOfListing>2020-09-28</DateOfListing></record>
  <record><Country>Russia / Russie</Country><EntityOrShip>Neptun Trader</EntityOrShip>
    <TitleOrShip>Oil Tanker</TitleOrShip><ShipIMONumber>9074729</ShipIMONumber>
    <Schedule>1.1</Schedule><Item>1</Item><DateOfListing>2025-02-21</DateOfListing></record>
  <record><Country>Russia / Russie</Country><EntityOrShip>Kestrel Holding</EntityOrShip>
    <Aliases>АО Кестрел; Kestrel Group, Joint Stock Company</Aliases>
    <Schedule>1, Part 2</Schedule><Item>9</Item><DateOfListing>2023-02-23</DateOfListing></record>
</data-set>
"""

EU = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-03-02T10:00:00+01:00">
  <sanctionEntity designationDate="2021-07-03" unitedNationId="EXi.001" euReferenceNumber="EU.1.1" logicalId="1">
    <regulation programme="EXA" numberTitle="2021/1 (OJ L1)"><publicationUrl>https://eur-lex.europa.eu/x</publicationUrl>
    </regulation>
    <subjectType code="person" classificationCode="P"/>
    <nameAlias wholeName="So-called Abu Kestrel" strong="false" nameLanguage=""/>
    <nameAlias wholeName="Tobias Marlowe Adeyemi" strong="true" nameLanguage="EN" function="Harbour master"/>
    <nameAlias wholeName="Тобиас Адейеми" strong="true" nameLanguage="RU"/>
    <citizenship countryIso2Code="SD"/><citizenship countryIso2Code="00"/>
  </sanctionEntity>
</export>
"""

SECO = """<?xml version="1.0" encoding="UTF-8"?><swiss-sanctions-list list-type="full-list" date="2026-03-02">
<sanctions-program ssid="1"><program-key lang="ger">BEISPIEL</program-key><program-key lang="eng">EXAMPLE</program-key>
<sanctions-set ssid="11" lang="eng">Annex 1</sanctions-set></sanctions-program>
<target ssid="100"><sanctions-set-id>11</sanctions-set-id><individual sex="male"><identity ssid="101" main="true">
<name name-type="alias" quality="low"><name-part order="1"><value>Abu Kestrel</value></name-part></name>
<name name-type="primary-name" quality="good">
<name-part order="2" name-part-type="family-name"><value>Adeyemi</value>
<spelling-variant script="Cyrl">Адейеми</spelling-variant></name-part>
<name-part order="1" name-part-type="given-name"><value>Tobias</value>
<spelling-variant script="Cyrl">Тобиас</spelling-variant></name-part></name>
<nationality><country iso-code="SD">Sudan</country></nationality></identity></individual>
<modification modification-type="listed" effective-date="2021-05-01"/></target>
<target ssid="200"><sanctions-set-id>11</sanctions-set-id><entity><identity main="true">
<name name-type="primary-name"><name-part order="1"><value>Gone Ltd</value></name-part></name></identity></entity>
<modification modification-type="listed" effective-date="2020-01-01"/>
<modification modification-type="de-listed" effective-date="2024-01-01"/></target>
</swiss-sanctions-list>
"""

CONLIST = (
    "Last Updated,27/04/2020\n"
    "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,Name Non-Latin Script,Nationality,Country,Other Information,"
    "Group Type,Alias Type,Alias Quality,Regime,Listed On,Group ID\n"
    "ADEYÉMI,Toby,,,,,,,1) Sudan 2) Chad,,,Individual,AKA,,Example,01/04/2016,13349\n"
    "ADEYEMI,Tobias,Marlowe,,,,Dr,توبياس أدييمي,1) Sudan 2) Chad,,Harbour master,Individual,Prime Alias,,Example,"
    "01/04/2016,13349\n"
    "ABU KESTREL,,,,,,,,,,,Individual,AKA,Low,Example,01/04/2016,13349\n"
    "KESTREL TRADING,,,,,,,,,Cyprus (since 2009),,Entity,Prime Alias,,Example,02/04/2016,13350\n"
)

CSL = (
    "_id,source,entity_number,type,programs,name,title,addresses,start_date,vessel_flag,remarks,source_list_url,"
    "alt_names,citizenships,nationalities,source_information_url,ids\n"
    '"17022","Specially Designated Nationals (SDN) - Treasury Department","17022","Entity","EXAMPLE-EO1; EXAMPLE-EO2",'
    '"KESTREL HOLDINGS","","Harbour Road 1, Port Ellery, CY","","","","https://x.example/sdn","KESTREL GROUP; K. H.",'
    '"","","https://x.example/info","Legal Entity Number, 549300LCJ1UJXHYBWI24"\n'
    '"17022","Sectoral Sanctions Identifications List (SSI) - Treasury Department","17022","Entity","EXAMPLE-EO3",'
    '"KESTREL HOLDINGS","","","","","","https://x.example/ssi","","","","",""\n'
    '"a9f1","Denied Persons List (DPL) - Bureau of Industry and Security","","","","Tobias Adeyemi","","SD",'
    '"2019-07-19","","","https://x.example/dpl","","SD","","",""\n'
)

FORMS = {
    "ofac.xml": OFAC,
    "un.xml": UN,
    "uk.xml": UK,
    "canada.xml": CANADA,
    "eu.xml": EU,
    "seco.xml": SECO,
    "conlist.csv": CONLIST,
    "csl.csv": CSL,
}


def read(directory: Path, name: str, content: str | bytes | None = None) -> Watchlist:
    body = FORMS[name] if content is None else content
    path = directory / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return read_list(path)


def kinds(watchlist: Watchlist, entity_id: str) -> dict[str, str]:
    return {name.text: name.kind.value for name in watchlist.by_id[entity_id].names}


def test_ofac_xml_and_csv_of_the_same_list_read_the_same(tmp_path: Path) -> None:
    xml = read(tmp_path, "ofac.xml")
    csv = read_list(
        write_set(
            tmp_path / "csv",
            primary=[
                row(100, "KESTREL HOLDINGS", programmes="EXAMPLE-EO1] [EXAMPLE-EO2", remarks="a.k.a. 'THE BIRD'"),
                row(101, "ADEYEMI, Tobias Marlowe", "individual"),
                row(102, "NEPTUN TRADER", "vessel", remarks="Vessel Registration Identification IMO 9074729"),
            ],
            aliases=[alias(100, "KESTREL GROUP")],
        )
    )
    assert xml.id == csv.id == "ofac-sdn"
    for one, other in zip(xml.entities, csv.entities, strict=True):
        assert (one.id, one.type, one.names, one.url) == (other.id, other.type, other.names, other.url)
    assert xml.by_id["100"].programmes == csv.by_id["100"].programmes
    assert xml.by_id["100"].countries == ("cy",)
    assert ("lei", "549300LCJ1UJXHYBWI24") in xml.by_id["100"].identifiers
    assert ("imo", "9074729") in xml.by_id["102"].identifiers
    assert xml.by_id["102"].countries == ("pa",)


def test_un(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "un.xml")
    person, firm = watchlist.entities
    assert (person.id, person.name, person.type) == ("EXi.001", "TOBIAS MARLOWE ADEYEMI", EntityType.PERSON)
    assert kinds(watchlist, "EXi.001") == {
        "TOBIAS MARLOWE ADEYEMI": "primary",
        "توبياس أدييمي": "alias",
        "Toby Adeyemi": "alias",
        "Tobias Adeyémi": "alias",
        "Abu Kestrel": "weak",
    }
    assert (person.countries, person.listed, person.programmes) == (("ir",), date(2012, 12, 31), ("Example",))
    assert (firm.type, firm.countries) == (EntityType.ORGANIZATION, ("sy",))


def test_uk(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "uk.xml")
    assert kinds(watchlist, "EXA0001") == {
        "TOBIAS MARLOWE ADEYEMI": "primary",
        "توبياس أدييمي": "alias",
        "Abu Kestrel": "weak",
    }
    person, ship = watchlist.entities
    assert (person.countries, person.listed) == (("sd",), date(2021, 1, 25))
    assert (ship.type, dict(ship.identifiers)["imo"]) == (EntityType.VESSEL, "9074729")


def test_uk_conlist_in_cp1252(tmp_path: Path) -> None:
    western = CONLIST.replace("توبياس أدييمي", "")
    watchlist = read(tmp_path, "conlist.csv", western.encode("cp1252"))
    assert kinds(watchlist, "13349") == {
        "Tobias Marlowe ADEYEMI": "primary",
        "Toby ADEYÉMI": "alias",
        "ABU KESTREL": "weak",
    }
    person, firm = watchlist.entities
    assert (person.countries, person.listed, person.notes) == (("sd", "td"), date(2016, 4, 1), "Harbour master")
    assert (firm.type, firm.countries) == (EntityType.ORGANIZATION, ("cy",))
    assert "توبياس أدييمي" in kinds(read(tmp_path, "conlist.csv"), "13349")


def test_canada(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "canada.xml")
    person, ship, firm = watchlist.entities
    assert (person.id, person.name, person.countries) == ("belarus-1-part-1-1", "Anna Maria Kestrel", ("by",))
    assert [name.text for name in person.names[1:]] == ["Anna KESTRAL", "Ганна Кестрал", "Анна Кестрел"]
    assert (ship.type, ship.identifiers) == (EntityType.VESSEL, (("imo", "9074729"),))
    assert [name.text for name in firm.names] == [
        "Kestrel Holding",
        "АО Кестрел",
        "Kestrel Group, Joint Stock Company",
    ]
    assert firm.listed == date(2023, 2, 23)


def test_eu(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "eu.xml")
    (person,) = watchlist.entities
    assert kinds(watchlist, "EU.1.1") == {
        "Tobias Marlowe Adeyemi": "primary",
        "Тобиас Адейеми": "alias",
        "So-called Abu Kestrel": "weak",
    }
    assert (person.programmes, person.countries, person.listed) == (("EXA",), ("sd",), date(2021, 7, 3))
    assert (person.url, person.notes) == ("https://eur-lex.europa.eu/x", "Harbour master")


def test_seco_without_those_taken_off_it(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "seco.xml")
    (person,) = watchlist.entities
    assert kinds(watchlist, "100") == {"Tobias Adeyemi": "primary", "Тобиас Адейеми": "alias", "Abu Kestrel": "weak"}
    assert (person.programmes, person.countries, person.listed) == (("EXAMPLE",), ("sd",), date(2021, 5, 1))


def test_consolidated_screening_list_keeps_a_firm_of_two_lists_twice(tmp_path: Path) -> None:
    watchlist = read(tmp_path, "csl.csv")
    assert [entity.id for entity in watchlist.entities] == ["17022", "17022-SSI", "a9f1"]
    firm, _, person = watchlist.entities
    assert [name.text for name in firm.names] == ["KESTREL HOLDINGS", "KESTREL GROUP", "K. H."]
    assert (firm.countries, firm.programmes) == (("cy",), ("EXAMPLE-EO1", "EXAMPLE-EO2"))
    assert firm.identifiers == (("ofac", "17022"), ("lei", "549300LCJ1UJXHYBWI24"))
    assert (person.type, person.listed) == (EntityType.UNKNOWN, date(2019, 7, 19))


@pytest.mark.parametrize("name", [name for name in FORMS if name.endswith(".xml")])
def test_document_types_and_entities_are_refused(tmp_path: Path, name: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "' + "kestrel " * 1000 + '"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    outside = f'<!DOCTYPE x [<!ENTITY b SYSTEM "file://{tmp_path}/secret">]>'
    (tmp_path / "secret").write_text("SECRET")
    for declared in (bomb, outside):
        head, _, rest = FORMS[name].partition("?>")
        with pytest.raises(SourceError, match="document type declaration"):
            read(tmp_path, name, f"{head}?>{declared}{rest.replace('ADEYEMI', '&b;')}")


@pytest.mark.parametrize("name", [name for name in FORMS if name.endswith(".xml")])
def test_a_cut_off_file_is_refused_whole_with_its_line(tmp_path: Path, name: str) -> None:
    whole = FORMS[name]
    with pytest.raises(SourceError, match=rf"{name}:\d+: not well-formed XML: ") as error:
        read(tmp_path, name, whole[: len(whole) - 30])
    assert "\n" not in str(error.value)


def test_a_record_without_a_name_or_with_a_taken_id_is_told_with_its_line(tmp_path: Path) -> None:
    again = UN.replace("</ENTITIES>", "<ENTITY><REFERENCE_NUMBER>EXe.001</REFERENCE_NUMBER><FIRST_NAME>X</FIRST_NAME>"
                       "</ENTITY><ENTITY><REFERENCE_NUMBER>EXe.9</REFERENCE_NUMBER></ENTITY></ENTITIES>")  # fmt: skip
    watchlist = read(tmp_path, "un.xml", again)
    assert len(watchlist.entities) == 2
    assert [problem.partition("un.xml:")[2] for problem in watchlist.problems] == [
        "16: the id EXe.001 stands here a second time; record skipped",
        "16: no id or no name; record skipped",
    ]


def test_a_list_without_a_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not understood as the UN's consolidated list: 0 records read"):
        read(tmp_path, "un.xml", "<CONSOLIDATED_LIST><INDIVIDUALS/></CONSOLIDATED_LIST>")


@given(st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_a_file_it_reads_or_is_refused_in_one_line(tmp_path: Path, data: st.DataObject) -> None:
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


# ── the publishers' real files ──────────────────────────────────────────────────────────────────────────────────────

REAL = [
    ("ofac-cons-2025-03-28.xml", "ofac-consolidated", 443, 0),
    ("ofac-cons-2020-03-17.xml", "ofac-consolidated", 375, 0),
    ("un-consolidated-2025-11-15.xml", "un", 1000, 0),
    ("un-consolidated-2026-02-27.xml", "un", 1003, 0),
    ("uk-hmt-conlist-2020-04-27.csv", "uk", 2114, 0),
    ("ca-sema-2025-05.xml", "ca-sema", 4759, 0),
    ("us-csl-2023-11-30.csv", "us-csl", 4226, 1),  # 4,228 lines: a header stands among them, the last is cut off
    ("samples/ofac-sdn-xml-sample-2020.xml", "ofac-sdn", 8, 0),
    ("samples/un-consolidated-sample-2024.xml", "un", 7, 0),
    ("samples/uk-hmt-conlist-sample-2022.csv", "uk", 6, 0),
    ("samples/eu-fsf-xml-sample-2020a.xml", "eu", 7, 0),
    ("samples/ch-seco-xml-example-2024-01-17.xml", "ch-seco", 3, 0),
    ("samples/us-csl-tradegov-sample.csv", "us-csl", 13, 0),
]


@pytest.mark.parametrize(("name", "list_id", "records", "problems"), REAL, ids=[name for name, *_ in REAL])
def test_counts_of_real_files(name: str, list_id: str, records: int, problems: int) -> None:
    watchlist = read_list(shared("lists", *name.split("/")))
    assert (watchlist.id, len(watchlist.entities), len(watchlist.problems)) == (list_id, records, problems)


def test_known_records_of_real_files() -> None:
    canada = read_list(shared("lists", "ca-sema-2025-05.xml"))
    alekperov = canada.by_id["russia-1-part-1-744"]
    assert [name.text for name in alekperov.names] == ["Vagit Yusufovich ALEKPEROV", "Вагит Юсуфович Алекперов"]
    assert alekperov.listed == date(2022, 5, 3)
    un = read_list(shared("lists", "un-consolidated-2026-02-27.xml"))
    assert Counter(name.kind for entity in un.entities for name in entity.names)[NameKind.WEAK] > 600
    assert sum("ARABIC" in {name.script for name in entity.names} for entity in un.entities) > 200


def test_un_lists_of_november_differ_in_bytes_but_in_no_record_and_february_in_five() -> None:
    from monitor.watchlists.diff import difference

    first, second, third = (
        read_list(shared("lists", f"un-consolidated-{day}.xml")) for day in ("2025-11-15", "2025-11-20", "2026-02-27")
    )
    assert first.version != second.version
    assert not difference(first, second)
    found = difference(second, third)
    assert (len(found.added), len(found.removed)) == (4, 1)


@pytest.mark.parametrize("name", ["un-consolidated-2024-10-16.xml", "un-consolidated-2025-08-16.xml"])
def test_real_damaged_files_are_refused_with_the_line(name: str) -> None:
    with pytest.raises(SourceError, match=r"\.xml:\d+: not well-formed XML"):
        read_list(shared("lists", "samples", "damaged", name))
