"""What is known to be a false positive and is kept from people until it ends, or its list record changes. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from monitor.model.audit import canonical
from monitor.model.matches import Hit, Match, Suppressed
from monitor.model.watchlists import Entity


@dataclass(frozen=True, slots=True)
class Suppression:
    """Mentions of an entity that are somebody else: by this name, where the sentence has these words."""

    id: int
    watchlist: str
    entity: str  # its id
    name: str  # exactly as the list writes it; "": any of the entity's
    pattern: str  # words of the sentence, whatever their case; "": any sentence
    record: str  # `fingerprint` of the list record that was judged
    starts: datetime
    ends: datetime
    reason: str
    who: str
    hit: int | None = None  # the hit that it was made from
    ended: datetime | None = None  # before its time
    ended_why: str = ""

    def in_force(self, now: datetime) -> bool:
        return self.ended is None and self.starts <= now < self.ends

    @property
    def key(self) -> tuple[str, str]:
        """Of its entity."""
        return (self.watchlist, self.entity)


def suppressed(hit: Hit, suppressions: Iterable[Suppression], now: datetime) -> Suppressed | None:
    """Why nobody is to be told of this hit; None if any of its mentions is not known to be somebody else's.

    A suppression covers nothing any more when the entity's record is not the one that was judged.
    """
    record = fingerprint(hit.entity)
    known = [one for one in suppressions if one.key == hit.entity.key and one.record == record and one.in_force(now)]
    covering = [next((one for one in known if covers(one, match)), None) for match in hit.matches]
    if not covering or None in covering:
        return None
    first = covering[hit.matches.index(hit.best)]
    assert first is not None
    return Suppressed(first.id, first.reason, first.who)


def covers(suppression: Suppression, match: Match) -> bool:
    """Whether a mention of the suppression's entity is one that it speaks of."""
    by_name = not suppression.name or suppression.name == match.name.text
    return by_name and folded(suppression.pattern) in folded(match.snippet.text)


def fingerprint(entity: Entity) -> str:
    """Of what the list says of an entity: another one means that its record has changed. 64 hex digits."""
    said = [
        entity.type.value,
        sorted((name.kind.value, name.text) for name in entity.names),
        sorted(entity.countries),
        sorted(entity.programmes),
        sorted(entity.identifiers),
        entity.listed.isoformat() if entity.listed else "",
        entity.notes,
    ]
    return sha256(canonical(said)).hexdigest()


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
