"""The United States' Consolidated Screening List as JSON, `{"results": [{…}]}`: what the CSV form says, as lists.

Format: https://www.trade.gov/consolidated-screening-list (its API's documentation explains the keys). Read into the
rows of the CSV form, so that both forms of a list read the same.
By format description and samples only: a file whose records have not the keys used here is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.errors import SourceError
from monitor.model.watchlists import Watchlist
from monitor.watchlists.official import Collector, clean
from monitor.watchlists.relations import resolve
from monitor.watchlists.us_csl import TITLE, entity

FORM = "the Consolidated Screening List (JSON)"
NEEDED = ("id", "source", "name")

BLOCK = 1 << 20
MAX_RECORD = 5_000_000
"""Code points between the beginning of a record and its end."""

Record = dict[str, Any]

_GAP = re.compile(r"[\s,]*")


def looks_like_it(head: str) -> bool:
    return re.match(r"\s*\{", head) is not None and '"results"' in head and '"source_list_url"' in head


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    for number, record in enumerate(_records(path), 1):
        if missing := [key for key in NEEDED if not isinstance(record.get(key), str)]:
            collector.problem(None, f"record {number}: no {missing[0]!r}")
        else:
            row = _row(record)
            collector.add(None, entity(row, taken=row["_id"] in collector.ids), f"record {number}: no name")
    resolve(collector.entities)
    return collector.watchlist("us-csl", TITLE)


def _records(path: Path) -> Iterator[Record]:
    """The objects of `results`, one at a time: the whole of it is never held."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        text, ended = "", False
        while (start := re.search(r'"results"\s*:\s*\[', text)) is None:
            block = file.read(BLOCK)
            if not block or len(text) > MAX_RECORD:
                raise SourceError(f"{path}: not understood as {FORM}: no list of `results`")
            text += block
        at = start.end()
        while True:
            at = _GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches everywhere
            if text.startswith("]", at):
                return
            try:
                record, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                block = "" if ended else file.read(BLOCK)
                ended = not block
                if ended or len(text) - at > MAX_RECORD:
                    raise SourceError(f"{path}: not well-formed JSON in a record of `results`: {error}") from error
                text, at = text[at:] + block, 0
                continue
            if not isinstance(record, dict):
                raise SourceError(f"{path}: not understood as {FORM}: `results` holds what is no record")
            yield record


def _row(record: Record) -> dict[str, str]:
    """As the CSV form has it: values of a list joined by semicolons, parts of one by commas."""
    row = {key: _joined(value) for key, value in record.items()}
    row["addresses"] = "; ".join(
        ", ".join(clean(str(part)) for part in (one.get("address"), one.get("city"), one.get("country")) if part)
        for one in _objects(record, "addresses")
    )
    row["ids"] = "; ".join(
        ", ".join(clean(str(one.get(key))) for key in ("type", "number", "country") if one.get(key))
        for one in _objects(record, "ids")
    )
    empty = dict.fromkeys(("type", "programs", "alt_names", "entity_number"), "")
    return empty | row | {"_id": row["id"]}


def _objects(record: Record, key: str) -> list[Record]:
    value = record.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(part for part in value if isinstance(part, str))
    return str(value) if isinstance(value, str | int | float) else ""
