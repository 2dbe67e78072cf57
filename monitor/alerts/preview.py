"""A message as a channel would be sent it, to be looked at. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from monitor.alerts.render import render_console, render_email, render_slack, render_webhook
from monitor.alerts.render.atom import render_atom
from monitor.alerts.render.templates import Own
from monitor.alerts.sample import sample_deliveries
from monitor.model.alerts import Alert
from monitor.model.matches import HitRecord
from monitor.model.settings import AtomChannel, Channel, ConsoleChannel, EmailChannel, SlackChannel, WebhookChannel


def preview(
    channel: Channel, record: HitRecord | None, *, base_url: str, now: datetime, own: Own = (), html: bool = False
) -> str:
    """The message about a hit (None: a sample) to the first of the channel's recipients.

    Mail is shown with its headers and its text; `html`: its HTML alone, for a browser.
    """
    delivery = sample_deliveries(channel, now)[0]
    if record is not None:
        alert = Alert(0, record.subject, record.article.story, channel.id, (record,), "shown as a preview")
        delivery = replace(delivery, uid="preview", alerts=(alert,))
    if isinstance(channel, ConsoleChannel):
        return render_console(delivery, base_url=base_url, now=now, own=own)
    if isinstance(channel, SlackChannel):
        return _json(render_slack(delivery, base_url=base_url, now=now, own=own))
    if isinstance(channel, WebhookChannel):
        return _json(render_webhook(delivery, base_url=base_url, now=now))
    if isinstance(channel, AtomChannel):
        return render_atom(
            delivery, b"", title=channel.title, entries=channel.entries, base_url=base_url, now=now
        ).decode()
    sender = channel.sender if isinstance(channel, EmailChannel) else ""
    mail = render_email(delivery, base_url=base_url, now=now, sender=sender, own=own)
    part = mail.get_body(("html",) if html else ("plain",))
    body = part.get_content() if part else ""
    return body if html else "\n".join([*(f"{name}: {value}" for name, value in mail.items()), "", body])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
