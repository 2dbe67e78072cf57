"""Whatever Apprise reaches (Teams, Telegram, PagerDuty, ntfy …), by its URL. An optional extra.

Apprise says only whether it worked; why not is what it logged. It knows no ids: a repeat after a crash is known by the
delivery's id in the message's last line.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from monitor.alerts.render.templates import Own, fill
from monitor.alerts.render.view import message
from monitor.alerts.send.secrets import say
from monitor.model.alerts import Dead, Delivery, Retry, SendResult, Sent
from monitor.model.settings import AppriseChannel

MISSING = "Apprise is not installed; install it with: pip install 'sanctions-watchlist-monitor[apprise]'"


def send_apprise(
    delivery: Delivery, channel: AppriseChannel, *, base_url: str, now: datetime, own: Own = ()
) -> SendResult:
    try:
        import apprise
    except ImportError:
        return Dead(f"configuration: {MISSING}")
    url = channel.url.get_secret_value()
    view = message(delivery, base_url=base_url, now=now)
    body = f"{fill('email.txt.j2', view, own).strip()}\n[{delivery.uid}]"
    asset = apprise.AppriseAsset(app_id="Sanctions watchlist monitor")
    with _logged("apprise") as lines:
        service = apprise.Apprise.instantiate(url, asset=asset)  # one service, in this thread
        if service is None:
            return Dead(f"configuration: Apprise does not understand the url of channel {channel.id}")
        kind = apprise.NotifyType.WARNING if delivery.notice else apprise.NotifyType.INFO
        sent = service.notify(title=view.headline, body=body, notify_type=kind, body_format=apprise.NotifyFormat.TEXT)
    if sent:
        return Sent()
    return Retry(f"Apprise could not send it: {say(lines[-1] if lines else 'it does not say why', url)}")


def understood(channel: AppriseChannel) -> str:
    """Why Apprise could not use the channel's URL; "" when it can."""
    try:
        import apprise
    except ImportError:
        return MISSING
    with _logged("apprise"):
        known = apprise.Apprise.instantiate(channel.url.get_secret_value())
    return "" if known is not None else "Apprise does not understand its url"


@contextmanager
def _logged(name: str) -> Iterator[list[str]]:
    """What this thread logs under this name meanwhile, warnings and worse; other channels have threads of their own."""
    mine, lines = threading.get_ident(), list[str]()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == mine:
                lines.append(record.getMessage())

    keep = Keep(logging.WARNING)
    logging.getLogger(name).addHandler(keep)
    try:
        yield lines
    finally:
        logging.getLogger(name).removeHandler(keep)
