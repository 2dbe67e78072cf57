"""What changed between two versions of a list, record by record, matched by the publisher's id. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.watchlists import Entity, Watchlist


@dataclass(frozen=True, slots=True)
class Change:
    """One record that stands in both versions, differently."""

    old: Entity
    new: Entity

    @property
    def renamed(self) -> bool:
        return self.old.name != self.new.name

    @property
    def names_added(self) -> tuple[str, ...]:
        return _missing(self.new, self.old)

    @property
    def names_dropped(self) -> tuple[str, ...]:
        return _missing(self.old, self.new)

    @property
    def programmes_added(self) -> tuple[str, ...]:
        return tuple(p for p in self.new.programmes if p not in self.old.programmes)

    @property
    def programmes_dropped(self) -> tuple[str, ...]:
        return tuple(p for p in self.old.programmes if p not in self.new.programmes)


@dataclass(frozen=True, slots=True)
class Difference:
    added: tuple[Entity, ...]
    removed: tuple[Entity, ...]
    changed: tuple[Change, ...]  # in name, aliases or programmes; not those whose remarks alone were rewritten

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(old: Watchlist, new: Watchlist) -> Difference:
    """In the order of the lists: records of `new` that are new or changed, of `old` that are gone."""
    pairs = [Change(old.by_id[entity.id], entity) for entity in new.entities if entity.id in old.by_id]
    return Difference(
        added=tuple(entity for entity in new.entities if entity.id not in old.by_id),
        removed=tuple(entity for entity in old.entities if entity.id not in new.by_id),
        changed=tuple(
            pair
            for pair in pairs
            if pair.renamed
            or pair.names_added
            or pair.names_dropped
            or pair.programmes_added
            or pair.programmes_dropped
        ),
    )


def _missing(one: Entity, other: Entity) -> tuple[str, ...]:
    """Names of `one` that `other` has not."""
    has = {name.text for name in other.names}
    return tuple(name.text for name in one.names if name.text not in has)
