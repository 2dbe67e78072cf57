from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.render import DISCLAIMER
from monitor.alerts.send.webhook import send_webhook, webhook_headers
from monitor.client import Client
from monitor.model.alerts import Dead, Delivery, DeliveryKind, Retry, SendResult, Sent
from monitor.model.settings import WebhookChannel
from tests.alerts.servers import Reply, Sink, raw_server
from tests.alerts.support import ARABIC, BASE, CHINESE, EVERY_LANGUAGE, NOW, delivery

Start = Callable[..., Sink]
KEY, NEXT_KEY = b"a key of twenty-four byt", b"the key that replaces it"
SECRET, NEXT = ("whsec_" + base64.b64encode(key).decode() for key in (KEY, NEXT_KEY))


def hook(
    server: str, client: Client, one: Delivery | None = None, *, now: datetime = NOW, secret: str = SECRET, **more: Any
) -> SendResult:
    settings = {"id": "case-system", "type": "webhook", "url": f"{server}/in?key=s3cret", "timeout": "5s"}
    channel = WebhookChannel.model_validate(settings | {"secret": secret} | more)
    return send_webhook(one or case(), channel, base_url=BASE, client=client, now=now)


def case(*records: Any, **more: Any) -> Delivery:
    return delivery(*records, channel="case-system", recipient="", **more)


BLOCK = 64  # bytes, of SHA-256


def verified(headers: Mapping[str, str], body: bytes, key: bytes, now: datetime) -> Any:
    """The receiver's side, written from the specification alone, HMAC (RFC 2104) included; raises if it is not ours."""
    assert abs(int(headers["webhook-timestamp"]) - now.timestamp()) < 300, "too old or too new: replayed?"
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    padded = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + message).digest()
    expected = base64.b64encode(hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).digest()).decode()
    given = [signature.split(",", 1) for signature in headers["webhook-signature"].split(" ")]
    assert any(version == "v1" and value == expected for version, value in given), "not signed with this key"
    return json.loads(body)


def test_the_receiver_can_verify_and_read_it(sink: Start, client: Client) -> None:
    server = sink(Reply(204, b""))
    assert hook(server.url, client, case(*EVERY_LANGUAGE, kind=DeliveryKind.SUMMARY)) == Sent()
    (request,) = server.requests
    assert request.path == "/in?key=s3cret"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "alerts-test/1"
    body = verified(request.headers, request.body, KEY, NOW)
    assert body["type"] == "hit.summary"
    assert body["data"]["id"] == request.headers["webhook-id"] == "dlv_00000007"
    assert [hit["entity_name"] for hit in body["data"]["hits"]] == [r.hit.entity.name for r in EVERY_LANGUAGE]
    assert [hit["sentence"] for hit in body["data"]["hits"]] == [r.hit.best.snippet.text for r in EVERY_LANGUAGE]
    assert [hit["article"]["url"] for hit in body["data"]["hits"]] == [r.article.url for r in EVERY_LANGUAGE]
    assert body["data"]["note"] == DISCLAIMER
    with pytest.raises(AssertionError, match="not signed"):
        verified(request.headers, request.body.replace(b"Rosneft", b"Rosnoft"), KEY, NOW)
    with pytest.raises(AssertionError, match="replayed"):
        verified(request.headers, request.body, KEY, NOW + timedelta(hours=1))


def test_the_id_and_body_are_the_same_in_every_try_and_the_time_is_not(sink: Start, client: Client) -> None:
    server = sink(Reply(500), Reply(503), Reply())
    later = [NOW, NOW + timedelta(seconds=10), NOW + timedelta(minutes=5)]
    results = [hook(server.url, client, case(attempts=n), now=now) for n, now in enumerate(later)]
    assert [type(result) for result in results] == [Retry, Retry, Sent]
    assert {request.headers["webhook-id"] for request in server.requests} == {"dlv_00000007"}
    assert len({request.body for request in server.requests}) == 1
    times = [request.headers["webhook-timestamp"] for request in server.requests]
    assert times == [str(int(now.timestamp())) for now in later]
    for request, now in zip(server.requests, later, strict=True):
        verified(request.headers, request.body, KEY, now)


def test_while_secrets_are_replaced_both_receivers_can_verify(sink: Start, client: Client) -> None:
    server = sink()
    assert hook(server.url, client, case(CHINESE), secret=f"{NEXT} {SECRET}") == Sent()
    (request,) = server.requests
    for key in (KEY, NEXT_KEY):
        verified(request.headers, request.body, key, NOW)
    with pytest.raises(AssertionError, match="not signed"):
        verified(request.headers, request.body, b"somebody else's", NOW)


@given(st.binary(min_size=1, max_size=200), st.binary(max_size=500), st.text("abc_-0189", min_size=1, max_size=40))
def test_any_key_signs_any_body(key: bytes, body: bytes, uid: str) -> None:
    secret = base64.b64encode(key).decode()
    headers = webhook_headers(uid, json.dumps(body.hex()).encode(), secret, NOW)
    assert verified(headers, json.dumps(body.hex()).encode(), key, NOW) == body.hex()


