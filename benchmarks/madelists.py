"""List files of any size in every publisher's form, made up: as many bytes a record as the real ones have."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

_SYLLABLES = ("ba", "ko", "ri", "ten", "mar", "sul", "dov", "an", "gre", "lis", "po", "va", "ne", "tor", "kha", "zim")
_CHANCE = random.Random(3)
WORDS = ["".join(_CHANCE.choices(_SYLLABLES, k=_CHANCE.randint(2, 4))).capitalize() for _ in range(20_000)]
PROSE = " ".join(_CHANCE.choices(WORDS, k=20_000)).lower()

Make = Callable[[Iterator[int], random.Random], Iterator[str]]


def name(chance: random.Random, words: int = 3) -> str:
    return " ".join(WORDS[int(chance.random() * 20_000)] for _ in range(words))


def prose(chance: random.Random, characters: int) -> str:
    start = int(chance.random() * (len(PROSE) - characters))
    return PROSE[start : start + characters].strip()


def made(form: str, directory: Path, size: int) -> Path:
    """A file of about `size` bytes. Returns its path."""
    suffix, head, make, tail = FORMS[form]
    path = directory / suffix
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        written = file.write(head)
        number = iter(range(1, 100_000_000))
        while written < size:
            for part in make(number, chance):
                written += file.write(part)
        file.write(tail)
    return path


def _sdn_csv(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    yield (
        f'{next(number)},"{name(chance).upper()}",-0- ,"EXAMPLE-EO1] [EXAMPLE-EO2",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
        f"\"Registration Number {chance.randrange(10**9)}; a.k.a. '{name(chance, 1).upper()}'; "
        f'Linked To: {name(chance).upper()}."\n'
    )


def _sdn_xml(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    akas = "".join(
        f"<aka><uid>{n}{a}</uid><type>a.k.a.</type><category>strong</category><lastName>{name(chance)}</lastName></aka>"
        for a in range(3)
    )
    yield (
        f"<sdnEntry><uid>{n}</uid><lastName>{name(chance).upper()}</lastName><sdnType>Entity</sdnType><programList>"
        f"<program>EXAMPLE-EO1</program></programList><akaList>{akas}</akaList><addressList><address><uid>{n}</uid>"
        f"<address1>{prose(chance, 60)}</address1><city>{name(chance, 1)}</city><country>Cyprus</country></address>"
        f"</addressList><remarks>{prose(chance, 300)}</remarks></sdnEntry>\n"
    )


def _advanced(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    aliases = "".join(
        f'<Alias FixedRef="{n}" AliasTypeID="1400" Primary="{str(not a).lower()}" LowQuality="false"><DocumentedName '
        f'ID="{n}{a}" FixedRef="{n}" DocNameStatusID="1"><DocumentedNamePart><NamePartValue NamePartGroupID="{n}" '
        f'ScriptID="215" ScriptStatusID="1" Acronym="false">{name(chance).upper()}</NamePartValue></DocumentedNamePart>'
        "</DocumentedName></Alias>"
        for a in range(4)
    )
    features = "".join(
        f'<Feature ID="{n}{f}" FeatureTypeID="25"><FeatureVersion ReliabilityID="1" ID="{n}{f}9"><Comment/>'
        f'<VersionLocation LocationID="25"/></FeatureVersion><IdentityReference IdentityID="{n}" '
        'IdentityFeatureLinkTypeID="1"/></Feature>'
        for f in range(16)
    )
    yield (
        f'<DistinctParty FixedRef="{n}"><Comment>{prose(chance, 300)}</Comment><Profile ID="{n}" PartySubTypeID="3">'
        f'<Identity ID="{n}" FixedRef="{n}" Primary="true" False="false">{aliases}<NamePartGroups><MasterNamePartGroup>'
        f'<NamePartGroup ID="{n}" NamePartTypeID="1525"/></MasterNamePartGroup></NamePartGroups></Identity>{features}'
        "</Profile></DistinctParty>\n"
    )


ADVANCED_HEAD = (
    '<?xml version="1.0"?><Sanctions xmlns="https://www.un.org/sanctions/1.0"><ReferenceValueSets><PartyTypeValues>'
    '<PartyType ID="2">Entity</PartyType></PartyTypeValues><PartySubTypeValues><PartySubType ID="3" PartyTypeID="2">'
    'Unknown</PartySubType></PartySubTypeValues><FeatureTypeValues><FeatureType ID="25">Location</FeatureType>'
    '</FeatureTypeValues><CountryValues><Country ID="11">Cyprus</Country></CountryValues><SanctionsTypeValues>'
    '<SanctionsType ID="1">Program</SanctionsType></SanctionsTypeValues></ReferenceValueSets><Locations><Location '
    'ID="25"><LocationCountry CountryID="11"/></Location></Locations><DistinctParties>\n'
)


def _un(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    aliases = "".join(
        f"<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>{name(chance)}</ALIAS_NAME></INDIVIDUAL_ALIAS>"
        for _ in range(4)
    )
    yield (
        f"<INDIVIDUAL><DATAID>{n}</DATAID><FIRST_NAME>{name(chance, 1)}</FIRST_NAME><SECOND_NAME>{name(chance, 1)}"
        f"</SECOND_NAME><UN_LIST_TYPE>Example</UN_LIST_TYPE><REFERENCE_NUMBER>EXi.{n}</REFERENCE_NUMBER><LISTED_ON>"
        f"2012-12-31</LISTED_ON><COMMENTS1>{prose(chance, 700)}</COMMENTS1><NATIONALITY><VALUE>Sudan</VALUE>"
        f"</NATIONALITY>{aliases}</INDIVIDUAL>\n"
    )


def _uk_xml(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    others = "".join(
        f"<Name><Name1>{name(chance, 1)}</Name1><Name6>{name(chance, 1)}</Name6><NameType>Alias</NameType></Name>"
        for _ in range(4)
    )
    yield (
        f"<Designation><DateDesignated>25/01/2021</DateDesignated><UniqueID>EXA{n}</UniqueID><Names><Name><Name6>"
        f"{name(chance)}</Name6><NameType>Primary Name</NameType></Name>{others}</Names><RegimeName>X</RegimeName>"
        "<IndividualEntityShip>Entity</IndividualEntityShip><OtherInformation>"
        f"{prose(chance, 800)}</OtherInformation><UKStatementofReasons>{prose(chance, 1200)}</UKStatementofReasons>"
        "</Designation>\n"
    )


UK_COLUMNS = (
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,"
    "Alias strength,Title,Name non-latin script,Regime Name,Designation Type,Other Information,UK Statement of Reasons,"
    "Address Country,Date Designated,Nationality(/ies),Position,Parent company,IMO number"
)


def _uk_csv(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    reasons = prose(chance, 700)
    for row in range(4):
        kind = "Alias" if row else "Primary Name"
        yield (
            f"01/02/2026,EXA{n},{n},,{name(chance)},,,,,,{kind},,,,Example,Entity,{prose(chance, 200)},{reasons},"
            "Cyprus,25/01/2021,,,,\n"
        )


def _eu_xml(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    aliases = "".join(
        f'<nameAlias firstName="" middleName="" lastName="" wholeName="{name(chance)}" function="" gender="" title="" '
        f'nameLanguage="" strong="true" regulationLanguage="en" logicalId="{n}{a}"><regulationSummary '
        'regulationType="amendment" publicationDate="2024-02-23" publicationUrl="https://eur-lex.europa.eu/x"/></nameAlias>'
        for a in range(6)
    )
    yield (
        f'<sanctionEntity designationDate="" unitedNationId="" euReferenceNumber="EU.{n}.1" logicalId="{n}"><remark>'
        f'{prose(chance, 400)}</remark><regulation programme="EXA" numberTitle="2024/1"><publicationUrl>'
        f'https://eur-lex.europa.eu/x</publicationUrl></regulation><subjectType code="enterprise"/>{aliases}'
        f'<address city="{name(chance, 1)}" street="{prose(chance, 40)}" countryIso2Code="CY"/></sanctionEntity>\n'
    )


def _eu_csv(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    for _ in range(6):
        yield f"02/03/2026;{n};EU.{n}.1;;2021-07-03;{prose(chance, 150)};E;EXA;https://eur-lex.europa.eu/x;{name(chance)};;;\n"


EU_CSV_HEAD = (
    "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_UnitedNationId;Entity_DesignationDate;"
    "Entity_Remark;Entity_SubjectType;Entity_Regulation_Programme;Entity_Regulation_PublicationUrl;NameAlias_WholeName;"
    "NameAlias_Function;Address_CountryIso2Code;Citizenship_CountryIso2Code\n"
)


def _seco(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    names = "".join(
        f'<name name-type="{"alias" if a else "primary-name"}" quality="good"><name-part order="1" name-part-type='
        f'"whole-name"><value>{name(chance)}</value></name-part></name>'
        for a in range(4)
    )
    yield (
        f'<target ssid="{n}"><sanctions-set-id>11</sanctions-set-id><entity><identity ssid="{n}0" main="true">{names}'
        f"</identity><justification>{prose(chance, 700)}</justification></entity><modification modification-type="
        '"listed" effective-date="2021-05-01"/></target>\n'
    )


def _canada(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    yield (
        f"<record><Country>Russia / Russie</Country><EntityOrShip>{name(chance)}</EntityOrShip><Aliases>"
        f"{name(chance)}; {name(chance)}</Aliases><Schedule>1, Part 2</Schedule><Item>{next(number)}</Item>"
        "<DateOfListing>2023-02-23</DateOfListing></record>\n"
    )


CSL_HEAD = (
    "_id,source,entity_number,type,programs,name,title,addresses,start_date,vessel_flag,remarks,source_list_url,"
    "alt_names,citizenships,nationalities,source_information_url,ids\n"
)
SDN = "Specially Designated Nationals (SDN) - Treasury Department"


def _csl_csv(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    yield (
        f'"{n}","{SDN}","{n}","Entity","EXAMPLE-EO1","{name(chance)}","","{prose(chance, 60)}, CY","","",'
        f'"{prose(chance, 150)}","https://x.example","{name(chance)}; {name(chance)}","","","https://x.example",""\n'
    )


def _csl_json(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    n = next(number)
    record = {
        "id": str(n),
        "source": SDN,
        "entity_number": str(n),
        "type": "Entity",
        "programs": ["EXAMPLE-EO1"],
        "name": name(chance),
        "addresses": [{"address": prose(chance, 60), "city": name(chance, 1), "country": "CY"}],
        "remarks": prose(chance, 150),
        "source_list_url": "https://x.example",
        "alt_names": [name(chance), name(chance)],
        "ids": [{"type": "Registration Number", "number": str(n), "country": "CY"}],
    }
    yield json.dumps(record) + (",\n" if n else "")


def _os_csv(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    yield (
        f'"NK-{next(number)}","Company","{name(chance)}","{name(chance)};{name(chance)}","","cy","{prose(chance, 60)}",'
        f'"HE{chance.randrange(10**8)}","{prose(chance, 60)}","","","XX-EO1","Example List","2023-04-20","",""\n'
    )


def _os_json(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    sanction = {"authority": [prose(chance, 60)], "program": ["Example Order 1"], "startDate": ["2023-04-20"]}
    properties = {
        "name": [name(chance) for _ in range(3)],
        "alias": [name(chance) for _ in range(3)],
        "country": ["cy"],
        "topics": ["sanction"],
        "notes": [prose(chance, 600)],
        "sanctions": [{"id": "s", "schema": "Sanction", "properties": sanction}],
    }
    record = {"id": f"NK-{next(number)}", "caption": name(chance), "schema": "Company", "properties": properties}
    yield json.dumps(record | {"target": True}, ensure_ascii=False) + "\n"


def _names(number: Iterator[int], chance: random.Random) -> Iterator[str]:
    yield f"{name(chance)} {next(number)}\n"


FORMS: dict[str, tuple[str, str, Make, str]] = {
    "OFAC sdn.csv": ("sdn.csv", "", _sdn_csv, ""),
    "OFAC SDN.XML": ("SDN.XML", '<sdnList xmlns="https://tempuri.org/sdnList.xsd">\n', _sdn_xml, "</sdnList>\n"),
    "OFAC SDN_ADVANCED.XML": ("ADVANCED.XML", ADVANCED_HEAD, _advanced, "</DistinctParties></Sanctions>\n"),
    "UN consolidated.xml": (
        "un.xml",
        "<CONSOLIDATED_LIST><INDIVIDUALS>\n",
        _un,
        "</INDIVIDUALS></CONSOLIDATED_LIST>\n",
    ),
    "UK Sanctions List XML": ("uk.xml", "<Designations>\n", _uk_xml, "</Designations>\n"),
    "UK Sanctions List CSV": ("uk.csv", f"Report Date: 02-Mar-2026\n{UK_COLUMNS}\n", _uk_csv, ""),
    "EU XML 1.1": ("eu.xml", '<export xmlns="http://eu.europa.ec/fpi/fsd/export">\n', _eu_xml, "</export>\n"),
    "EU CSV 1.1": ("eu.csv", EU_CSV_HEAD, _eu_csv, ""),
    "SECO XML": ("seco.xml", "<swiss-sanctions-list>\n", _seco, "</swiss-sanctions-list>\n"),
    "Canada XML": ("canada.xml", "<data-set>\n", _canada, "</data-set>\n"),
    "US CSL CSV": ("csl.csv", CSL_HEAD, _csl_csv, ""),
    "US CSL JSON": ("csl.json", '{"results": [\n', _csl_json, '{"id": "0", "source": "x", "name": "Last One"}]}\n'),
    "OpenSanctions targets.simple.csv": (
        "targets.simple.csv",
        "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,"
        "first_seen,last_seen,last_change\n",
        _os_csv,
        "",
    ),
    "OpenSanctions targets.nested.json": ("targets.nested.json", "", _os_json, ""),
    "OpenSanctions names.txt": ("names.txt", "", _names, ""),
}
"""Form → file name, beginning, records, end."""
