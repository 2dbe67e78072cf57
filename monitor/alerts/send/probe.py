"""Would a channel take a message now? Asked without sending one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.alerts.send.apprise import understood
from monitor.alerts.send.secrets import origin, say
from monitor.alerts.send.smtp import try_mail
from monitor.errors import FetchError
from monitor.model.settings import AppriseChannel, AtomChannel, Channel, EmailChannel, SlackChannel, WebhookChannel

if TYPE_CHECKING:
    from monitor.client import Client


def probe(channel: Channel, *, client: Client) -> str:
    """What would keep a message from going out, in one line without secrets; "" when nothing is seen to.

    A mail server is logged in to, a Slack token is asked whose it is (auth.test), hosts of webhooks are connected to:
    whether they know the address in the URL, only a message can tell (`monitor alerts test`).
    """
    if isinstance(channel, EmailChannel):
        return try_mail(channel)
    if isinstance(channel, SlackChannel):
        return _slack(channel, client)
    if isinstance(channel, WebhookChannel):
        return _reached(channel.url, client, channel.timeout)
    if isinstance(channel, AtomChannel):
        return _written(Path(channel.path))
    if isinstance(channel, AppriseChannel):
        return understood(channel)
    return ""


def _slack(channel: SlackChannel, client: Client) -> str:
    token, webhook = channel.token.get_secret_value(), channel.webhook_url.get_secret_value()
    if not token:
        return _reached(webhook, client, channel.timeout) if webhook else "neither webhook_url nor token is set"
    url = channel.api_url.rstrip("/") + "/auth.test"
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json; charset=utf-8"}
    try:
        response = client.post(url, b"{}", headers, timeout=channel.timeout)
        said = json.loads(response.body)
    except (FetchError, ValueError) as error:
        return f"{url}: {say(error, token)}"
    if isinstance(said, dict) and said.get("ok") is True:
        return ""
    return f"Slack refuses the token: {say(said.get('error', said) if isinstance(said, dict) else said, token)}"


def _reached(url: str, client: Client, timeout: float) -> str:
    """Any answer will do: a webhook has none for a GET, and its path is a secret that no probe needs."""
    try:
        client.get(f"{origin(url)}/", timeout=timeout)
    except FetchError as error:
        return "" if error.status else f"{origin(url)}: {say(error, url)}"
    return ""


def _written(path: Path) -> str:
    there = path if path.exists() else next(parent for parent in path.absolute().parents if parent.exists())
    return "" if os.access(there, os.W_OK) else f"{there} may not be written; check its permissions"