def test_openssl_agrees() -> None:
    """What a receiver in any language would compute."""
    body = b'{"type":"hit.alert"}'
    headers = webhook_headers("dlv_1", body, SECRET, NOW)
    message = f"dlv_1.{int(NOW.timestamp())}.".encode() + body
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}", "-binary"]
    try:
        made = subprocess.run(command, input=message, capture_output=True, check=True, timeout=20).stdout
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    assert headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()


def test_without_a_secret_it_goes_unsigned(sink: Start, client: Client) -> None:
    server = sink()
    assert hook(server.url, client, secret="") == Sent()
    assert "webhook-signature" not in server.requests[0].headers
    assert server.requests[0].headers["webhook-id"] == "dlv_00000007"


@pytest.mark.parametrize("secret", ["whsec_horse!staple", "ключ", f"{SECRET} whsec_***"])
def test_a_secret_that_is_none_is_about_the_configuration_and_is_not_told(
    sink: Start, client: Client, secret: str
) -> None:
    server = sink()
    result = hook(server.url, client, secret=secret)
    assert isinstance(result, Dead)
    assert result.error.startswith("configuration: the webhook's secret is not base64")
    assert not any(word.removeprefix("whsec_") in result.error for word in secret.split() if len(word) > 5)
    assert server.requests == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_a_receipt(sink: Start, client: Client, status: int) -> None:
    assert hook(sink(Reply(status, b"")).url, client) == Sent()


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(sink: Start, client: Client, status: int) -> None:
    result = hook(sink(Reply(status, b"busy", {"retry-after": "75"})).url, client)
    assert isinstance(result, Retry)
    assert result.after == 75.0
    assert f"answered {status}" in result.error


def test_retry_after_may_be_a_date(sink: Start, client: Client) -> None:
    when = format_datetime((NOW + timedelta(minutes=3)), usegmt=True)
    result = hook(sink(Reply(503, b"", {"retry-after": when})).url, client)
    assert isinstance(result, Retry)
    assert result.after == 180.0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422])
def test_what_the_receiver_refuses_for_good(sink: Start, client: Client, status: int) -> None:
    result = hook(sink(Reply(status, b'{"error":"no such case type"}')).url, client)
    assert isinstance(result, Dead)
    assert str(status) in result.error
    assert ("gone for good" if status == 410 else "no such case type") in result.error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_for_a_person_to_mend(sink: Start, client: Client, status: int) -> None:
    elsewhere = sink()
    server = sink(Reply(status, b"", {"location": f"{elsewhere.url}/in?key=s3cret"}))
    result = hook(server.url, client)
    assert isinstance(result, Dead)
    assert elsewhere.url in result.error
    assert elsewhere.requests == [], "evidence went to an address that nobody configured"


def test_the_timeout_is_of_the_whole_answer(client: Client) -> None:
    def drip(connection: Any) -> None:
        connection.recv(100_000)
        for _ in range(100):
            connection.sendall(b"H")
            time.sleep(0.1)

    with raw_server(drip) as port:
        began = time.monotonic()
        result = hook(f"http://127.0.0.1:{port}", client, timeout="0.6s")
        assert time.monotonic() - began < 3
    assert isinstance(result, Retry)


def test_no_network_no_answer_no_name(client: Client) -> None:
    with raw_server(lambda connection: connection.recv(100_000)) as port:
        lost = hook(f"http://127.0.0.1:{port}", client)
    closed = hook(f"http://127.0.0.1:{port}", client)
    unknown = hook("http://cases.invalid", client)
    for result in (lost, closed, unknown):
        assert isinstance(result, Retry)
    assert isinstance(unknown, Retry)
    assert "cases.invalid" in unknown.error


def test_no_error_tells_the_secrets(sink: Start, client: Client) -> None:
    """The key may stand in the address, and a receiver may send back what it was sent."""
    echo = f"{SECRET} does not fit /in?key=s3cret".encode()
    for reply in (Reply(400, echo), Reply(500, echo), Reply(302, b"", {"location": "/in?key=s3cret"})):
        result = hook(sink(reply).url, client)
        assert isinstance(result, Retry | Dead)
        assert SECRET not in result.error
    assert "s3cret" not in str(hook("http://cases.invalid", client))


def test_what_no_feed_should_say_is_sent_all_the_same(sink: Start, client: Client) -> None:
    """A lone surrogate cannot be encoded as UTF-8; JSON can say it."""
    server = sink()
    odd = replace(ARABIC, article=replace(ARABIC.article, title="\ud800 half a character"))
    assert hook(server.url, client, case(odd)) == Sent()
    body = verified(server.requests[0].headers, server.requests[0].body, KEY, NOW)
    assert body["data"]["hits"][0]["article"]["title"] == "\ud800 half a character"
