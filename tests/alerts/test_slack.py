from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from monitor.alerts.render import DISCLAIMER
from monitor.alerts.send.slack import send_slack
from monitor.client import Client
from monitor.model.alerts import Dead, Delivery, DeliveryKind, Retry, SendResult, Sent
from monitor.model.settings import SlackChannel
from tests.alerts.servers import Reply, Sink, raw_server
from tests.alerts.support import ARABIC, BASE, EVERY_LANGUAGE, HIT_KINDS, NOW, RICH, delivery

Start = Callable[..., Sink]
SECRET = "T0DEMO/B0DEMO/notToBeToldToAnyone"
TOKEN = "xoxb-not-to-be-told"
OK = Reply(200, b'{"ok":true,"channel":"C024BE91L","ts":"1763888888.000200"}')


def to_webhook(server: str, client: Client, one: Delivery | None = None, **more: Any) -> SendResult:
    settings = {"id": "desk-slack", "type": "slack", "webhook_url": f"{server}/services/{SECRET}", "timeout": "5s"}
    channel = SlackChannel.model_validate(settings | more)
    return send_slack(one or slack(), channel, base_url=BASE, client=client, now=NOW)


def to_api(server: str, client: Client, one: Delivery | None = None, **more: Any) -> SendResult:
    settings = {"id": "desk-slack", "type": "slack", "token": TOKEN, "channel": "C024BE91L", "timeout": "5s"}
    channel = SlackChannel.model_validate(settings | {"api_url": f"{server}/api/"} | more)
    return send_slack(one or slack(), channel, base_url=BASE, client=client, now=NOW)


def slack(**more: Any) -> Delivery:
    return delivery(RICH, channel="desk-slack", recipient="", **more)


def refused(error: str) -> Reply:
    return Reply(200, json.dumps({"ok": False, "error": error}).encode())


def posted(sink: Sink) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in sink.requests]


def texts(node: object) -> list[str]:
    if isinstance(node, dict):
        return [t for k, v in node.items() for t in ([v] if k in ("text", "url") and isinstance(v, str) else texts(v))]
    return [text for child in node for text in texts(child)] if isinstance(node, list) else []


@pytest.mark.parametrize("kind", HIT_KINDS)
def test_what_arrives_is_whole_and_what_slack_takes(sink: Start, client: Client, kind: DeliveryKind) -> None:
    server = sink()
    one = delivery(*(EVERY_LANGUAGE if kind is not DeliveryKind.ALERT else [ARABIC]), channel="desk-slack", kind=kind)
    assert to_webhook(server.url, client, one) == Sent()
    (request,), (payload,) = server.requests, posted(server)
    assert request.path == f"/services/{SECRET}"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    blocks = Block.parse_all(payload["blocks"])
    assert len(blocks) == len(payload["blocks"]) <= 50
    for block in blocks:
        block.validate_json()
    everything = texts(payload["blocks"])
    assert all(len(text) <= 3000 for text in everything)
    assert sum(map(len, everything)) <= 10_000
    for record in EVERY_LANGUAGE if kind is not DeliveryKind.ALERT else [ARABIC]:
        for wanted in (record.hit.entity.name, record.article.url, record.article.title, f"{BASE}/hits/{record.id}"):
            assert any(wanted in text for text in everything)
        assert record.hit.best.snippet.text in "".join(everything)
    assert everything[-1] == DISCLAIMER
    assert "A hit is a lead, not a finding" in payload["text"]


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, "invalid_payload"),
        (400, "invalid_blocks"),
        (400, "user_not_found"),
        (403, "action_prohibited"),
        (403, "invalid_token"),
        (404, "channel_not_found"),
        (404, "no_service"),
        (410, "channel_is_archived"),
    ],
)
def test_what_the_webhook_refuses_for_good(sink: Start, client: Client, status: int, word: str) -> None:
    result = to_webhook(sink(Reply(status, word.encode())).url, client)
    assert result == Dead(f"Slack answered {status}: {word}")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(sink: Start, client: Client, status: int) -> None:
    server = sink(Reply(status, b"rate_limited"), Reply())
    assert to_webhook(server.url, client) == Retry(f"Slack answered {status}")
    assert to_webhook(server.url, client, slack(attempts=1)) == Sent()


@pytest.mark.parametrize(
    ("value", "seconds"), [("37", 37.0), (format_datetime(NOW + timedelta(seconds=90)), 90.0), ("in a while", None)]
)
def test_retry_after_is_kept(sink: Start, client: Client, value: str, seconds: float | None) -> None:
    busy = Reply(429, b'{"ok":false,"error":"ratelimited"}', {"retry-after": value})
    for result in (to_webhook(sink(busy).url, client), to_api(sink(busy).url, client)):
        assert result == Retry("Slack answered 429", seconds)


def test_taken_but_answered_429_shows_as_the_same_message_twice(sink: Start, client: Client) -> None:
    """Slack has been seen to post a message and to answer 429: the repeat carries the same id."""
    server = sink(Reply(429, b"rate_limited"), Reply())
    to_webhook(server.url, client)
    to_webhook(server.url, client, slack(attempts=1))
    assert {payload["blocks"][0]["block_id"] for payload in posted(server)} == {"delivery.dlv_00000007"}
    assert to_webhook(server.url, client, slack(id=8)) == Sent()
    assert posted(server)[-1]["blocks"][0]["block_id"] == "delivery.dlv_00000008"


