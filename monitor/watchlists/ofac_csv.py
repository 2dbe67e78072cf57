"""OFAC's SDN and consolidated lists in their CSV form: SDN.CSV or CONS_PRIM.CSV with ALT, ADD and COMMENTS beside it.

Format: https://ofac.treasury.gov/sdn-list-data-formats-data-schemas: no header rows; `-0-` is null; a file ends with
0x1A; remarks too long for their column go on in the comments file. Individuals are written "LAST, First Middle". In
`programs` several are joined as `A] [B`. Weak aliases stand in the remarks between single quotes (`a.k.a. 'BNC'`) and,
in newer files, in the alias type.
Verified on the publisher's real files.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import SourceError
from monitor.model.packed import Gathering
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Watchlist
from monitor.watchlists import csvrecords
from monitor.watchlists.countries import country_code
from monitor.watchlists.official import LICENCES, MAX_BYTES, MAX_NAMES, MAX_PROBLEMS, born, clean, names, once, too_many
from monitor.watchlists.relations import linked_to, owner, resolve

NULL = "-0-"
PRIMARY_COLUMNS = 12
RECORD_URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={id}"

TYPES = {"individual": EntityType.PERSON, "vessel": EntityType.VESSEL, "aircraft": EntityType.AIRCRAFT}

PRIMARY_ROW = re.compile(r'^\d+,"[^"]+"\s*,\s*(?:-0-|"(?:individual|vessel|aircraft|entity)")\s*,', re.IGNORECASE)
QUOTED_ALIAS = re.compile(r"(?:a\.k\.a\.|f\.k\.a\.|n\.k\.a\.)\s+'([^']+)'", re.IGNORECASE)
BORN = re.compile(r"\bDOB ([^;.]+)")
NATIONALITY = re.compile(r"\b(?:nationality|citizen)\s+([A-Z][A-Za-z .,'()-]+)")

IDENTIFIERS = (
    ("imo", re.compile(r"\bIMO\s+(\d{7})\b")),
    ("mmsi", re.compile(r"\bMMSI\s+(\d{9})\b")),
    ("lei", re.compile(r"\bLegal Entity Number\s+([A-Z0-9]{20})\b")),
    ("swift", re.compile(r"\bSWIFT/BIC\s+([A-Z0-9]{8,11})\b")),
    ("isin", re.compile(r"\bISIN\s+([A-Z]{2}[A-Z0-9]{9}\d)\b")),
    ("registration", re.compile(r"\bRegistration (?:ID|Number)\s+([A-Za-z0-9/-]+)")),
    ("tax", re.compile(r"\bTax ID No\.\s+([A-Za-z0-9/-]+)")),
    ("passport", re.compile(r"\bPassport\s+([A-Z0-9]+)")),
    ("wallet", re.compile(r"\bDigital Currency Address - [A-Z]+\s+([A-Za-z0-9]{20,})")),
)


@dataclass(frozen=True, slots=True)
class _Files:
    primary: Path
    alias: Path | None
    address: Path | None
    comments: Path | None


def looks_like_it(head: str) -> bool:
    """Whether the beginning of a file is OFAC's primary CSV."""
    lines = [line for line in head.splitlines()[:20] if line.strip("\x1a\r\n ")]
    return bool(lines) and all(PRIMARY_ROW.match(line) for line in lines[:3])


