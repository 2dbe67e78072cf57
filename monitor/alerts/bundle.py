"""What goes out together: a flood becomes one summary, what waited becomes one digest. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.model.alerts import Delivery, DeliveryKind

DEFAULT_BURST = 10
"""Alerts one by one, for a channel that `burst` does not name: the default of `alerts.burst`."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Deliveries to one recipient over one channel that become one message of `kind`; None: the one goes as it is."""

    kind: DeliveryKind | None
    deliveries: tuple[Delivery, ...]
    note: str = ""  # why they come together, where their kind does not say it


def fresh(delivery: Delivery) -> bool:
    """Whether it may become part of another message: it was never tried, and is about hits."""
    return delivery.attempts == 0 and delivery.kind in (DeliveryKind.ALERT, DeliveryKind.DIGEST)


def bundle(
    deliveries: Sequence[Delivery], *, burst: Mapping[str, int], recent: Mapping[tuple[str, str], int]
) -> list[Bundle]:
    """Bundle due deliveries, in the order in which the first of each came.

    `burst`: channel → how many alerts it takes one by one; `recent`: (channel, recipient) → how many it was sent
    lately, which count against that. What was tried before stays as it is: its id must not change between tries.
    """
    queues: dict[tuple[str, str, DeliveryKind | int], list[Delivery]] = {}
    for delivery in deliveries:
        queue = delivery.kind if fresh(delivery) else delivery.id
        queues.setdefault((delivery.channel, delivery.recipient, queue), []).append(delivery)

    bundles: list[Bundle] = []
    for (channel, recipient, queue), together in queues.items():
        within = len(together) + recent.get((channel, recipient), 0) <= burst.get(channel, DEFAULT_BURST)
        if len(together) == 1 or (queue is DeliveryKind.ALERT and within):
            bundles += [Bundle(None, (delivery,)) for delivery in together]
        else:
            kind = DeliveryKind.SUMMARY if queue is DeliveryKind.ALERT else DeliveryKind.DIGEST
            bundles.append(Bundle(kind, tuple(together)))
    return bundles
