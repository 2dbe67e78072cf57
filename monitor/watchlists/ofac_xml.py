"""OFAC's lists in their XML form: SDN.XML and CONSOLIDATED.XML, `<sdnEntry>` in the old and the new namespace.

Format: https://ofac.treasury.gov/sdn-list-data-formats-data-schemas. Names are given in the order of the CSV form,
"LAST, First", so that both forms of a list read the same.
Verified on the publisher's real files (consolidated list, 2020 and 2025).
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.countries import country_code
from monitor.watchlists.official import Collector, born, names, once
from monitor.watchlists.relations import linked_to, owner, resolve
from monitor.watchlists.xmlrecords import Element, children, records, text

FORM = "OFAC's XML"
RECORD_URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={id}"

TYPES = {"individual": EntityType.PERSON, "vessel": EntityType.VESSEL, "aircraft": EntityType.AIRCRAFT}

IDENTIFIERS = {
    "Vessel Registration Identification": "imo",
    "MMSI": "mmsi",
    "Legal Entity Number": "lei",
    "SWIFT/BIC": "swift",
    "ISIN": "isin",
    "Registration ID": "registration",
    "Registration Number": "registration",
    "Tax ID No.": "tax",
    "Passport": "passport",
}


def looks_like_it(head: str) -> bool:
    return re.search(r"<sdnList[\s>]", head) is not None


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    consolidated = "cons" in path.name.lower()
    name = "ofac-consolidated" if consolidated else "ofac-sdn"
    for line, entry in records(path, {"sdnEntry"}):
        collector.add(line, _entity(name, entry))
    resolve(collector.entities)
    return collector.watchlist(name, "OFAC consolidated (non-SDN) list" if consolidated else "OFAC SDN list")


def _entity(watchlist: str, entry: Element) -> Entity:
    uid, kind = text(entry, "uid"), text(entry, "sdnType").lower()
    aliases = [
        (_name(aka), NameKind.WEAK if text(aka, "category").lower() == "weak" else NameKind.ALIAS)
        for aka in children(entry, "akaList", "aka")
    ]
    aliases.sort(key=lambda pair: pair[1] is NameKind.WEAK)  # as in the CSV form: a name that is both counts as strong
    identifiers = [("ofac", uid)]
    for item in children(entry, "idList", "id"):
        id_kind, value = text(item, "idType"), text(item, "idNumber")
        if id_kind.startswith("Digital Currency Address"):
            identifiers.append(("wallet", value))
        elif id_kind in IDENTIFIERS and value:
            key = IDENTIFIERS[id_kind]
            if key == "imo":
                key, value = ("imo" if kind == "vessel" else "imo_company"), value.removeprefix("IMO").strip()
            identifiers.append((key, value))
    written = [
        text(element, "country")
        for path in (
            ("addressList", "address"),
            ("nationalityList", "nationality"),
            ("citizenshipList", "citizenship"),
        )
        for element in children(entry, *path)
    ]
    url = RECORD_URL.format(id=uid)
    return Entity(
        watchlist=watchlist,
        id=uid,
        type=TYPES.get(kind, EntityType.ORGANIZATION),
        names=names(_name(entry), aliases, several=False),
        countries=once(country_code(name) for name in [*written, text(entry, "vesselInfo", "vesselFlag")]),
        programmes=once(text(programme) for programme in children(entry, "programList", "program")),
        identifiers=tuple(dict.fromkeys(identifiers)),
        notes="; ".join(once([text(entry, "title"), text(entry, "remarks")]))[:2000],
        url=url,
        born=born(text(one, "dateOfBirth") for one in children(entry, "dateOfBirthList", "dateOfBirthItem")),
        owned_by=(
            *linked_to(text(entry, "remarks"), url),
            *owner(text(entry, "vesselInfo", "vesselOwner"), url, relation="vessel owner"),
        ),
    )


def _name(element: Element) -> str:
    return ", ".join(once([text(element, "lastName"), text(element, "firstName")]))
