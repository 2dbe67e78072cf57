"""What changed on a watchlist, as it is stored and told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from monitor.model.watchlists import Severity

Kind = Literal["added", "removed", "changed"]

SHOWN = 20
"""Changes told one by one in a message; the rest are counted."""

NAMES = 10
"""New names of one record told one by one."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """One record that came, went or became another; by the publisher's id."""

    watchlist: str
    entity: str  # its id
    name: str  # the main name now, or as it was when it went
    kind: Kind
    at: datetime  # when it was noticed, UTC
    programmes: tuple[str, ...] = ()  # of the record now
    old_name: str = ""  # of one that was renamed
    names_added: tuple[str, ...] = ()
    names_dropped: tuple[str, ...] = ()
    programmes_added: tuple[str, ...] = ()
    programmes_dropped: tuple[str, ...] = ()
    title: str = ""  # the list's
    url: str = ""  # the publisher's page of the record
    severity: Severity = Severity.MEDIUM  # what the list says of its hits


def line(change: ListChange) -> str:
    """One change in words."""
    programmes = f", programme {', '.join(change.programmes)}" if change.programmes else ""
    where, link = change.title or change.watchlist, f" {change.url}" if change.url else ""
    if change.kind == "added":
        return f"Added to {where} on {change.at:%Y-%m-%d}: {change.name}{programmes}{link}"
    if change.kind == "removed":
        return f"Removed from {where} on {change.at:%Y-%m-%d}: {change.name}"
    said = [f"renamed from {change.old_name}"] if change.old_name else []
    for what, values in (
        ("new name", change.names_added),
        ("name dropped", change.names_dropped),
        ("new programme", change.programmes_added),
        ("programme dropped", change.programmes_dropped),
    ):
        said += [f"{what} {value}" for value in values[:NAMES]]
        said += [f"and {len(values) - NAMES} more"] if len(values) > NAMES else []
    return f"Changed on {where} on {change.at:%Y-%m-%d}: {change.name}: {'; '.join(said)}{link}"


def lines(changes: Sequence[ListChange]) -> list[str]:
    """The changes in words, additions first, at most SHOWN of them; then how many more there are."""
    order = {"added": 0, "changed": 1, "removed": 2}
    told = sorted(changes, key=lambda change: order[change.kind])
    more = len(told) - SHOWN
    return [line(change) for change in told[:SHOWN]] + ([f"… and {more} more changes"] if more > 0 else [])


def title(changes: Iterable[ListChange]) -> str:
    """One line over them: `ofac-sdn: 3 added, 1 removed`."""
    counts: dict[str, dict[str, int]] = {}
    for change in changes:
        of = counts.setdefault(change.watchlist, {})
        of[change.kind] = of.get(change.kind, 0) + 1
    return "; ".join(
        f"{watchlist}: " + ", ".join(f"{of[kind]} {kind}" for kind in ("added", "removed", "changed") if kind in of)
        for watchlist, of in counts.items()
    )


def change_json(change: ListChange) -> dict[str, Any]:
    """A change as scripts read it."""
    return {
        "watchlist": change.watchlist,
        "entity": change.entity,
        "name": change.name,
        "kind": change.kind,
        "at": change.at.isoformat(),
        "programmes": list(change.programmes),
        "old_name": change.old_name or None,
        "names_added": list(change.names_added),
        "names_dropped": list(change.names_dropped),
        "programmes_added": list(change.programmes_added),
        "programmes_dropped": list(change.programmes_dropped),
        "title": change.title or change.watchlist,
        "url": change.url or None,
        "severity": change.severity.value,
    }
