"""What publishers say of who owns a record or is tied to it, as owners: their words, nothing concluded. Pure.

OFAC writes "Linked To: NAME" among a record's remarks, parted by semicolons, in brackets or not, and the owner of a
vessel beside it (https://ofac.treasury.gov/sdn-list-data-formats-data-schemas). The Consolidated Screening List takes
these over.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from monitor.model.packed import Gathering
from monitor.model.watchlists import Entity, Owner
from monitor.watchlists.official import MAX_NAME, clean

LINKED_TO = re.compile(r"^\(?\s*Linked To:\s*(.+)$", re.IGNORECASE)


def linked_to(remarks: str, source: str) -> tuple[Owner, ...]:
    """Those that remarks link a record to, each once. source: a link to the record."""
    found: dict[str, Owner] = {}
    for part in remarks.split(";"):
        if match := LINKED_TO.match(part.strip()):
            name = clean(match[1]).removesuffix(".")
            if name.count(")") > name.count("("):
                name = name.removesuffix(")").removesuffix(".")
            if name and len(name) <= MAX_NAME:
                found.setdefault(name, Owner(name, source=source, relation="linked to"))
    return tuple(found.values())


def owner(name: str, source: str, *, relation: str = "") -> tuple[Owner, ...]:
    """One owner, or none where the name is empty or longer than a name is."""
    name = clean(name)
    return (Owner(name, source=source, relation=relation),) if name and len(name) <= MAX_NAME else ()


def resolve(entities: Gathering) -> None:
    """Owners that are themselves on the list become known by their id.

    By the main name, as the list writes it (a full stop at the end apart), when one record alone has it.
    """
    keys = np.fromiter((hash(_key(one.name)) for entity in entities for one in entity.owned_by), np.int64)
    wanted = array("q", np.unique(keys).tobytes())
    by_name: dict[str, str] = {}
    for entity in entities if wanted else ():
        key = _key(entity.name)
        at = bisect_left(wanted, hash(key))  # numbers, for the names of all owners of a long list have 100 MB
        if at < len(wanted) and wanted[at] == hash(key):
            by_name[key] = "" if key in by_name else f"{entity.watchlist}/{entity.id}"
    if any(by_name.values()):
        entities.revise(lambda entity: _known(entity, by_name))


def renamed(owners: Iterable[Owner], old: str, new: str) -> tuple[Owner, ...]:
    """Owners on the list `old`, which is now called `new`."""
    return tuple(
        replace(one, id=f"{new}/{one.id.removeprefix(f'{old}/')}") if one.id.startswith(f"{old}/") else one
        for one in owners
    )


def _known(entity: Entity, by_name: Mapping[str, str]) -> Entity:
    owners = tuple(_found(one, by_name) for one in entity.owned_by)
    return replace(entity, owned_by=owners) if owners != entity.owned_by else entity


def _found(one: Owner, by_name: Mapping[str, str]) -> Owner:
    return one if one.id else replace(one, id=by_name.get(_key(one.name), ""))


def _key(name: str) -> str:
    return name.casefold().rstrip(".")
