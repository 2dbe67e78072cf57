"""The European Union's consolidated financial sanctions list, XML 1.1, `<export>` of `<sanctionEntity>`.

Format: https://webgate.ec.europa.eu/fsd/fsf (XML schema 1.1). Names are written whole; `strong="false"` marks a weak
one; names in several languages stand side by side.
By format description and samples only: a file whose root or attributes are not those is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.official import Collector, born, clean, day, names, once
from monitor.watchlists.xmlrecords import Element, child, children, records, text

FORM = "the EU's financial sanctions list (XML 1.1)"
URL = "https://webgate.ec.europa.eu/fsd/fsf"
TYPES = {"person": EntityType.PERSON, "enterprise": EntityType.ORGANIZATION}


def looks_like_it(head: str) -> bool:
    return re.search(r"<export\b[^>]*http://eu\.europa\.ec/fpi/fsd/export", head) is not None


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for line, record in records(path, {"sanctionEntity"}):
        collector.add(line, _entity(record))
    return collector.watchlist("eu", "EU consolidated financial sanctions list")


def _entity(record: Element) -> Entity:
    written = [
        (alias.get("wholeName", ""), NameKind.ALIAS if alias.get("strong") != "false" else NameKind.WEAK)
        for alias in children(record, "nameAlias")
    ]
    written.sort(key=lambda pair: pair[1] is NameKind.WEAK)
    reference = record.get("euReferenceNumber", "")
    regulation = child(record, "regulation")
    subject = child(record, "subjectType")
    codes = [
        element.get("countryIso2Code", "").lower()
        for tag in ("citizenship", "address")
        for element in children(record, tag)
    ]
    functions = [alias.get("function", "") for alias in children(record, "nameAlias")]
    identifiers = [("eu", reference), ("un", record.get("unitedNationId", ""))]
    return Entity(
        watchlist="eu",
        id=reference,
        type=TYPES.get(subject.get("code", "") if subject is not None else "", EntityType.UNKNOWN),
        names=names(written[0][0], written[1:]) if written else (),
        countries=once(code for code in codes if re.fullmatch("[a-z]{2}", code)),
        programmes=once(element.get("programme", "") for element in children(record, "regulation")),
        identifiers=tuple(pair for pair in identifiers if pair[1]),
        born=born(one.get("birthdate") or one.get("year", "") for one in children(record, "birthdate")),
        listed=day(record.get("designationDate")),
        notes=clean("; ".join(once([*functions, *(text(remark) for remark in children(record, "remark"))])))[:2000],
        url=text(regulation, "publicationUrl") or URL,
    )
