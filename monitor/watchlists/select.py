"""Which records of an official list are watched. Pure."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.watchlists import Entity, Watchlist
from monitor.watchlists.yaml_list import Filter, WatchlistFile


def select(official: Watchlist, row: WatchlistFile) -> Watchlist:
    """The official list under the id, title and defaults of the file that names it, with its filters applied."""
    kept = tuple(
        replace(entity, watchlist=row.watchlist)
        for entity in official.entities
        if _all(row.include, entity) and not _any(row.exclude, entity)
    )
    return replace(
        official,
        id=row.watchlist,
        title=row.title or official.title,
        entities=kept,
        threshold=row.defaults.threshold,
        severity=row.defaults.severity,
    )


def _conditions(rule: Filter, entity: Entity) -> list[bool]:
    """Whether each condition that is given holds."""
    return [
        bool({str(value).casefold() for value in wanted} & {str(value).casefold() for value in has})
        for wanted, has in (
            (rule.types, (entity.type,)),
            (rule.programmes, entity.programmes),
            (rule.countries, entity.countries),
            (rule.ids, (entity.id,)),
        )
        if wanted
    ]


def _all(rule: Filter, entity: Entity) -> bool:
    return all(_conditions(rule, entity))


def _any(rule: Filter, entity: Entity) -> bool:
    return any(_conditions(rule, entity))
