"""What a channel's rate allows now: a flood becomes one digest, and what is beyond that waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.alerts.bundle import Bundle, fresh
from monitor.model.alerts import DeliveryKind

Key = tuple[str, str]  # (channel, recipient)


def within_budget(
    bundles: Sequence[Bundle], left: Mapping[Key, int], notes: Mapping[str, str]
) -> tuple[list[Bundle], list[Bundle]]:
    """(what goes now, what waits). `left`: how many messages each may still get, where there is a limit.

    Where there are more, those that were never tried go together as one digest, with the channel's note of `notes`;
    what was tried before keeps its id, and so goes by itself or waits.
    """
    queues: dict[Key, list[Bundle]] = {}
    for bundle in bundles:
        first = bundle.deliveries[0]
        queues.setdefault((first.channel, first.recipient), []).append(bundle)
    going: list[Bundle] = []
    waiting: list[Bundle] = []
    for key, queue in queues.items():
        free = left.get(key, len(queue))
        if len(queue) > free > 0:
            together = [one for one in queue if all(fresh(delivery) for delivery in one.deliveries)]
            if len(together) > 1:
                deliveries = tuple(delivery for one in together for delivery in one.deliveries)
                queue = [one for one in queue if one not in together]
                queue.insert(0, Bundle(DeliveryKind.DIGEST, deliveries, notes.get(key[0], "")))
        going += queue[: max(free, 0)]
        waiting += queue[max(free, 0) :]
    return going, waiting


def left_of(budget: tuple[int, float], sent: Sequence[datetime], now: datetime) -> tuple[int, datetime]:
    """(messages that may go now, when the next one may). `sent`: when messages went out, the oldest first."""
    count, seconds = budget
    window = timedelta(seconds=seconds)
    lately = [moment for moment in sent if now - window < moment <= now]
    free = count - len(lately)
    return max(free, 0), now if free > 0 else lately[len(lately) - count] + window


def say_budget(channel: str, rate: str) -> str:
    count, _, unit = rate.partition("/")
    every = {"m": "minute", "h": "hour", "d": "day"}[unit]
    return f"{channel} takes {count} {'message' if count == '1' else 'messages'} {'an' if unit == 'h' else 'a'} {every}"
