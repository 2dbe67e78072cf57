"""Slack: an incoming webhook, or chat.postMessage with a bot token, which can thread."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.alerts.render.slack import render_slack
from monitor.alerts.render.templates import Own
from monitor.alerts.send.backoff import retry_after
from monitor.alerts.send.secrets import say
from monitor.errors import FetchError
from monitor.model.alerts import Dead, Delivery, Retry, SendResult, Sent
from monitor.model.settings import SlackChannel

if TYPE_CHECKING:
    from monitor.client import Client, Response

PERMANENT = frozenset(
    """access_denied account_inactive as_user_not_supported block_mismatch channel_not_found ekm_access_denied
    enterprise_is_restricted invalid_arguments invalid_auth invalid_blocks invalid_blocks_format invalid_charset
    invalid_form_data invalid_json invalid_metadata_format invalid_payload invalid_post_type invalid_token is_archived
    messages_tab_disabled method_deprecated missing_post_type missing_scope msg_blocks_too_long msg_too_long
    no_permission no_text not_allowed_token_type not_authed not_in_channel org_login_required restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
    restricted_action_thread_only_channel team_access_not_granted token_expired token_revoked too_many_attachments
    two_factor_setup_required user_not_found""".split()  # noqa: SIM905 - one a line would be forty lines
)
"""Errors of chat.postMessage that no later try mends (https://docs.slack.dev/reference/methods/chat.postMessage). One
that is not known is tried again: it ends in the same place after two days, and a message is not lost to a new word."""
NO_THREAD = frozenset({"cannot_reply_to_message", "invalid_thread_ts", "message_not_found", "thread_not_found"})
TEMPORARY = frozenset({408, 425, 429})


def send_slack(
    delivery: Delivery, channel: SlackChannel, *, base_url: str, client: Client, now: datetime, own: Own = ()
) -> SendResult:
    payload = render_slack(delivery, base_url=base_url, now=now, own=own)
    token = channel.token.get_secret_value()
    if token:
        threaded = payload | ({"thread_ts": delivery.thread} if delivery.thread else {})
        result = _post_message(threaded, token, channel, client, now)
        if delivery.thread and isinstance(result, Dead) and result.error.rpartition(" ")[2] in NO_THREAD:
            return _post_message(payload, token, channel, client, now)  # its first message was deleted: a new thread
        return result
    return _post_webhook(payload, channel, client, now)


def _post_webhook(payload: dict[str, Any], channel: SlackChannel, client: Client, now: datetime) -> SendResult:
    url = channel.webhook_url.get_secret_value()
    if not url:
        return Dead("configuration: this Slack channel has neither webhook_url nor token")
    answer = _post(url, payload, {}, channel, client, now, secret=url)
    if not isinstance(answer, tuple):
        return answer
    text = answer[1].strip()
    # A proxy's login page also answers 200: only Slack's own word counts.
    return Sent() if text == "ok" else Retry(f"Slack answered 200 without its ok: {say(text, url)}")


def _post_message(
    payload: dict[str, Any], token: str, channel: SlackChannel, client: Client, now: datetime
) -> SendResult:
    url = channel.api_url.rstrip("/") + "/chat.postMessage"
    authorization = {"authorization": f"Bearer {token}"}
    answer = _post(url, payload | {"channel": channel.channel}, authorization, channel, client, now, secret=token)
    if not isinstance(answer, tuple):
        return answer
    response, text = answer
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "ok" not in said:
        return Retry(f"{url} answered 200 but not as Slack does: {say(text[:100], token)}")
    if said["ok"] is True:
        # What replies to a reply must name the thread's first message, so that is what is kept.
        return Sent(str(payload.get("thread_ts") or said.get("ts") or ""))
    error = say(said.get("error", "no error named"), token)
    if error in PERMANENT | NO_THREAD:
        return Dead(f"Slack refused the message: {error}")
    return Retry(f"Slack could not take the message: {error}", retry_after(response.headers, now))


def _post(
    url: str,
    payload: dict[str, Any],
    headers: dict[str, str],
    channel: SlackChannel,
    client: Client,
    now: datetime,
    *,
    secret: str,
) -> tuple[Response, str] | Retry | Dead:
    """The answer with status 200 and its text, or what any other answer means."""
    body = json.dumps(payload, separators=(",", ":")).encode("ascii")
    headers = headers | {"content-type": "application/json; charset=utf-8"}
    try:
        response = client.post(url, body, headers, timeout=channel.timeout)
    except FetchError as error:
        said = f"Slack: {say(error, secret)}"
        return Retry(said, error.retry_after) if error.retryable else Dead(said)
    text = response.body[:10_000].decode("utf-8", "replace")
    if response.status == 200:
        return response, text
    if response.status in TEMPORARY or response.status >= 500:
        return Retry(f"Slack answered {response.status}", retry_after(response.headers, now))
    if 300 <= response.status < 400:
        return Dead(f"Slack's address redirects ({response.status}): put the final address into the channel")
    return Dead(f"Slack answered {response.status}: {say(text[:100], secret)}")
