"""Alerts and their deliveries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.model.matches import HitRecord
from monitor.model.watchlists import Severity


class DeliveryKind(StrEnum):
    ALERT = "alert"  # one subject in one story, at once
    SUMMARY = "summary"  # more than `burst` alerts at once, in one message
    DIGEST = "digest"  # what waited for a digest's hour or a cooldown's end, in one message


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """What was alerted before, as far as it concerns the subjects at hand."""

    alerted: frozenset[tuple[str, int, str]] = frozenset()  # (subject, story, channel)
    last: Mapping[tuple[str, str], tuple[datetime, Severity]] = field(default_factory=dict)
    """(subject, channel) → when an alert was last made at once (not held for a digest), and how severe it was."""


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """What the policy decided about one new hit on one channel, and why."""

    hit_id: int
    subject: str
    story: int
    channel: str  # the channel's id
    recipients: tuple[str, ...]  # one delivery each; ("",) for channels that have none
    kind: DeliveryKind  # ALERT: at once; DIGEST: held until `due`
    due: datetime
    reason: str


Planner = Callable[[Sequence[HitRecord], AlertHistory], Sequence[AlertPlan]]
"""Handed to the store, which calls it inside the hits' own transaction."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A message about a subject's hits in one story, on one channel."""

    id: int
    subject: str
    story: int
    channel: str
    hits: tuple[HitRecord, ...]  # never empty

    @property
    def severity(self) -> Severity:
        return max((record.hit.severity for record in self.hits), key=lambda severity: severity.rank)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Alerts on their way to one recipient over one channel."""

    id: int
    uid: str  # stable across retries: Message-ID and webhook-id are made from it
    channel: str
    recipient: str
    kind: DeliveryKind
    state: DeliveryState
    alerts: tuple[Alert, ...]
    attempts: int
    created: datetime
    next_attempt: datetime | None
    last_error: str = ""
    sent_at: datetime | None = None
    thread: str = ""  # the provider's id of an earlier message about the same subject, for threads


@dataclass(frozen=True, slots=True)
class Sent:
    provider_id: str = ""  # Slack's ts, the SMTP reply …


@dataclass(frozen=True, slots=True)
class Retry:
    error: str
    after: float | None = None  # seconds the provider asked for; None: our backoff


@dataclass(frozen=True, slots=True)
class Dead:
    error: str


SendResult = Sent | Retry | Dead
