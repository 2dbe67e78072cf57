"""Alerts and their deliveries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.model.matches import Disposition, HitRecord
from monitor.model.watchlists import Severity


class DeliveryKind(StrEnum):
    ALERT = "alert"  # one subject in one story, at once
    SUMMARY = "summary"  # more than `burst` alerts at once, in one message
    DIGEST = "digest"  # what waited for a digest's hour or a cooldown's end, in one message
    NOTICE = "notice"  # about the monitor and its lists, not about a hit


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Silence:
    """What nobody wants to be told of for a while. Every condition that is given must hold, and one is given."""

    id: int
    starts: datetime
    ends: datetime
    reason: str
    who: str
    watchlist: str = ""
    entity: str = ""  # `id` or `watchlist/id`
    feed: str = ""
    text: str = ""  # words that the title or a sentence of the hit has, whatever their case


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """What was alerted before and what is silenced, as far as it concerns the subjects at hand."""

    alerted: frozenset[tuple[str, int, str]] = frozenset()  # (subject, story, channel)
    last: Mapping[tuple[str, str], tuple[datetime, Severity]] = field(default_factory=dict)
    """(subject, channel) → when an alert was last made at once (not held for a digest), and how severe it was."""
    decided: Mapping[tuple[str, int], tuple[int, Disposition]] = field(default_factory=dict)
    """(subject, story) → the hit about which a person decided for good, and how."""
    silences: Sequence[Silence] = ()  # those in force
    summed: frozenset[tuple[str, str]] = frozenset()
    """(subject, channel) of what a rescreen found in old articles, told in its summary."""


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
    severity: Severity | None = None  # None: that of the most severe of the hits
    note: str = ""  # for the reader of the message, where its time needs explaining


@dataclass(frozen=True, slots=True)
class Untold:
    """Why a channel is not told of a new hit; channel "": why nobody is."""

    hit_id: int
    channel: str
    reason: str


Planner = Callable[[Sequence[HitRecord], AlertHistory], Sequence[AlertPlan | Untold]]
"""Handed to the store, which calls it inside the hits' own transaction."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One stored decision about a hit: what a channel is told, or why it is not."""

    hit_id: int
    at: datetime
    channel: str  # "": any
    told: DeliveryKind | None  # None: not told
    reason: str
    deliveries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about the monitor or its lists. Its texts may hold outside words: render with care."""

    topic: str  # "health", "heartbeat" or "lists"
    title: str
    severity: Severity
    lines: tuple[str, ...] = ()
    watchlist: str = ""  # whom it is about, for routes that ask
    feed: str = ""
    entity: str = ""  # its id, likewise


@dataclass(frozen=True, slots=True)
class Alert:
    """A message about a subject's hits in one story, on one channel."""

    id: int
    subject: str
    story: int
    channel: str
    hits: tuple[HitRecord, ...]  # never empty
    reason: str = ""  # the policy's, for being told
    weighed: Severity | None = None  # the policy's, where it is not that of the hits

    @property
    def severity(self) -> Severity:
        return self.weighed or max((record.hit.severity for record in self.hits), key=lambda severity: severity.rank)


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
    note: str = ""  # why it comes as it does: held over quiet hours, bundled to stay within a rate …
    notice: Notice | None = None  # of a NOTICE; its alerts are of hits that it sums up
    seal: str = ""  # proves that a link to a hit came from this message; "" where links are not sealed
    unsubscribe: str = ""  # a seal that asks for no more messages; "" where that cannot be asked for

    @property
    def severity(self) -> Severity:
        """The highest of what it tells."""
        told = [self.notice.severity] if self.notice else [alert.severity for alert in self.alerts]
        return max(told, key=lambda severity: severity.rank, default=Severity.LOW)


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


@dataclass(frozen=True, slots=True)
class OptOut:
    """Somebody who asked to be told nothing more over a channel."""

    channel: str
    recipient: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with the monitor itself. The same trouble has the same key for as long as it lasts."""

    key: str
    said: str
    since: datetime
    severity: Severity
    feed: str = ""  # whom it is about, for routes that ask
    watchlist: str = ""
    channel: str = ""  # that fails: it is not told over itself


Message = tuple[Notice, str, tuple[str, ...]]
"""A notice, the channel it goes over, and to which recipients."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Troubles that began and ended, and what is to be said of it."""

    began: tuple[Trouble, ...] = ()
    ended: tuple[Trouble, ...] = ()
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How sending to one recipient over one channel goes."""

    channel: str
    recipient: str
    failing_since: datetime | None  # when the oldest delivery was made that was tried and still waits
    dead: int  # given up, and none was sent that was made after them
    dead_since: datetime | None  # when the oldest of these was made
    last_error: str
