"""The UK Sanctions List as CSV: since January 2026 the one list of the United Kingdom, a row for each name and address.

Format: https://www.gov.uk/government/publications/the-uk-sanctions-list: a line `Report Date: …`, a line of headers,
then rows that share the `Unique ID` of their designation and repeat what it says.
By format description and samples only: a file without the columns used here is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.countries import country_code, country_codes
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.relations import owner, resolve
from monitor.watchlists.uk_xml import TYPES, URL, imo

FORM = "the UK Sanctions List (CSV)"
NEEDED = {"Unique ID", "Name 6", "Name 1", "Name type", "Alias strength", "Regime Name", "Designation Type"}

Row = dict[str, str]


def looks_like_it(head: str) -> bool:
    lines = [line.replace('"', "") for line in head.splitlines()[:2]]
    return len(lines) == 2 and lines[0].startswith("Report Date:") and "Unique ID," in lines[1]


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)

    def rows(problem: csvrecords.Problem) -> Iterator[tuple[int, Row]]:
        return csvrecords.records(path, FORM, NEEDED, problem, skip=1)

    for _, line, found in csvrecords.grouped(path, rows, "Unique ID", collector.problem):
        collector.add(line, _entity(found))
    resolve(collector.entities)
    return collector.watchlist("uk", "UK Sanctions List")


def _entity(rows: list[Row]) -> Entity:
    """The first row that is a primary name names the designation."""
    rows = sorted(rows, key=lambda row: row["Name type"].lower() != "primary name")
    first = rows[0]
    others: list[tuple[str, NameKind]] = []
    for row in rows:
        weak = row["Alias strength"].lower().startswith("low")
        others.append((_name(row), NameKind.WEAK if weak else NameKind.ALIAS))
        others.append((row.get("Name non-latin script", ""), NameKind.ALIAS))
    others.sort(key=lambda pair: pair[1] is NameKind.WEAK)
    said = {column: once(row.get(column, "") for row in rows) for column in first}
    kind = TYPES.get(first["Designation Type"].lower(), EntityType.UNKNOWN)
    identifiers = [
        ("uk", first["Unique ID"]),
        *(("ofsi", value) for value in said.get("OFSI Group ID", ())),
        *(("un", value) for value in said.get("UN Reference Number", ())),
        *(("imo", imo(value)) for value in said.get("IMO number", ())),
        *(("registration", value) for value in said.get("Business registration number (s)", ())),
    ]
    countries = [code for text in said.get("Nationality(/ies)", ()) for code in country_codes(text)]
    countries += [country_code(text) for text in said.get("Address Country", ())]
    countries += [country_code(text) for text in said.get("Current believed flag of ship", ())]
    notes = [text for column in ("Position", "Other Information", "UK Statement of Reasons") for text in said[column]]
    ties = [*said.get("Current owner/operator (s)", ())] if kind is EntityType.VESSEL else []
    return Entity(
        watchlist="uk",
        id=first["Unique ID"],
        type=kind,
        names=names(_name(first), others),
        countries=once(countries),
        programmes=said["Regime Name"],
        identifiers=tuple(pair for pair in dict.fromkeys(identifiers) if re.search(r"\w", pair[1])),
        born=born(said.get("D.O.B", ())),
        listed=day(first.get("Date Designated")),
        notes=clean("; ".join(notes))[:2000],
        url=URL,
        owned_by=(
            *(one for text in ties for one in owner(text, URL, relation="current owner or operator")),
            *(one for text in said.get("Parent company", ()) for one in owner(text, URL, relation="parent company")),
        ),
    )


def _name(row: Row) -> str:
    return " ".join(once(clean(row.get(f"Name {number}")) for number in (1, 2, 3, 4, 5, 6)))
