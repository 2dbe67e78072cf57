"""Sending a delivery: the one place in alerts with effects. What came of it is a value, never an exception.

`Sent`, `Retry` (the same again later can help; the provider may name the time) or `Dead` (a person must do something);
errors are one line, without secrets. At least once: a delivery keeps its uid between tries, and receivers see it as
Message-ID, webhook-id or block_id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alerts.render import render_console
from monitor.alerts.render.templates import Own
from monitor.alerts.send.apprise import send_apprise
from monitor.alerts.send.atom import write_atom
from monitor.alerts.send.backoff import backoff, failing_for
from monitor.alerts.send.slack import send_slack
from monitor.alerts.send.smtp import send_mail
from monitor.alerts.send.webhook import send_webhook
from monitor.model.alerts import Delivery, Retry, SendResult, Sent
from monitor.model.settings import AppriseChannel, AtomChannel, Channel, ConsoleChannel, EmailChannel, SlackChannel

if TYPE_CHECKING:
    from monitor.client import Client

__all__ = ["backoff", "failing_for", "send"]


def send(
    delivery: Delivery,
    channel: Channel,
    *,
    base_url: str,
    client: Client,
    now: datetime,
    echo: Callable[[str], None],
    own: Own = (),
) -> SendResult:
    """One try. `client` must allow the addresses that channels are configured with; `echo` prints for the console;
    `own`: templates in place of ours.

    Takes at most the channel's `timeout` (seconds), name resolution aside.
    """
    if isinstance(channel, ConsoleChannel):
        try:
            echo(render_console(delivery, base_url=base_url, now=now, own=own))
        except OSError as error:  # a closed terminal or a full disk behind it
            return Retry(f"console: {error.strerror or error}")
        return Sent()
    if isinstance(channel, EmailChannel):
        return send_mail(delivery, channel, base_url=base_url, now=now, own=own)
    if isinstance(channel, SlackChannel):
        return send_slack(delivery, channel, base_url=base_url, client=client, now=now, own=own)
    if isinstance(channel, AtomChannel):
        return write_atom(delivery, channel, base_url=base_url, now=now)
    if isinstance(channel, AppriseChannel):
        return send_apprise(delivery, channel, base_url=base_url, now=now, own=own)
    return send_webhook(delivery, channel, base_url=base_url, client=client, now=now)
