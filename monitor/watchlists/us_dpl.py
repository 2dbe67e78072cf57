"""The United States' Denied Persons List (Bureau of Industry and Security), dpl.txt: a table parted by tabulators.

Format: https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl: a row for each address of who is denied
export privileges. It gives neither ids nor types: an id is made from the name.
Verified on the publisher's real file (2019).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.official import Collector, clean, names, once
from monitor.watchlists.yaml_list import made_id

FORM = "the Denied Persons List"
URL = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl"
NEEDED = {"Name", "Country", "Effective_Date", "FR_Citation"}

Row = dict[str, str]


def looks_like_it(head: str) -> bool:
    return head.partition("\n")[0].replace('"', "").startswith("Name\tStreet_Address\t")


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)

    def rows(problem: csvrecords.Problem) -> Iterator[tuple[int, Row]]:
        for line, row in csvrecords.records(path, FORM, NEEDED, problem, delimiter="\t"):
            yield line, row | {"id": made_id(row["Name"]) if row["Name"] else ""}

    for id, line, found in csvrecords.grouped(path, rows, "id", collector.problem):
        collector.add(line, _entity(id, found))
    return collector.watchlist("us-dpl", "US Denied Persons List")


def _entity(id: str, rows: list[Row]) -> Entity:
    first = rows[0]
    try:
        listed = datetime.strptime(first["Effective_Date"], "%m/%d/%Y").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        listed = None
    countries = (row["Country"].lower() for row in rows)
    return Entity(
        watchlist="us-dpl",
        id=id,
        type=EntityType.UNKNOWN,
        names=names(first["Name"]),
        countries=once(code for code in countries if re.fullmatch("[a-z]{2}", code)),
        programmes=("DPL",),
        listed=listed,
        notes=clean("; ".join(once([first["FR_Citation"], first.get("Action", "")])))[:2000],
        url=URL,
    )
