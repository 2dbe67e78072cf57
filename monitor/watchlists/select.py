"""Which records of an official list are watched, and what is said beside them. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from monitor.model.watchlists import Entity, Name, NameKind, Watchlist
from monitor.watchlists.relations import renamed
from monitor.watchlists.yaml_list import Beside, Filter, WatchlistFile, owners


def select(official: Watchlist, row: WatchlistFile) -> Watchlist:
    """The official list under the id, title and defaults of the file that names it, with its filters applied."""
    kept = tuple(
        _laid_over(_renamed(entity, official.id, row.watchlist), row.overlay.get(entity.id))
        for entity in official.entities
        if _all(row.include, entity) and not _any(row.exclude, entity)
    )
    absent = sorted(row.overlay.keys() - {entity.id for entity in kept})
    problems = [f"{row.watchlist}: `overlay:` names {id}, which is not on the list (any more)" for id in absent]
    return replace(
        official,
        id=row.watchlist,
        title=row.title or official.title,
        entities=kept,
        threshold=row.defaults.threshold,
        severity=row.defaults.severity,
        version=_version(official, row),
        problems=(*official.problems, *problems),
    )


def _version(official: Watchlist, row: WatchlistFile) -> str:
    """The publisher's, and the overlay's where there is one: a hit tells what was screened against."""
    if not row.overlay:
        return official.version
    return f"{official.version}+{hashlib.sha256(row.model_dump_json().encode()).hexdigest()[:8]}"


def _renamed(entity: Entity, old: str, new: str) -> Entity:
    return replace(entity, watchlist=new, owned_by=renamed(entity.owned_by, old, new))


def _laid_over(entity: Entity, over: Beside | None) -> Entity:
    if over is None:
        return entity
    names = {name.text: name for name in entity.names}
    for texts, kind in ((over.aliases, NameKind.ALIAS), (over.weak_aliases, NameKind.WEAK)):
        for text in texts:
            if text not in names or names[text].kind is not NameKind.PRIMARY:
                names[text] = Name(text, kind)
    return replace(
        entity,
        names=tuple(names.values()),
        context=(*entity.context, *over.context),
        exclude=(*entity.exclude, *over.exclude),
        threshold=entity.threshold if over.threshold is None else over.threshold,
        severity=over.severity or entity.severity,
        notes="; ".join(part for part in (over.notes, entity.notes) if part),
        owned_by=(*entity.owned_by, *owners(over.owned_by)),
        same_as=over.same_as,
        distinct=over.distinct,
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
