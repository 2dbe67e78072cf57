"""The United States' Consolidated Screening List as CSV: the lists of Treasury, Commerce and State in one.

Format: https://www.trade.gov/consolidated-screening-list (its API's documentation explains the columns). `type` is
empty for lists that do not tell it. A page of the API's output may be pasted into the file: its header is passed over.
Verified on a real copy (November 2023, partial).
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.countries import country_code
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.relations import linked_to, owner, resolve

FORM = "the Consolidated Screening List"
TITLE = "US Consolidated Screening List"
TYPES = {
    "individual": EntityType.PERSON,
    "entity": EntityType.ORGANIZATION,
    "vessel": EntityType.VESSEL,
    "aircraft": EntityType.AIRCRAFT,
}
NEEDED = {"_id", "source", "type", "programs", "name", "alt_names"}
_LIST = re.compile(r"\(([A-Z-]+)[^)]*\)")  # "… List (SSI) - Treasury Department"
_IMO = re.compile(r"\bIMO\s+(\d{7})\b")
_LEI = re.compile(r"\bLegal Entity Number,\s*([A-Z0-9]{20})\b")

Row = dict[str, str]


def looks_like_it(head: str) -> bool:
    return head.partition("\n")[0].replace('"', "").startswith("_id,source,entity_number,type,programs,name")


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for line, row in csvrecords.records(path, FORM, NEEDED, collector.problem):
        if row["_id"] != "_id":
            collector.add(line, entity(row, taken=row["_id"] in collector.ids))
    resolve(collector.entities)
    return collector.watchlist("us-csl", TITLE)


def entity(row: Row, *, taken: bool) -> Entity:
    """`taken`: another of the lists has a record of this id (SDN and SSI share OFAC's); the list tells them apart."""
    abbreviation = _LIST.search(row["source"])
    kind = TYPES.get(row["type"].strip().lower(), EntityType.UNKNOWN)
    identifiers = [("imo" if kind is EntityType.VESSEL else "imo_company", n) for n in _IMO.findall(row.get("ids", ""))]
    identifiers += [("lei", value) for value in _LEI.findall(row.get("ids", ""))]
    if "Treasury" in row["source"] and row["entity_number" if "entity_number" in row else "_id"].isdigit():
        identifiers.insert(0, ("ofac", row["entity_number"]))
    codes = [address.rpartition(",")[2].strip().lower() for address in row.get("addresses", "").split(";")]
    codes += [code.strip().lower() for key in ("nationalities", "citizenships") for code in row.get(key, "").split(";")]
    codes.append(country_code(row.get("vessel_flag", "")))
    url = row.get("source_information_url", "") or row.get("source_list_url", "")
    return Entity(
        watchlist="us-csl",
        id=f"{row['_id']}-{abbreviation[1]}" if taken and abbreviation else row["_id"],
        type=kind,
        names=names(row["name"], [(alias, NameKind.ALIAS) for alias in row["alt_names"].split("; ")]),
        countries=once(code for code in codes if re.fullmatch("[a-z]{2}", code)),
        programmes=once(part.strip() for part in row["programs"].split(";")),
        identifiers=tuple(dict.fromkeys(identifiers)),
        born=born(row.get("dates_of_birth", "").split(";")),
        listed=day(row.get("start_date")),
        notes=clean("; ".join(once([row["source"], row.get("title", ""), row.get("remarks", "")])))[:2000],
        url=url,
        owned_by=(
            *linked_to(row.get("remarks", ""), url),
            *owner(row.get("vessel_owner", ""), url, relation="vessel owner"),
        ),
    )
