"""Which records of an official list are watched, and what is said beside them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.model.packed import Gathering
from monitor.model.watchlists import Entity, Name, NameKind, Watchlist
from monitor.watchlists.relations import renamed
from monitor.watchlists.yaml_list import Beside, Filter, WatchlistFile, owners


def select(official: Watchlist, row: WatchlistFile) -> Watchlist:
    """The official list under the id, title and defaults of the file that names it, with its filters applied.

    Of `include:` every condition that is given must hold, of `exclude:` any drops a record; a condition holds when the
    record has one of its values, in whatever case. Values that no record has are told.
    """
    include, exclude = _wanted(row.include), _wanted(row.exclude)
    kept, absent = Gathering(), set(row.overlay)
    for entity in official.entities:
        has = _has(entity) if include or exclude else {}
        if all(not values.isdisjoint(has[key]) for key, values in include.items()) and not any(
            not values.isdisjoint(has[key]) for key, values in exclude.items()
        ):
            entity = _renamed(entity, official.id, row.watchlist)
            kept.add(_laid_over(entity, row.overlay.get(entity.id)))
            absent.discard(entity.id)
    problems = [f"{row.watchlist}: `overlay:` names {id}, which is not on the list (any more)" for id in sorted(absent)]
    problems += [
        f"{row.watchlist}: `{name}: {key}:` {value}: no record of the list has it"
        for name, rule in (("include", row.include), ("exclude", row.exclude))
        for key, value in _unmet(rule, official.entities)
    ]
    return replace(
        official,
        id=row.watchlist,
        title=row.title or official.title,
        entities=kept.sealed(),
        threshold=row.defaults.threshold,
        severity=row.defaults.severity,
        version=_version(official, row),
        problems=(*official.problems, *problems),
    )


def _version(official: Watchlist, row: WatchlistFile) -> str:
    """The publisher's, and that of filters and overlay where there are any: a hit tells what was screened against."""
    if not (row.overlay or _wanted(row.include) or _wanted(row.exclude)):
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


def _wanted(rule: Filter) -> dict[str, frozenset[str]]:
    """What a filter asks for, by its key, in lower case; only the conditions that are given."""
    values = {"types": rule.types, "programmes": rule.programmes, "countries": rule.countries, "ids": rule.ids}
    values["topics"] = rule.topics
    return {key: frozenset(str(value).casefold() for value in some) for key, some in values.items() if some}


def _has(entity: Entity) -> dict[str, tuple[str, ...]]:
    """What a record has to be compared with it."""
    return {
        "types": (entity.type,),
        "programmes": tuple(programme.casefold() for programme in entity.programmes),
        "countries": entity.countries,
        "ids": (entity.id.casefold(),),
        "topics": tuple(topic.casefold() for topic in entity.topics),
    }


def _unmet(rule: Filter, entities: Iterable[Entity]) -> Iterator[tuple[str, str]]:
    """(key, value) that no record of the list has: a slip of the pen, or a list that tells no such thing."""
    left = {key: set(values) for key, values in _wanted(rule).items()}
    for entity in entities:
        if not any(left.values()):
            break
        has = _has(entity)
        for key, values in left.items():
            values.difference_update(has[key])
    for key, values in left.items():
        for value in sorted(values):
            yield key, value
