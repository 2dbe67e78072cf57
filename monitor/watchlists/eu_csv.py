"""The European Union's consolidated financial sanctions list as CSV, of format 1.1 and of the older 1.0.

Format: https://webgate.ec.europa.eu/fsd/fsf: semicolons, a header row, many rows for each record: one for each name,
address, birth date and document, all repeating what the record itself says. Only the XML form tells weak names.
By format description and samples only: a file without the columns used here is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.errors import SourceError
from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.countries import country_code
from monitor.watchlists.eu_xml import URL
from monitor.watchlists.official import Collector, born, clean, day, names, once

FORM = "the EU's financial sanctions list (CSV)"
TYPES = {
    "p": EntityType.PERSON,
    "person": EntityType.PERSON,
    "e": EntityType.ORGANIZATION,
    "enterprise": EntityType.ORGANIZATION,
}

COLUMNS: tuple[dict[str, tuple[str, ...]], ...] = (
    {  # 1.1
        "key": ("Entity_LogicalId",),
        "name": ("NameAlias_WholeName",),
        "type": ("Entity_SubjectType", "Entity_SubjectType_ClassificationCode"),
        "programme": ("Entity_Regulation_Programme",),
        "reference": ("Entity_EU_ReferenceNumber",),
        "un": ("Entity_UnitedNationId",),
        "listed": ("Entity_DesignationDate",),
        "url": ("Entity_Regulation_PublicationUrl",),
        "born": ("BirthDate_BirthDate",),
        "countries": ("Citizenship_CountryIso2Code", "Address_CountryIso2Code"),
        "notes": ("NameAlias_Function", "Entity_Remark"),
    },
    {  # 1.0
        "key": ("Entity_logical_id",),
        "name": ("Naal_wholename",),
        "type": ("Subject_type",),
        "programme": ("Programme",),
        "reference": ("EU_ref_num",),
        "un": (),
        "listed": ("Leba_publication_date",),
        "url": ("Leba_url",),
        "born": ("Birt_date",),
        "countries": ("Citi_country", "Addr_country"),
        "notes": ("Naal_function", "Entity_remark"),
    },
)
NEEDED = ("key", "name", "type", "programme", "reference")


@dataclass
class _Record:
    values: dict[str, dict[str, None]] = field(default_factory=dict)  # what: each value once, in order

    def take(self, row: Mapping[str, str], columns: Mapping[str, tuple[str, ...]]) -> None:
        for what, of in columns.items():
            for column in of:
                values = self.values.setdefault(what, {})
                if text := clean(row.get(column)):
                    values[text] = None

    def first(self, what: str) -> str:
        return next(iter(self.values.get(what, ())), "")

    def all(self, what: str) -> list[str]:
        return list(self.values.get(what, ()))


def looks_like_it(head: str) -> bool:
    header = head.partition("\n")[0].replace('"', "").strip().split(";")
    return any(all(columns[what][0] in header for what in ("key", "name")) for columns in COLUMNS)


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    columns: dict[str, tuple[str, ...]] = {}

    def rows(problem: csvrecords.Problem) -> Iterator[tuple[int, csvrecords.Row]]:
        lines = csvrecords.rows(path, problem, delimiter=";")
        _, cells = next(lines, (1, []))
        header = [cell.strip() for cell in cells]
        columns.update(_columns(path, header))
        for line, cells in lines:
            row: csvrecords.Row = {}
            for name, cell in zip(header, cells, strict=False):
                row.setdefault(name, cell)  # the older form repeats a column at its end
            row["key"] = clean(row.get(columns["key"][0]))
            if not row["key"] or len(cells) < len(header) - 1:
                problem(line, "no id" if not row["key"] else f"{len(cells)} cells where {len(header)} are due")
            else:
                yield line, row

    for _, line, found in csvrecords.grouped(path, rows, "key", collector.problem):
        record = _Record()
        for row in found:
            record.take(row, columns)
        collector.add(line, _entity(record))
    return collector.watchlist("eu", "EU consolidated financial sanctions list")


def _columns(path: Path, header: list[str]) -> dict[str, tuple[str, ...]]:
    for columns in COLUMNS:
        if columns["key"][0] in header:
            if missing := [columns[what] for what in NEEDED if not set(columns[what]) & set(header)]:
                raise SourceError(f"{path}:1: not understood as {FORM}: no column {missing[0][0]!r}")
            return columns
    raise SourceError(f"{path}:1: not understood as {FORM}: no column {COLUMNS[0]['key'][0]!r}")


def _entity(record: _Record) -> Entity:
    written = record.all("name")
    reference = record.first("reference")
    countries = [
        code if re.fullmatch("[a-z]{2}", code := text.lower()) else country_code(text)
        for text in record.all("countries")
    ]
    identifiers = [("eu", reference), *(("un", value) for value in record.all("un"))]
    return Entity(
        watchlist="eu",
        id=reference,
        type=TYPES.get(record.first("type").lower(), EntityType.UNKNOWN),
        names=names(written[0], [(name, NameKind.ALIAS) for name in written[1:]]) if written else (),
        countries=once(countries),
        programmes=once(record.all("programme")),
        identifiers=tuple(pair for pair in identifiers if pair[1]),
        born=born(record.all("born")),
        listed=day(record.first("listed")),
        notes=clean("; ".join(record.all("notes")))[:2000],
        url=record.first("url") or URL,
    )
