"""dispatch_due: what is due is bundled, rendered, sent, and its fate recorded."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerts.budget import left_of, say_budget, within_budget
from monitor.alerts.bundle import Bundle, bundle
from monitor.alerts.policy import recipients
from monitor.alerts.quiet import quiet_until, say_quiet
from monitor.alerts.seals import KEY, UNSUBSCRIBE, seal
from monitor.alerts.send import backoff, failing_for, send
from monitor.model.alerts import Dead, Delivery, Retry, SendResult, Sent
from monitor.pipeline.service import Service

LEASE = 300.0
"""Seconds a claimed delivery is left to its claimer; a batch of slow sends starts none after half of it."""

BATCH = 1000
"""Deliveries claimed for one channel at a time: enough that a flood becomes one summary, not several."""

RATE_PAUSE = 5.0
"""Seconds after which what a rate did not allow is looked at again, at the soonest."""

BURST_WINDOW = 60.0
"""Seconds: what a channel was sent this recently counts towards its burst, so that a tick that straddles two claims
is still one tick."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dispatched:
    """Counts of one run."""

    sent: int = 0
    retried: int = 0
    dead: int = 0

    def __add__(self, other: Dispatched) -> Dispatched:
        return Dispatched(self.sent + other.sent, self.retried + other.retried, self.dead + other.dead)


def dispatch_due(service: Service, channels: Collection[str]) -> Dispatched:
    """Send what is due on these channels. Raises StorageError only."""
    now = service.clock()
    claimed = service.store.claim_due_deliveries(now, lease=LEASE, owner=service.owner, limit=BATCH, channels=channels)
    if not claimed:
        return Dispatched()
    until = now + timedelta(seconds=LEASE / 2)
    counts: Counter[type[SendResult]] = Counter()
    for delivery in _bundled(service, _awake(service, claimed)):
        if service.clock() > until:  # the rest is claimed again when the lease has run out
            break
        counts[type(_send(service, delivery))] += 1
    return Dispatched(counts[Sent], counts[Retry], counts[Dead])


def _awake(service: Service, claimed: Sequence[Delivery]) -> list[Delivery]:
    """Those whose channel has no quiet hours now; the others are put off until these end."""
    now = service.clock()
    awake: list[Delivery] = []
    held: dict[tuple[str, datetime], list[Delivery]] = {}
    for delivery in claimed:
        channel = service.channels.get(delivery.channel)
        until = quiet_until(channel, delivery.severity, service.alerts, now) if channel else None
        if until is None:
            awake.append(delivery)
        else:
            held.setdefault((delivery.channel, until), []).append(delivery)
    for (channel_id, until), group in held.items():
        service.store.put_off(group, until, f"Held over {say_quiet(service.channels[channel_id], service.alerts)}.")
    return awake


def _affordable(service: Service, bundles: Sequence[Bundle]) -> list[Bundle]:
    """What the channels' rates allow now; the rest is put off until they allow the next message."""
    now = service.clock()
    left: dict[tuple[str, str], int] = {}
    again: dict[tuple[str, str], datetime] = {}
    notes: dict[str, str] = {}
    for channel_id, recipient in {(one.deliveries[0].channel, one.deliveries[0].recipient) for one in bundles}:
        channel = service.channels.get(channel_id)
        if channel is None or channel.budget is None:
            continue
        sent = service.store.sent_times(channel_id, now - timedelta(seconds=channel.budget[1]))
        key = (channel_id, recipient)
        left[key], again[key] = left_of(channel.budget, sent.get(recipient, ()), now)
        notes[channel_id] = f"{say_budget(channel_id, channel.rate)}: what came beyond that is in this one."
    going, waiting = within_budget(bundles, left, notes)
    for one in waiting:
        first = one.deliveries[0]
        # with none left a message may go later; with all of them used by this very batch, in a moment's time
        until = max(again[first.channel, first.recipient], now + timedelta(seconds=RATE_PAUSE))
        service.store.put_off(one.deliveries, until, notes[first.channel])
    return going


def _bundled(service: Service, claimed: Sequence[Delivery]) -> list[Delivery]:
    now = service.clock()
    burst = {
        channel.id: channel.burst if channel.burst is not None else service.alerts.burst
        for channel in service.channels.values()
    }
    recent = service.store.recently_sent(now, BURST_WINDOW)
    deliveries: list[Delivery] = []
    for group in _affordable(service, bundle(claimed, burst=burst, recent=recent)):
        if group.kind is None:
            deliveries.extend(group.deliveries)
        else:
            deliveries.append(
                service.store.merge_deliveries([d.id for d in group.deliveries], group.kind, now, group.note)
            )
    return deliveries


def _send(service: Service, delivery: Delivery) -> SendResult:
    channel = service.channels.get(delivery.channel)
    if channel is None:
        result: SendResult = Dead(f"channel {delivery.channel!r} is no longer configured")
    else:
        try:
            key = service.store.secret(KEY, service.clock())
            unsubscribe = service.store.secret(UNSUBSCRIBE, service.clock())
            result = send(
                replace(
                    delivery,
                    seal=seal(key, delivery.id, delivery.uid),
                    unsubscribe=seal(unsubscribe, delivery.id, delivery.uid),
                ),
                channel,
                base_url=service.base_url,
                client=service.channel_client,
                now=service.clock(),
                echo=service.echo,
                own=service.templates,
            )
        except Exception as error:  # one message's surprise must not stop the others; logged whole, retried
            log.exception("unexpected error while sending delivery %s", delivery.id)
            result = Retry(f"unexpected {type(error).__name__} while sending")
    now = service.clock()
    next_attempt, late = None, False
    if isinstance(result, Retry):
        wait = backoff(delivery.attempts + 1, result.after, service.rng.random())
        if wait is None:
            result = Dead(f"given up after {delivery.attempts + 1} tries: {result.error}")
        else:
            next_attempt = now + timedelta(seconds=wait)
            late = failing_for(delivery.attempts + 1) + wait > service.alerts.fallback_after
    spare = service.channels.get(channel.fallback) if channel else None
    fallback = (spare.id, recipients(spare)) if spare and (late or isinstance(result, Dead)) else None
    service.store.record_delivery(delivery.id, result, now=now, next_attempt=next_attempt, fallback=fallback)
    said = ""
    if isinstance(result, Sent):
        service.meters.alerts.took((now - delivery.created).total_seconds(), delivery.channel)
    else:
        when = f"next try {next_attempt:%H:%M:%S} UTC" if next_attempt else "dead; see `monitor alerts list`"
        said = f"delivery {delivery.id} to {delivery.channel} failed: {result.error} ({when})"
    told = [record for alert in delivery.alerts for record in alert.hits]
    service.note(
        "delivery",
        said,
        delivery=delivery.id,
        message=delivery.uid,
        channel=delivery.channel,
        kind=delivery.kind.value,
        state={Sent: "sent", Retry: "retry", Dead: "dead"}[type(result)],
        attempt=delivery.attempts + 1,
        error=None if isinstance(result, Sent) else result.error,
        next_try=next_attempt.isoformat() if next_attempt else None,
        hits=tuple(record.id for record in told),
        articles=tuple(dict.fromkeys(int(record.article.id) for record in told)),
    )
    return result
