"""Deliveries as messages: mail, Slack blocks, webhook JSON, console text. Pure; every outside text is made harmless.

Delivery ─view.message→ Message (plain values, cleaned) ─→ one medium's escaping and limits
"""

from monitor.alerts.render.console import render_console
from monitor.alerts.render.mail import render_email
from monitor.alerts.render.slack import render_slack
from monitor.alerts.render.view import DISCLAIMER
from monitor.alerts.render.webhook import render_webhook

__all__ = ["DISCLAIMER", "render_console", "render_email", "render_slack", "render_webhook"]
