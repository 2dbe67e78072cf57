"""Who is told of what, and what became of each message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables.base import Base, OutsideText, partial


class AlertRow(Base, table=True):
    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("story_id", "subject", "channel"),
        Index("ix_alerts_subject_kind_channel_id", "subject", "kind", "channel", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(sa_type=OutsideText)
    story_id: int = Field(foreign_key="stories.id")
    channel: str
    kind: str  # "alert": made at once; "digest": held; "notice": summed up after a rescreen
    severity: str  # the most severe of its hits
    made: datetime
    reason: str = Field(sa_type=OutsideText)


class AlertHitRow(Base, table=True):
    __tablename__ = "alert_hits"

    alert_id: int = Field(primary_key=True, foreign_key="alerts.id")
    hit_id: int = Field(primary_key=True, foreign_key="hits.id", index=True)


class UntoldRow(Base, table=True):
    """Why a channel was not told of a hit; channel "": why nobody was."""

    __tablename__ = "untold"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: int = Field(foreign_key="hits.id", index=True)
    at: datetime
    channel: str
    reason: str = Field(sa_type=OutsideText)


class SilenceRow(Base, table=True):
    """Conditions are "" where they are not given."""

    __tablename__ = "silences"

    id: int | None = Field(default=None, primary_key=True)
    starts: datetime
    ends: datetime = Field(index=True)
    reason: str = Field(sa_type=OutsideText)
    who: str = Field(sa_type=OutsideText)
    watchlist: str = Field(sa_type=OutsideText)
    entity: str = Field(sa_type=OutsideText)
    feed: str = Field(sa_type=OutsideText)
    text: str = Field(sa_type=OutsideText)


class TroubleRow(Base, table=True):
    """Something wrong with the monitor that people were told of, until it is over."""

    __tablename__ = "troubles"

    key: str = Field(primary_key=True, sa_type=OutsideText)
    said: str = Field(sa_type=OutsideText)
    since: datetime
    severity: str
    feed: str = Field(sa_type=OutsideText)
    watchlist: str = Field(sa_type=OutsideText)
    channel: str


class DeliveryRow(Base, table=True):
    __tablename__ = "deliveries"
    __table_args__ = (
        partial("ix_deliveries_due", "channel", "next_attempt", where="state = 'pending'"),
        partial("ix_deliveries_lease_owner", "lease_owner", where="lease_owner IS NOT NULL"),
        Index("ix_deliveries_state_id", "state", "id"),
        Index("ix_deliveries_sent_at", "sent_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    channel: str
    recipient: str = Field(sa_type=OutsideText)
    kind: str
    note: str = Field(default="", sa_type=OutsideText)  # why it comes as it does
    notice: str = Field(default="", sa_type=OutsideText)  # of kind "notice": JSON
    state: str
    attempts: int = 0
    handed: bool = False  # handed out to be sent at least once: it may have gone out, so its uid must stay
    created: datetime
    next_attempt: datetime | None
    last_error: str = Field(default="", sa_type=OutsideText)
    sent_at: datetime | None = None
    provider_id: str = Field(default="", sa_type=OutsideText)
    lease_until: datetime | None = None
    lease_owner: str | None = None


class DeliveryAlertRow(Base, table=True):
    __tablename__ = "delivery_alerts"

    delivery_id: int = Field(primary_key=True, foreign_key="deliveries.id")
    alert_id: int = Field(primary_key=True, foreign_key="alerts.id", index=True)


class ThreadRow(Base, table=True):
    """The message that began the latest thread about a subject at a recipient, for later ones to follow below it."""

    __tablename__ = "threads"

    channel: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True, sa_type=OutsideText)
    subject: str = Field(primary_key=True, sa_type=OutsideText)
    provider_id: str = Field(sa_type=OutsideText)
    started: datetime


class OptOutRow(Base, table=True):
    """Who asked, by a link in a mail, to be told nothing more over a channel."""

    __tablename__ = "opt_outs"

    channel: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True, sa_type=OutsideText)
    at: datetime


alerts = AlertRow.__table__
alert_hits = AlertHitRow.__table__
untold = UntoldRow.__table__
silences = SilenceRow.__table__
troubles = TroubleRow.__table__
deliveries = DeliveryRow.__table__
delivery_alerts = DeliveryAlertRow.__table__
threads = ThreadRow.__table__
opt_outs = OptOutRow.__table__
