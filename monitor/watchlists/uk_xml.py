"""The UK Sanctions List, `<Designations>`: since January 2026 the one list of the United Kingdom.

Format: https://www.gov.uk/government/publications/the-uk-sanctions-list (XML). A name is in parts Name1 … Name6, with a
type ("Primary Name", "Primary name variation", "Alias") and a strength; names in other scripts stand apart.
By format description and samples only: a file whose root is not that is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.countries import country_codes
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.relations import owner, resolve
from monitor.watchlists.xmlrecords import Element, child, children, records, text

FORM = "the UK Sanctions List (XML)"
URL = "https://www.gov.uk/government/publications/the-uk-sanctions-list"
TYPES = {"individual": EntityType.PERSON, "entity": EntityType.ORGANIZATION, "ship": EntityType.VESSEL}
DETAILS = {"individual": "IndividualDetails", "entity": "EntityDetails", "ship": "ShipDetails"}


def looks_like_it(head: str) -> bool:
    return re.search(r"<Designations[\s>]", head) is not None and "<Designation>" in head


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for line, record in records(path, {"Designation"}):
        collector.add(line, _entity(record))
    resolve(collector.entities)
    return collector.watchlist("uk", "UK Sanctions List")


def _entity(record: Element) -> Entity:
    kind = text(record, "IndividualEntityShip").lower()
    written = [
        (_name(name), NameKind.WEAK if text(name, "AliasStrength").lower().startswith("low") else NameKind.ALIAS,
         text(name, "NameType").lower() == "primary name")
        for name in children(record, "Names", "Name")
    ]  # fmt: skip
    written += [
        (text(name, "NameNonLatinScript"), NameKind.ALIAS, False)
        for name in children(record, "NonLatinNames", "NonLatinName")
    ]
    written.sort(key=lambda one: (not one[2], one[1] is NameKind.WEAK))
    details = DETAILS.get(kind, "EntityDetails")
    ship = child(record, details, "Ship")
    countries = [text(address, "AddressCountry") for address in children(record, "Addresses", "Address")]
    countries += [text(nation) for nation in children(record, details, "Individual", "Nationalities", "Nationality")]
    countries += [text(flag) for flag in _texts(ship, "CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip")]
    ships = [imo(text(number)) for number in children(record, details, "Ship", "IMONumbers", "IMONumber")]
    parents = children(record, details, "Entity", "ParentCompanies", "ParentCompany")
    unique, group, un = text(record, "UniqueID"), text(record, "OFSIGroupID"), text(record, "UNReferenceNumber")
    identifiers = [("uk", unique), ("ofsi", group), ("un", un), *(("imo", number) for number in ships)]
    notes = [text(record, "OtherInformation"), text(record, "UKStatementofReasons")]
    return Entity(
        watchlist="uk",
        id=unique,
        type=TYPES.get(kind, EntityType.UNKNOWN),
        names=names(written[0][0], [(spelt, quality) for spelt, quality, _ in written[1:]]) if written else (),
        countries=once(code for country in countries for code in country_codes(country)),
        programmes=once([text(record, "RegimeName")]),
        identifiers=tuple(pair for pair in identifiers if pair[1]),
        born=born(text(one) for one in children(record, details, "Individual", "DOBs", "DOB")),
        listed=day(text(record, "DateDesignated")),
        notes=clean("; ".join(once(notes)))[:2000],
        url=URL,
        owned_by=(
            *(
                one
                for name in _texts(ship, "CurrentOwnerOperators", "CurrentOwnerOperator")
                for one in owner(text(name), URL, relation="current owner or operator")
            ),
            *(one for name in parents for one in owner(text(name), URL, relation="parent company")),
        ),
    )


def imo(written: str) -> str:
    """The number alone: the list writes `IMO9826902`."""
    return written.strip().upper().removeprefix("IMO").strip()


def _texts(element: Element | None, *path: str) -> list[Element]:
    return children(element, *path) if element is not None else []


def _name(name: Element) -> str:
    return " ".join(once(clean(text(name, f"Name{number}")) for number in (1, 2, 3, 4, 5, 6)))
