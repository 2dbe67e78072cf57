"""OpenSanctions' simple table, targets.simple.csv: one row for each person, firm, vessel or aircraft.

Format: https://www.opensanctions.org/docs/bulk/csv: a header row; several values of one cell are joined by `;`. Weak
aliases are not told apart, nor is the day of listing. Rows of other kinds (wallets, securities) are left out.
By format description and samples only: a file without the columns used here is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.official import LICENCE_OPENSANCTIONS, Collector, clean, names, once

FORM = "OpenSanctions' simple CSV"
NEEDED = ("id", "schema", "name", "aliases", "countries", "identifiers", "sanctions", "dataset")
RECORD_URL = "https://www.opensanctions.org/entities/{id}/"

TYPES = {  # https://www.opensanctions.org/reference/: the schemata that targets have
    "Person": EntityType.PERSON,
    "Organization": EntityType.ORGANIZATION,
    "Company": EntityType.ORGANIZATION,
    "PublicBody": EntityType.ORGANIZATION,
    "LegalEntity": EntityType.UNKNOWN,  # a person or a firm: the source does not say
    "Vessel": EntityType.VESSEL,
    "Airplane": EntityType.AIRCRAFT,
}
_IMO = re.compile(r"IMO ?(\d{7})")
_LEI = re.compile(r"[A-Z0-9]{18}\d{2}")


def looks_like_it(head: str) -> bool:
    return head.partition("\n")[0].replace('"', "").startswith("id,schema,name,aliases,")


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for line, row in csvrecords.records(path, FORM, set(NEEDED), collector.problem):
        if row["schema"] in TYPES or not re.fullmatch("[A-Z][A-Za-z]+", row["schema"]):
            collector.add(line, _entity(row), f"the schema {row['schema'][:40]!r} is no known one")
    return collector.watchlist("opensanctions", "OpenSanctions", licence=LICENCE_OPENSANCTIONS)


def _entity(row: dict[str, str]) -> Entity | None:
    if row["schema"] not in TYPES:
        return None
    return Entity(
        watchlist="opensanctions",
        id=row["id"].strip(),
        type=TYPES[row["schema"]],
        names=names(row["name"], [(alias, NameKind.ALIAS) for alias in row["aliases"].split(";")]),
        countries=once(code for code in _parts(row["countries"].lower()) if re.fullmatch("[a-z]{2}", code)),
        programmes=once(_parts(row.get("program_ids") or "") or _parts(row["dataset"])),
        identifiers=tuple(dict.fromkeys(identifier(value) for value in _parts(row["identifiers"]))),
        notes=clean("; ".join(once([row["sanctions"], row["dataset"]])))[:2000],
        url=RECORD_URL.format(id=row["id"].strip()),
    )


def identifier(value: str) -> tuple[str, str]:
    """(kind, value) of an identifier whose kind is not told: known by its form, else a registration."""
    if found := _IMO.fullmatch(value):
        return ("imo", found[1])
    return ("lei" if _LEI.fullmatch(value) else "registration", value)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
