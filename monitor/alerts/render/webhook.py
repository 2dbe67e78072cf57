"""The webhook's body: hits as `monitor hits list --json` prints them, in a Standard Webhooks envelope."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.alerts.render.clean import http_link
from monitor.alerts.render.view import DISCLAIMER
from monitor.model.alerts import Delivery, Notice
from monitor.model.attribution import attributions
from monitor.model.serial import hit_json, time_json


def render_webhook(delivery: Delivery, *, base_url: str, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - see below
    """The JSON object to post; `webhook_body` gives its bytes.

    It is the same for every try (so `now` has no part in it): a receiver may compare bodies. `type` is hit.alert,
    hit.summary or hit.digest, or for a notice monitor.health, monitor.heartbeat or monitor.lists; keys are only ever
    added.
    """
    base = http_link(base_url.rstrip("/"))
    if delivery.notice:
        return _notice(delivery, delivery.notice)
    hits = {record.id: record for alert in delivery.alerts for record in alert.hits}
    return {
        "type": f"hit.{delivery.kind.value}",
        "timestamp": time_json(delivery.created),
        "data": {
            "id": delivery.uid,
            "channel": delivery.channel,
            "hits": [
                hit_json(record) | ({"page": f"{base}/hits/{record.id}"} if base else {}) for record in hits.values()
            ],
            "note": " ".join((DISCLAIMER, *attributions(record.hit.entity.url for record in hits.values()))),
        },
    }


def _notice(delivery: Delivery, notice: Notice) -> dict[str, Any]:
    said = {"title": notice.title, "severity": notice.severity.value, "lines": list(notice.lines)}
    about: dict[str, Any] = {"feed": notice.feed or None, "watchlist": notice.watchlist or None, "hits": []}
    return {
        "type": f"monitor.{notice.topic}",
        "timestamp": time_json(delivery.created),
        "data": {"id": delivery.uid, "channel": delivery.channel, **said, **about, "note": DISCLAIMER},
    }


def webhook_body(payload: dict[str, Any]) -> bytes:
    """Pure ASCII, so that no lone surrogate of some feed can stop it from being sent."""
    return json.dumps(payload, separators=(",", ":")).encode("ascii")
