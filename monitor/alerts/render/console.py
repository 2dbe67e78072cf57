"""One short block of plain text for a terminal: no colours, no escape sequences, one line per fact."""

from __future__ import annotations

from datetime import datetime

from monitor.alerts.render.templates import Own, fill
from monitor.alerts.render.view import message
from monitor.model.alerts import Delivery


def render_console(delivery: Delivery, *, base_url: str, now: datetime, own: Own = ()) -> str:
    return fill("console.txt.j2", message(delivery, base_url=base_url, now=now), own).rstrip("\n")
