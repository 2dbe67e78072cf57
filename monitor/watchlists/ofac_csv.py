"""OFAC's SDN and consolidated lists in their CSV form: SDN.CSV or CONS_PRIM.CSV with ALT, ADD and COMMENTS beside it.

Format: https://ofac.treasury.gov/sdn-list-data-formats-data-schemas: no header rows; `-0-` is null; a file ends with
0x1A; remarks too long for their column go on in the comments file. Individuals are written "LAST, First Middle". In
`programs` several are joined as `A] [B`. Weak aliases stand in the remarks between single quotes (`a.k.a. 'BNC'`) and,
in newer files, in the alias type.
Verified on the publisher's real files.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from monitor.errors import SourceError
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Watchlist

NULL = "-0-"
PRIMARY_COLUMNS = 12
MAX_BYTES = 200_000_000
RECORD_URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={id}"

TYPES = {"individual": EntityType.PERSON, "vessel": EntityType.VESSEL, "aircraft": EntityType.AIRCRAFT}

PRIMARY_ROW = re.compile(r'^\d+,"[^"]+"\s*,\s*(?:-0-|"(?:individual|vessel|aircraft|entity)")\s*,', re.IGNORECASE)
QUOTED_ALIAS = re.compile(r"(?:a\.k\.a\.|f\.k\.a\.|n\.k\.a\.)\s+'([^']+)'", re.IGNORECASE)
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


def primary_file(directory: Path) -> Path | None:
    """The primary file of a directory that holds a downloaded set."""
    for child in sorted(directory.iterdir()):
        if child.is_file() and child.suffix.lower() == ".csv":
            with child.open("rb") as file:
                if looks_like_it(file.read(8192).decode("utf-8", "replace")):
                    return child
    return None


def read(path: Path) -> Watchlist:
    """The list whose primary file is `path`; alias, address and comment files beside it are read with it.

    A record that is not understood is skipped and told in `problems`, with file and line. Raises SourceError when many
    are: then the form has changed, and a list half read would be worse than none.
    """
    files = _beside(path)
    problems: list[str] = []
    digest = hashlib.sha256()
    for file in (files.primary, files.alias, files.address, files.comments):
        if file is not None:
            if file.stat().st_size > MAX_BYTES:
                raise SourceError(f"{file}: {file.stat().st_size} bytes; at most {MAX_BYTES} are read")
            digest.update(file.read_bytes())
    comments: dict[str, str] = defaultdict(str)
    for _, row in _rows(files.comments, 2, problems):
        comments[row[0]] += row[1]
    aliases: dict[str, list[Name]] = defaultdict(list)
    for _, row in _rows(files.alias, 5, problems):
        if row[3]:
            weak = any("weak" in cell.lower() or "low quality" in cell.lower() for cell in (row[2], row[4]))
            aliases[row[0]].append(Name(_name(row[3]), NameKind.WEAK if weak else NameKind.ALIAS))
    addresses: dict[str, dict[str, None]] = defaultdict(dict)
    for _, row in _rows(files.address, 6, problems):
        code = country_code(row[4])
        if code:
            addresses[row[0]][code] = None
    entities: dict[str, Entity] = {}
    read_rows = 0
    for line, row in _rows(files.primary, PRIMARY_COLUMNS, problems):
        read_rows += 1
        if row[0] in entities:
            problems.append(f"{path}:{line}: the id {row[0]} stands here a second time; the first is kept")
            continue
        entities[row[0]] = _entity(row, comments.get(row[0], ""), aliases.get(row[0], []), addresses.get(row[0], {}))
    if not entities or len(problems) > max(20, read_rows // 10):
        raise SourceError(
            f"{path}: not understood as OFAC's CSV: {len(entities)} records read, {len(problems)} problems"
            + (f", the first: {problems[0]}" if problems else "")
        )
    return Watchlist(
        id="ofac",
        title="OFAC " + ("consolidated (non-SDN) list" if "cons" in path.name.lower() else "SDN list"),
        entities=tuple(entities.values()),
        version=digest.hexdigest()[:16],
        origin=str(path),
        problems=tuple(problems),
    )


def _beside(path: Path) -> _Files:
    """The set's other files: the same name with sdn/prim replaced by alt, add, comments, whatever surrounds it."""

    def sibling(part: str) -> Path | None:
        wanted = {re.sub(r"sdn(?=\.csv$)|prim(?=\.csv$)", word, path.name.lower()) for word in (part,)}
        wanted |= {f"{part}.csv", f"sdn_{part}.csv", f"cons_{part}.csv"}
        if path.name.lower() in {"sdn.csv", "cons_prim.csv"} or re.search(r"(sdn|prim)\.csv$", path.name.lower()):
            found = [
                child for child in sorted(path.parent.iterdir()) if child.name.lower() in wanted - {path.name.lower()}
            ]
            return found[0] if found else None
        return None

    return _Files(path, sibling("alt"), sibling("add"), sibling("comments"))


def _rows(path: Path | None, columns: int, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of a file, nulls as "". Rows with too few cells or without an id are told in `problems`."""
    if path is None:
        return
    raw = path.read_bytes().replace(b"\x1a", b"").replace(b"\x00", b"")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # the older files
    reader = csv.reader(text.splitlines(keepends=True))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(f"{path}:{reader.line_num}: {error}")
            continue
        cells = ["" if cell.strip() == NULL else cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < columns or not cells[0].isdigit() or not cells[1]:
            problems.append(f"{path}:{reader.line_num}: {len(cells)} cells where {columns} are due; record skipped")
            continue
        yield reader.line_num, cells


def _entity(row: list[str], comment: str, aliases: list[Name], addresses: dict[str, None]) -> Entity:
    entity_id, name, kind, programs, title = row[0], _name(row[1]), row[2].lower(), row[3], row[4]
    remarks = row[11] + comment
    names = {name: Name(name)}
    for alias in aliases:
        names.setdefault(alias.text, alias)
    for quoted in QUOTED_ALIAS.findall(remarks):
        names.setdefault(_name(quoted), Name(_name(quoted), NameKind.WEAK))
    countries = dict(addresses)
    for nationality in NATIONALITY.findall(remarks):
        code = country_code(nationality.split(";")[0])
        if code:
            countries[code] = None
    flag = country_code(row[9])
    if flag:
        countries[flag] = None
    identifiers = [(key, value) for key, pattern in IDENTIFIERS for value in pattern.findall(remarks)]
    return Entity(
        watchlist="ofac",
        id=entity_id,
        type=TYPES.get(kind, EntityType.ORGANIZATION),
        names=tuple(names.values()),
        countries=tuple(countries),
        programmes=tuple(part.strip() for part in programs.split("] [") if part.strip()),
        identifiers=tuple(dict.fromkeys(identifiers)),
        notes="; ".join(part for part in (title, remarks) if part)[:2000],
        url=RECORD_URL.format(id=entity_id),
    )


def _name(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def country_code(name: str) -> str:
    """ISO 3166-1 alpha-2, lower case, of a country as OFAC writes it; "" when it is not one."""
    return _countries().get(name.strip().rstrip(".").casefold(), "")


@cache
def _countries() -> dict[str, str]:
    table = yaml.safe_load((Path(__file__).parent / "data" / "countries.yaml").read_text(encoding="utf-8"))
    return {str(name).casefold(): str(code) for code, names in table["countries"].items() for name in names}