def read(path: Path) -> Watchlist:
    """The list whose primary file is `path`; alias, address and comment files beside it are read with it.

    A record that is not understood is skipped and told in `problems`, with file and line. Raises SourceError when many
    are: then the form has changed, and a list half read would be worse than none.
    """
    files = _beside(path)
    consolidated = "cons" in path.name.lower()
    name = "ofac-consolidated" if consolidated else "ofac-sdn"
    problems: list[str] = []
    digest = hashlib.sha256()
    for file in (files.primary, files.alias, files.address, files.comments):
        if file is not None:
            if file.stat().st_size > MAX_BYTES:
                raise SourceError(f"{file}: {file.stat().st_size} bytes; at most {MAX_BYTES} are read")
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    comments: dict[str, str] = defaultdict(str)
    for _, row in _rows(files.comments, 2, problems):
        comments[row[0]] += row[1]
    aliases: dict[str, tuple[Name, ...]] = {}
    for line, row in _rows(files.alias, 5, problems):
        before = aliases.get(row[0], ())
        if len(before) > MAX_NAMES:
            before = tuple(dict.fromkeys(before))
            if len(before) > MAX_NAMES:
                raise too_many(files.alias or path, line, row[0])
        if row[3]:
            weak = any("weak" in cell.lower() or "low quality" in cell.lower() for cell in (row[2], row[4]))
            aliases[row[0]] = (*before, Name(clean(row[3]), NameKind.WEAK if weak else NameKind.ALIAS))
    addresses: dict[str, tuple[str, ...]] = {}
    for _, row in _rows(files.address, 6, problems):
        code = country_code(row[4])
        if code and code not in addresses.get(row[0], ()):
            addresses[row[0]] = once([*addresses.get(row[0], ()), code])
    entities, ids = Gathering(), set[str]()
    read_rows = 0
    for line, row in _rows(files.primary, PRIMARY_COLUMNS, problems):
        read_rows += 1
        if row[0] in ids:
            problems.append(f"{path}:{line}: the id {row[0]} stands here a second time; the first is kept")
            continue
        record = row[0]
        entity = _entity(name, row, comments.get(record, ""), aliases.get(record, ()), addresses.get(record, ()))
        if entity is None:
            problems.append(f"{path}:{line}: the name {row[1][:40]!r} holds no letter, or is longer than any name")
        else:
            ids.add(record)
            entities.add(entity)
    orphans = len(aliases.keys() - ids)
    if orphans:
        problems.append(f"{files.alias}: {orphans} records have aliases there but do not stand in {path.name}")
    if not ids or len(problems) > max(20, read_rows // 10):
        raise SourceError(
            f"{path}: not understood as OFAC's CSV: {len(ids)} records read, {len(problems)} problems"
            + (f", the first: {problems[0]}" if problems else "")
        )
    resolve(entities)
    return Watchlist(
        id=name,
        title="OFAC consolidated (non-SDN) list" if consolidated else "OFAC SDN list",
        entities=entities.sealed(),
        version=digest.hexdigest()[:16],
        origin=str(path),
        licence=LICENCES[name],
        problems=tuple(problems),
    )


def _beside(path: Path) -> _Files:
    """The set's other files: sdn.csv or cons_prim.csv with `sdn` or `prim` replaced, whatever stands before them."""
    found = re.fullmatch(r"(.*?)(sdn|prim)\.csv", path.name.lower())
    if found is None:
        return _Files(path, None, None, None)
    stem, kind = found[1], found[2]
    children = {child.name.lower(): child for child in path.parent.iterdir() if child.is_file()}

    def sibling(part: str) -> Path | None:
        named = (f"{stem}{part}.csv", f"{stem}{kind}_{part}.csv")  # OFAC: alt.csv and add.csv, but sdn_comments.csv
        return next((children[name] for name in named if name in children), None)

    return _Files(path, sibling("alt"), sibling("add"), sibling("comments"))


def _rows(path: Path | None, columns: int, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of a file, nulls as "". Rows with too few cells or without an id are told in `problems`."""
    if path is None:
        return

    def problem(line: int, message: str) -> None:
        problems.append(f"{path}:{line}: {message}; record skipped")
        if len(problems) > MAX_PROBLEMS:
            raise SourceError(f"{path}: not understood as OFAC's CSV: {problems[0]}, and {MAX_PROBLEMS} more")

    for line, row in csvrecords.rows(path, problem):
        cells = ["" if cell.strip() == NULL else cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < columns or not cells[0].isdigit() or not cells[1]:
            problem(line, _fault(cells, columns))
        else:
            yield line, cells


def _fault(cells: list[str], columns: int) -> str:
    if len(cells) < columns:
        return f"{len(cells)} cells where {columns} are due"
    return f"{cells[0][:40]!r} is no id" if not cells[0].isdigit() else "the second cell is empty"


def _entity(
    watchlist: str, row: list[str], comment: str, aliases: tuple[Name, ...], addresses: tuple[str, ...]
) -> Entity | None:
    entity_id, kind, programs, title = row[0], row[2].lower(), row[3], row[4]
    remarks = row[11] + comment
    others = [(alias.text, alias.kind) for alias in aliases]
    others += [(quoted, NameKind.WEAK) for quoted in QUOTED_ALIAS.findall(remarks)]
    written = names(row[1], others, several=False)
    if not written:
        return None
    countries = dict.fromkeys(addresses)
    for nationality in NATIONALITY.findall(remarks):
        code = country_code(nationality.split(";")[0])
        if code:
            countries[code] = None
    flag = country_code(row[9])
    if flag:
        countries[flag] = None
    identifiers = [("ofac", entity_id)]
    identifiers += [(key, value) for key, pattern in IDENTIFIERS for value in pattern.findall(remarks)]
    if kind != "vessel":  # shipping firms have IMO numbers too, with a check digit of another make
        identifiers = [("imo_company" if key == "imo" else key, value) for key, value in identifiers]
    url = RECORD_URL.format(id=entity_id)
    return Entity(
        watchlist=watchlist,
        id=entity_id,
        type=TYPES.get(kind, EntityType.ORGANIZATION),
        names=written,
        countries=once(countries),
        programmes=once(part.strip() for part in programs.split("] [")),
        identifiers=tuple(dict.fromkeys(identifiers)),
        notes="; ".join(part for part in (title if title not in remarks else "", remarks) if part)[:2000],
        url=url,
        born=born(BORN.findall(remarks)),
        owned_by=(*linked_to(remarks, url), *owner(row[10], url, relation="vessel owner")),
    )
