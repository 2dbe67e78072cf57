"""OpenSanctions' entities, one JSON object a line: targets.nested.json and entities.ftm.json.

Format: https://www.opensanctions.org/docs/bulk/json: {"id", "caption", "schema", "target", "properties": {…}}.
In the nested form a target holds its sanctions as objects; in the other they stand on lines of their own, before or
after it, and name it in `entity`. Only lines with `target: true` are records; wallets and the like are left out.
By format description and samples only: a line that is no such object is told, a file of many is refused.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.errors import SourceError
from monitor.model.watchlists import Entity, NameKind, Owner, Watchlist
from monitor.watchlists.official import (
    LICENCE_OPENSANCTIONS,
    MAX_NAME,
    MAX_NAMES,
    Collector,
    born,
    clean,
    day,
    names,
    once,
    too_many,
)
from monitor.watchlists.os_csv import RECORD_URL, TYPES

FORM = "OpenSanctions' JSON"

MAX_BYTES = 2_000_000_000
"""It is read line by line and only the targets are kept, so that its size costs time alone."""

MAX_LINE = 5_000_000
"""Code points. The longest target, a state-owned firm with all that belongs to it, has a few hundred thousand."""

KINDS = {
    "name": NameKind.ALIAS,
    "alias": NameKind.ALIAS,
    "previousName": NameKind.ALIAS,
    "weakAlias": NameKind.WEAK,
    "abbreviation": NameKind.WEAK,
}
IDENTIFIERS = {
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "leiCode": "lei",
    "swiftBic": "swift",
    "isinCode": "isin",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "taxNumber": "tax",
    "innCode": "tax",
    "passportNumber": "passport",
}
COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "flag", "mainCountry")

Properties = dict[str, Any]


def looks_like_it(head: str) -> bool:
    first = head.partition("\n")[0]
    return first.startswith("{") and '"schema":' in first and '"properties":' in first


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM, max_bytes=MAX_BYTES)
    sanctions: dict[str, tuple[tuple[str, ...], str]] = {}  # target → programmes, the first day
    ownerships: dict[str, list[tuple[str, float | None]]] = defaultdict(list)  # asset → (owner's id, per cent)
    for line, record in _records(path, collector):
        schema, properties = record.get("schema"), record.get("properties")
        if not isinstance(schema, str) or not isinstance(properties, dict) or not isinstance(record.get("id"), str):
            collector.problem(line, "no id, schema or properties")
        elif schema == "Sanction":
            for target in _texts(properties, "entity"):
                before, first = sanctions.get(target, ((), ""))
                if len(before) > MAX_NAMES:
                    raise too_many(path, line, target)
                programmes, since = _sanctions([properties])
                if any(programme not in before for programme in programmes):
                    before = once([*before, *programmes])
                sanctions[target] = (before, min(filter(None, (first, since)), default=""))
        elif schema == "Ownership":
            for asset in _texts(properties, "asset"):
                ownerships[asset] += [(one, _share(properties)) for one in _texts(properties, "owner")]
        elif not isinstance(record.get("target"), bool):
            collector.problem(line, "no `target`: true or false")
        elif record["target"] and schema in TYPES:
            collector.add(line, _entity(record["id"], schema, _text(record.get("caption")), properties))
    wanted = {one for some in ownerships.values() for one, _ in some} & collector.ids
    named = {entity.id: entity.name for entity in collector.entities if entity.id in wanted} if wanted else {}

    def completed(entity: Entity) -> Entity:
        programmes, listed = sanctions.get(entity.id, ((), ""))
        found = [
            Owner(named[one], share, f"opensanctions/{one}", entity.url)
            for one, share in dict.fromkeys(ownerships.get(entity.id, ()))
            if one in named  # the names of others are not kept: most lines are of those
        ]
        if not (programmes or listed or found):
            return entity
        return replace(
            entity,
            programmes=once([*entity.programmes, *programmes]),
            listed=entity.listed or day(listed),
            owned_by=(*entity.owned_by, *found),
        )

    if sanctions or ownerships:
        collector.entities.revise(completed)
    return collector.watchlist("opensanctions", "OpenSanctions", licence=LICENCE_OPENSANCTIONS)


def _records(path: Path, collector: Collector) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        number = 0
        while text := file.readline(MAX_LINE):
            number += 1
            if len(text) == MAX_LINE:
                raise SourceError(
                    f"{path}:{number}: not understood as {FORM}: more than {MAX_LINE} characters in a line"
                )
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except (ValueError, RecursionError):
                collector.problem(number, "no JSON object")
                continue
            if isinstance(record, dict):
                yield number, record
            else:
                collector.problem(number, "no JSON object")


def _entity(id: str, schema: str, caption: str, properties: Properties) -> Entity:
    others = [(text, kind) for key, kind in KINDS.items() for text in _texts(properties, key)]
    if not caption and others:
        caption = others[0][0]
    programmes, listed = _sanctions([p for p in map(_nested, _list(properties, "sanctions")) if p])
    return Entity(
        watchlist="opensanctions",
        id=id.strip(),
        type=TYPES[schema],
        names=names(caption, others),
        countries=once(
            code.lower() for key in COUNTRIES for code in _texts(properties, key) if re.fullmatch("[A-Za-z]{2}", code)
        ),
        programmes=once([*_texts(properties, "programId"), *programmes]),
        identifiers=tuple(
            dict.fromkeys(
                (kind, value.removeprefix("IMO").strip() if kind == "imo" else value)
                for key, kind in IDENTIFIERS.items()
                for value in _texts(properties, key)
            )
        ),
        born=born(_texts(properties, "birthDate")),
        listed=day(listed),
        notes=clean("; ".join(once([*_texts(properties, "position"), *_texts(properties, "notes")])))[:2000],
        url=RECORD_URL.format(id=id.strip()),
        topics=once(_texts(properties, "topics")),
        owned_by=tuple(_owners(properties, RECORD_URL.format(id=id.strip()))),
    )


def _owners(properties: Properties, source: str) -> Iterator[Owner]:
    """Of the nested form: ownerships as objects that hold the owner, and parents and owners named outright."""
    for link in map(_nested, _list(properties, "ownershipAsset")):
        for one in _list(link, "owner"):
            if name := _caption(one):
                yield Owner(name, _share(link), source=source)
    for key, relation in (("owner", ""), ("parent", "parent")):
        for one in _list(properties, key):
            if name := _caption(one):
                yield Owner(name, source=source, relation=relation)


def _caption(value: Any) -> str:
    """The name of an entity that stands inside another."""
    name = clean(_text(value.get("caption"))) if isinstance(value, dict) else ""
    return name if len(name) <= MAX_NAME else ""


def _share(link: Properties) -> float | None:
    """Per cent, where an ownership tells one: "51", "51%", "50,5 %"; None for words and for what is none."""
    written = next(iter(_texts(link, "percentage")), "")
    found = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d+)?)\s*%?\s*", written)
    share = float(found[1].replace(",", ".")) if found else 0.0
    return share if 0 < share <= 100 else None


def _sanctions(given: list[Properties]) -> tuple[list[str], str]:
    """The programmes, by their ids where the source gives these, and the first day."""
    programmes = [text for one in given for text in _texts(one, "programId") or _texts(one, "program")]
    return programmes, min((text for one in given for text in _texts(one, "startDate")), default="")


def _nested(value: Any) -> Properties:
    inner = value.get("properties") if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _list(properties: Properties, key: str) -> list[Any]:
    value = properties.get(key)
    return value if isinstance(value, list) else []


def _texts(properties: Properties, key: str) -> list[str]:
    return [value for value in _list(properties, key) if isinstance(value, str)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
