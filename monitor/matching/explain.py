"""What matched, what nearly matched, and what kept it from being a hit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.matching.resolve import Judged, read_as
from monitor.matching.scene import Scene
from monitor.model.matches import Hit, Match
from monitor.model.watchlists import Entity

if TYPE_CHECKING:
    from monitor.matching.engine import Rule


class Outcome(StrEnum):
    HIT = "hit"
    BELOW = "below"  # its score is below the threshold
    BEATEN = "beaten"  # another reading of the same words is better


@dataclass(frozen=True, slots=True)
class Explained:
    """One reading of some words as one name of an entity."""

    entity: Entity
    match: Match
    threshold: float  # 0–100, the one that holds for this entity
    outcome: Outcome
    instead: str = ""  # of one that is beaten: the name of the entity whose hit has its words


def explained(scene: Scene, judged: Iterable[Judged], rules: Sequence[Rule], hits: Sequence[Hit]) -> list[Explained]:
    """Every reading, hits first, then by score; of one entity's readings of the same words only the best."""
    made = {(hit.entity.key, match.mention) for hit in hits for match in hit.matches}
    best: dict[object, Explained] = {}
    for one in sorted(judged, key=lambda one: -one.score):
        rule = rules[one.record.entity]
        match = read_as(scene, one)
        key = (rule.entity.key, match.mention)
        if key in best:
            continue
        outcome = Outcome.HIT if key in made else Outcome.BELOW if one.score < rule.threshold else Outcome.BEATEN
        instead = _instead(match, hits) if outcome is Outcome.BEATEN else ""
        best[key] = Explained(rule.entity, match, rule.threshold, outcome, instead)
    return sorted(best.values(), key=lambda one: (one.outcome is not Outcome.HIT, -one.match.score))


def _instead(beaten: Match, hits: Iterable[Hit]) -> str:
    """The entity that is hit by words of this reading."""
    own = beaten.mention
    for hit in hits:
        for match in hit.matches:
            mention = match.mention
            if mention.field == own.field and mention.start < own.end and own.start < mention.end:
                return hit.entity.name
    return ""
