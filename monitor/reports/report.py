"""What a report holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.coverage import FeedCoverage, Gap, ListUsed, LookedAgain, MatcherUsed, Outage, Texts, Told
from monitor.model.listchanges import ListChange
from monitor.model.matches import HitRecord
from monitor.store import Decision


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the report is about: one entity, on every list that has it."""

    words: str  # as it was asked for
    name: str
    entities: tuple[tuple[str, str], ...]  # (watchlist, id)
    names: tuple[str, ...]  # that are looked for
    added: datetime | None = None  # when it came onto the first of its lists; None: before lists were compared
    removed: datetime | None = None  # when it went from the last of them
    changes: tuple[ListChange, ...] = ()  # the oldest first
    before: int = 0  # hits found before the period …
    first: datetime | None = None  # … and the first of them
    after: int = 0  # hits found after it …
    then: datetime | None = None  # … and the first of those


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit with what became of it."""

    record: HitRecord
    history: tuple[Decision, ...]  # the first one first
    told: tuple[Told, ...]
    kept_back: tuple[str, ...]  # why a channel was not told

    @property
    def told_at(self) -> datetime | None:
        """When the first message about it went out."""
        return min((one.sent_at for one in self.told if one.sent_at), default=None)


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at from `start` on and before `end`, and what was found."""

    start: datetime
    end: datetime
    made: datetime
    asked: Asked | None
    feeds: tuple[FeedCoverage, ...]  # those that were watched in that time
    outages: tuple[Outage, ...]
    lists: tuple[ListUsed, ...]
    matchers: tuple[MatcherUsed, ...]
    looked_again: tuple[LookedAgain, ...]
    findings: tuple[Finding, ...]  # the oldest first

    @property
    def texts(self) -> Texts:
        return sum((feed.texts for feed in self.feeds), Texts())

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(gap for feed in self.feeds for gap in feed.gaps)

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Those that nothing shows to have been caught up."""
        return tuple(gap for gap in self.gaps if not gap.caught_up)

    @property
    def polls(self) -> int:
        return sum(feed.polls for feed in self.feeds)

    @property
    def good_polls(self) -> int:
        return sum(feed.polls - feed.failed for feed in self.feeds)

    @property
    def over(self) -> bool:
        """Whether the period is over, so that the report is final but for later decisions."""
        return self.end <= self.made
