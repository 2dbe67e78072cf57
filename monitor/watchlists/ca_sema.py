"""Canada's consolidated autonomous sanctions list, `<data-set><record>`.

Format: https://www.international.gc.ca/world-monde/international_relations-relations_internationales/sanctions/
consolidated-consolide.aspx?lang=eng. A record is named by its regulation, schedule and item. Aliases are prose: parted
by semicolons or commas, some with the language before them ("Russian: …").
Verified on the publisher's real file (May 2025).
"""

from __future__ import annotations

import re
from pathlib import Path

from anyascii import anyascii

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.countries import country_code
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.xmlrecords import Element, records, text

FORM = "Canada's consolidated list"
URL = (
    "https://www.international.gc.ca/world-monde/international_relations-relations_internationales/"
    "sanctions/consolidated-consolide.aspx?lang=eng"
)
_LANGUAGE = re.compile(
    r"^(?:Belarus+ian|Russian|Ukrainian|Persian|Arabic|English|French|Burmese)\s*:\s*", re.IGNORECASE
)


def looks_like_it(head: str) -> bool:
    return re.search(r"<data-set[\s>]", head) is not None and "<DateOfListing>" in head


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for line, record in records(path, {"record"}):
        collector.add(line, _entity(record))
    return collector.watchlist("ca-sema", "Canada: consolidated autonomous sanctions list")


def _entity(record: Element) -> Entity:
    regulation = text(record, "Country").partition(" / ")[0]
    schedule, item = text(record, "Schedule"), text(record, "Item")
    thing, imo = text(record, "EntityOrShip"), text(record, "ShipIMONumber")
    name = thing or " ".join(once([text(record, "GivenName"), text(record, "LastName")]))
    kind = EntityType.VESSEL if imo else EntityType.ORGANIZATION if thing else EntityType.PERSON
    return Entity(
        watchlist="ca-sema",
        id=_slug(f"{regulation} {schedule} {item}"),
        type=kind,
        names=names(name, [(alias, NameKind.ALIAS) for alias in _aliases(text(record, "Aliases"))]),
        countries=once([country_code(regulation)]),
        programmes=once([f"CA-SEMA-{_slug(regulation).upper()}"]),
        identifiers=(("imo", imo),) if imo else (),
        born=born([text(record, "DateOfBirthOrShipBuildDate")]),
        listed=day(text(record, "DateOfListing")),
        notes=clean("; ".join(once([text(record, "TitleOrShip"), f"Schedule {schedule}, item {item}"]))),
        url=URL,
    )


def _aliases(written: str) -> list[str]:
    """Commas part names only where there is no semicolon; a comma inside a firm's name then does no harm."""
    parts = re.split(r"[;\n]", written) if re.search(r"[;\n]", written) else written.split(",")
    if ";" in written:  # "A, B, Belarusian: C; Russian: D": a language label shows that its neighbours are listed too
        parts = [inner for part in parts for inner in (part.split(",") if _labelled(part) else [part])]
    return [_LANGUAGE.sub("", part.strip()) for part in parts]


def _labelled(part: str) -> bool:
    return any(_LANGUAGE.match(inner.strip()) for inner in part.split(","))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", anyascii(text).lower()).strip("-")[:120]