@pytest.mark.parametrize("body", [b"<html>Sign in to the hotel's Wi-Fi</html>", b"", b"okay", b'{"ok":true}'])
def test_only_slacks_own_ok_counts(sink: Start, client: Client, body: bytes) -> None:
    result = to_webhook(sink(Reply(200, body)).url, client)
    assert isinstance(result, Retry)
    assert "without its ok" in result.error


@pytest.mark.parametrize("body", [b"ok", b"[1]", b"", b"<html>proxy</html>", b'{"fine":true}', b'"ok"'])
def test_an_api_answer_that_is_not_slacks(sink: Start, client: Client, body: bytes) -> None:
    result = to_api(sink(Reply(200, body)).url, client)
    assert isinstance(result, Retry)
    assert "not as Slack does" in result.error


@pytest.mark.parametrize("target", ["/elsewhere", "https://hooks.slack.example/x"])
def test_a_redirect_is_for_a_person_to_mend(sink: Start, client: Client, target: str) -> None:
    """Followed, a POST would lose its body or carry the token to another host."""
    for to in (to_webhook, to_api):
        server = sink(Reply(302, b"", {"location": target}), Reply())
        result = to(server.url, client)
        assert isinstance(result, Dead)
        assert "redirects (302)" in result.error
        assert len(server.requests) == 1


def test_with_a_token_the_first_message_opens_a_thread(sink: Start, client: Client) -> None:
    server = sink(OK)
    assert to_api(server.url, client) == Sent("1763888888.000200")
    (request,), (payload,) = server.requests, posted(server)
    assert request.path == "/api/chat.postMessage"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert payload["channel"] == "C024BE91L"
    assert "thread_ts" not in payload


def test_a_follow_up_goes_below_the_first_message(sink: Start, client: Client) -> None:
    server = sink(OK)
    assert to_api(server.url, client, slack(thread="1763880000.000100")) == Sent("1763880000.000100")
    assert posted(server)[0]["thread_ts"] == "1763880000.000100"


@pytest.mark.parametrize("error", ["thread_not_found", "message_not_found", "invalid_thread_ts"])
def test_where_the_first_message_was_deleted_a_new_thread_begins(sink: Start, client: Client, error: str) -> None:
    server = sink(refused(error), OK)
    assert to_api(server.url, client, slack(thread="1763880000.000100")) == Sent("1763888888.000200")
    assert ["thread_ts" in payload for payload in posted(server)] == [True, False]


@pytest.mark.parametrize(
    "error", ["channel_not_found", "not_in_channel", "is_archived", "invalid_auth", "token_revoked", "invalid_blocks"]
)
def test_what_the_api_refuses_for_good(sink: Start, client: Client, error: str) -> None:
    """The Web API answers 200 to everything; only `ok` tells."""
    assert to_api(sink(refused(error)).url, client) == Dead(f"Slack refused the message: {error}")


@pytest.mark.parametrize("error", ["ratelimited", "fatal_error", "service_unavailable", "a_word_of_tomorrow"])
def test_what_the_api_may_take_later(sink: Start, client: Client, error: str) -> None:
    reply = refused(error)
    reply.headers["retry-after"] = "12"
    assert to_api(sink(reply).url, client) == Retry(f"Slack could not take the message: {error}", 12.0)


def test_the_timeout_is_of_the_whole_answer(client: Client) -> None:
    def drip(connection: Any) -> None:
        connection.recv(100_000)
        for _ in range(100):
            connection.sendall(b"H")
            time.sleep(0.1)

    with raw_server(drip) as port:
        began = time.monotonic()
        result = to_webhook(f"http://127.0.0.1:{port}", client, timeout="0.6s")
        assert time.monotonic() - began < 3
    assert isinstance(result, Retry)


def hang_up(connection: Any) -> None:
    connection.recv(100_000)


@pytest.mark.parametrize("to", [to_webhook, to_api])
def test_no_network_no_answer_no_name(client: Client, to: Callable[..., SendResult]) -> None:
    with raw_server(hang_up) as port:
        lost = to(f"http://127.0.0.1:{port}", client)
    closed = to(f"http://127.0.0.1:{port}", client)
    unknown = to("http://hooks.invalid", client)
    for result in (lost, closed, unknown):
        assert isinstance(result, Retry), result
        assert SECRET not in result.error
        assert TOKEN not in result.error
    assert isinstance(unknown, Retry)
    assert "hooks.invalid" in unknown.error


def test_no_error_tells_the_secret(sink: Start, client: Client) -> None:
    echo = f"no_service https://hooks.slack.com/services/{SECRET} {TOKEN}".encode()
    results = [to_webhook(sink(Reply(404, echo)).url, client), to_api(sink(Reply(404, echo)).url, client)]
    results += [to_webhook(sink(Reply(200, echo)).url, client), to_api(sink(Reply(200, echo)).url, client)]
    assert SECRET not in str(results[::2])
    assert TOKEN not in str(results[1::2])


def test_a_channel_that_is_not_finished(client: Client) -> None:
    result = to_webhook("", client, webhook_url="")
    assert isinstance(result, Dead)
    assert result.error.startswith("configuration:")
