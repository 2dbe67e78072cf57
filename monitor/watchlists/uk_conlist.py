"""The United Kingdom's consolidated list of financial sanctions targets, ConList.csv, in its layouts of 2020 and 2022.

Format: https://www.gov.uk/government/publications/financial-sanctions-consolidated-list-of-targets. A line with the
date, a line of headers, then a row for each name of a target; rows of one target share its Group ID. The publisher
gave it up on 28 January 2026 for the UK Sanctions List; copies go on to be read.
Verified on the publisher's real file (April 2020); the layout of 2022 on a sample only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.countries import country_codes
from monitor.watchlists.official import Collector, born, clean, day, names, once

FORM = "the UK's ConList.csv"
URL = "https://www.gov.uk/government/publications/financial-sanctions-consolidated-list-of-targets"
TYPES = {"individual": EntityType.PERSON, "entity": EntityType.ORGANIZATION, "ship": EntityType.VESSEL}
NEEDED = {"Name 6", "Name 1", "Group Type", "Alias Type", "Regime", "Group ID"}

Row = dict[str, str]


def looks_like_it(head: str) -> bool:
    lines = head.splitlines()[:2]
    return len(lines) == 2 and lines[0].startswith("Last Updated,") and lines[1].startswith("Name 6,Name 1,")


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)

    def rows(problem: csvrecords.Problem) -> Iterator[tuple[int, Row]]:
        for line, row in csvrecords.records(path, FORM, NEEDED, problem, skip=1):
            if row["Group ID"].isdigit():
                yield line, row
            else:
                problem(line, f"{row['Group ID'][:40]!r} is no group id")

    for _, line, found in csvrecords.grouped(path, rows, "Group ID", collector.problem):
        collector.add(line, _entity(found))
    return collector.watchlist("uk", "UK consolidated list of financial sanctions targets")


def _entity(rows: list[Row]) -> Entity:
    """The first row that is a primary name names the target."""
    rows = sorted(rows, key=lambda row: not row["Alias Type"].lower().startswith(("prim", "name")))
    first = rows[0]
    others: list[tuple[str, NameKind]] = []
    for row in rows:
        low = row.get("Alias Quality", "").lower().startswith("low")
        others.append((_name(row), NameKind.WEAK if low else NameKind.ALIAS))
        others.append((row.get("Name Non-Latin Script", ""), NameKind.ALIAS))
    others.sort(key=lambda pair: pair[1] is NameKind.WEAK)
    group = first["Group ID"].strip()
    return Entity(
        watchlist="uk",
        id=group,
        type=TYPES.get(first["Group Type"].strip().lower(), EntityType.UNKNOWN),
        names=names(_name(first), others),
        countries=once(
            code for row in rows for column in ("Country", "Nationality") for code in country_codes(row.get(column, ""))
        ),
        programmes=once(row["Regime"].strip() for row in rows),
        identifiers=(("uk", group),),
        born=born(row.get("DOB", "") for row in rows),
        listed=day(first.get("Listed On")),
        notes=clean("; ".join(once([first.get("Position", ""), first.get("Other Information", "")])))[:2000],
        url=URL,
    )


def _name(row: Row) -> str:
    """The parts in the order of speech: name 6 is the family name, or the whole of a firm's."""
    return " ".join(once(clean(row.get(f"Name {number}")) for number in (1, 2, 3, 4, 5, 6)))
