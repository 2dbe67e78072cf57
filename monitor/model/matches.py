"""What the matcher says: mentions, matches, hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from monitor.model.articles import ArticleRef
from monitor.model.watchlists import Entity, Name, Severity

Field = Literal["title", "text"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of an article's field that reads like a name: `field_text[start:end] == surface` (code points)."""

    field: Field
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """The sentence around a mention, cut to a readable length: `text[start:end]` is the mention's surface."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an explanation: which rule, in words a person reads, and the points (−100 … 100) it gave or took."""

    rule: str  # stable identifier, e.g. "token-typo", "weak-alias", "context"
    text: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """A mention read as one of an entity's names."""

    mention: Mention
    name: Name
    score: float  # 0–100
    reasons: tuple[Reason, ...]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Hit:
    """An article × an entity, with every match. Pure and immutable."""

    article: str  # Article.id
    entity: Entity
    matches: tuple[Match, ...]  # title first, then text, by offset; never empty
    score: float  # 0–100: the best match's
    severity: Severity
    explanation: str  # readable, one line per reason of the best match
    list_version: str  # Watchlist.version
    matcher_version: str
    rescreened: bool = False  # found in a stored article, after its list had changed

    @property
    def best(self) -> Match:
        """The match that the score and the explanation speak of: the first of the highest score."""
        return max(self.matches, key=lambda match: match.score)


class Disposition(StrEnum):
    OPEN = "open"
    TRUE_MATCH = "true_match"
    FALSE_POSITIVE = "false_positive"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that waits for a second person to confirm it."""

    disposition: Disposition
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    """By which suppression a hit is kept from people, and why."""

    suppression: int
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class HitRecord:
    """A stored hit."""

    id: int
    hit: Hit
    article: ArticleRef
    disposition: Disposition
    found_at: datetime  # UTC
    proposed: Proposal | None = None  # what waits for a second person
    suppressed: Suppressed | None = None  # why nobody is told of it

    @property
    def subject(self) -> str:
        """The key of whom the hit is about, shared by entities of several lists that are the same."""
        return self.hit.entity.subject or f"{self.hit.entity.watchlist}/{self.hit.entity.id}"
