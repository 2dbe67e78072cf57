"""A message to try a channel with: whole, like a real alert, and unmistakably a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from monitor.alerts.render.templates import FAULTS, Own, fill_own
from monitor.alerts.render.view import message
from monitor.model.alerts import Alert, Delivery, DeliveryKind, DeliveryState, Notice
from monitor.model.articles import ArticleRef
from monitor.model.matches import Disposition, Hit, HitRecord, Match, Mention, Reason, Snippet
from monitor.model.settings import Channel, EmailChannel
from monitor.model.watchlists import Entity, EntityType, Name, Severity

NAME = "Northwind Example Shipping"
TITLE = f"Test message: {NAME} is not in the news"
SENTENCE = (
    "This is a test of your alert channel: a real alert stands here with the sentence that names "
    f"{NAME}, a firm made up for this purpose."
)


def sample_deliveries(channel: Channel, now: datetime) -> list[Delivery]:
    """One delivery for each of the channel's recipients, never stored. Two calls differ in their uids."""
    recipients = channel.recipients if isinstance(channel, EmailChannel) else ("",)
    return [
        Delivery(
            id=0,
            uid=f"test-{now:%Y%m%dT%H%M%S%f}-{number}",
            channel=channel.id,
            recipient=recipient,
            kind=DeliveryKind.ALERT,
            state=DeliveryState.PENDING,
            alerts=(Alert(0, "test/example", 0, channel.id, (_record(now),)),),
            attempts=0,
            created=now,
            next_attempt=now,
        )
        for number, recipient in enumerate(recipients)
    ]


def template_problems(own: Own) -> list[tuple[str, str]]:
    """(template, what is wrong with it) of those that cannot be filled in for some kind of message."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    alert = Alert(0, "test/example", 0, "test", (_record(now),), "a test")
    made = Delivery(0, "test", "test", "", DeliveryKind.ALERT, DeliveryState.PENDING, (alert,), 0, now, now)
    notice = Notice("health", TITLE, Severity.LOW, (SENTENCE,))
    samples = [replace(made, kind=kind) for kind in (DeliveryKind.ALERT, DeliveryKind.SUMMARY, DeliveryKind.DIGEST)]
    samples.append(replace(made, kind=DeliveryKind.NOTICE, alerts=(), notice=notice))
    problems: list[tuple[str, str]] = []
    for name, _ in own:
        for sample in samples:
            try:
                fill_own(name, message(sample, base_url="", now=now), own)
            except FAULTS as error:
                line = getattr(error, "lineno", None)
                problems.append(
                    (name, f"{f'line {line}: ' if line else ''}{error} (in a message of kind {sample.kind})")
                )
                break
    return problems


def _record(now: datetime) -> HitRecord:
    entity = Entity(
        watchlist="test",
        id="example",
        type=EntityType.ORGANIZATION,
        names=(Name(NAME),),
        programmes=("TEST",),
        listed=date(2026, 1, 1),
    )
    start = SENTENCE.index(NAME)
    reason = Reason("exact", f"“{NAME}” is written as on the list", 100.0)
    match = Match(
        Mention("text", start, start + len(NAME), NAME),
        entity.names[0],
        100.0,
        (reason,),
        Snippet(SENTENCE, start, start + len(NAME)),
    )
    hit = Hit("test", entity, (match,), 100.0, Severity.LOW, reason.text, "test", "test")
    article = ArticleRef(0, TITLE, "https://example.org/test-message", "test", now, now, "en", 0)
    return HitRecord(0, hit, article, Disposition.OPEN, now)
