"""The generic webhook, signed as Standard Webhooks says (https://www.standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alerts.render.webhook import render_webhook, webhook_body
from monitor.alerts.send.backoff import retry_after
from monitor.alerts.send.secrets import origin, say
from monitor.errors import FetchError
from monitor.model.alerts import Dead, Delivery, Retry, SendResult, Sent
from monitor.model.settings import WebhookChannel

if TYPE_CHECKING:
    from monitor.client import Client

TEMPORARY = frozenset({408, 425, 429})  # the 4xx that say "later"; all 5xx do
PREFIX = "whsec_"


def send_webhook(
    delivery: Delivery, channel: WebhookChannel, *, base_url: str, client: Client, now: datetime
) -> SendResult:
    secret = channel.secret.get_secret_value()
    body = webhook_body(render_webhook(delivery, base_url=base_url, now=now))
    try:
        headers = webhook_headers(delivery.uid, body, secret, now)
    except ValueError as error:
        return Dead(f"configuration: {error}")
    where = origin(channel.url)
    try:
        response = client.post(channel.url, body, headers, timeout=channel.timeout)
    except FetchError as error:
        said = f"{where}: {say(error, channel.url, *secret.split())}"
        return Retry(said, error.retry_after) if error.retryable else Dead(said)
    status = response.status
    if 200 <= status < 300:
        return Sent()
    if 300 <= status < 400:
        target = origin(response.headers.get("location", ""))
        return Dead(f"{where} redirects ({status}) to {target}: put the final address into the channel's url")
    if status in TEMPORARY or status >= 500:
        return Retry(f"{where} answered {status}", retry_after(response.headers, now))
    if status == 410:
        return Dead(f"{where} answered 410: this endpoint is gone for good")
    return Dead(f"{where} answered {status}: {say(response.body[:200].decode('utf-8', 'replace'), *secret.split())}")


def webhook_headers(uid: str, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers of one try. `webhook-id` is the same in all tries, `webhook-timestamp` is this try's.

    `secret`: one `whsec_…` or several separated by white space (while one replaces the other); "" sends unsigned.
    Raises ValueError for a secret that is no base64.
    """
    timestamp = str(int(now.timestamp()))
    headers = {"content-type": "application/json", "webhook-id": uid, "webhook-timestamp": timestamp}
    signatures = [_signature(key, uid, timestamp, body) for key in secret.split()]
    return headers | ({"webhook-signature": " ".join(signatures)} if signatures else {})


def _signature(secret: str, uid: str, timestamp: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the webhook's secret is not base64 (whsec_…): take it as the receiver shows it") from None
    signed = hmac.new(key, f"{uid}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode("ascii")
