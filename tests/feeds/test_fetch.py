from __future__ import annotations

import socket

import pytest

from monitor.client import Client
from monitor.errors import FetchError
from monitor.feeds.fetch import fetch_feed
from monitor.model.feeds import Validators
from tests.client.servers import Asked, answer, serve

FEED = b"<rss version='2.0'><channel><title>The Tide</title></channel></rss>"


def test_a_second_request_is_conditional_and_not_modified_is_a_success(client: Client) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        if asked.headers.get("if-none-match") == 'W/"7"':
            connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            connection.sendall(answer(body=FEED, ETag='W/"7"', Last_Modified="Wed, 22 Oct 2025 10:00:00 GMT"))

    with serve(talk) as server:
        first = fetch_feed(client, server.url, Validators())
        second = fetch_feed(client, server.url, first.validators)
    assert (first.status, first.unchanged, first.body) == (200, False, FEED)
    assert first.validators == Validators('W/"7"', "Wed, 22 Oct 2025 10:00:00 GMT")
    assert (second.status, second.unchanged, second.body) == (304, True, b"")
    assert second.validators == first.validators, "a 304 need not repeat them"
    assert "if-none-match" not in server.asked[0].headers
    assert server.asked[1].headers["if-modified-since"] == "Wed, 22 Oct 2025 10:00:00 GMT"
    assert "application/atom+xml" in server.asked[0].headers["accept"]


def test_validators_that_are_no_longer_sent_are_forgotten(client: Client) -> None:
    with serve(answer(body=FEED)) as server:
        assert fetch_feed(client, server.url, Validators('"old"', "yesterday")).validators == Validators()


def test_not_modified_to_a_first_request_is_no_success(client: Client) -> None:
    with (
        serve(b"HTTP/1.1 304 Not Modified\r\n\r\n") as server,
        pytest.raises(FetchError, match="304 Not Modified to a first request"),
    ):
        fetch_feed(client, server.url, Validators())


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "429 Too Many Requests", "500 Oops", "503 Busy"])
def test_other_answers_are_errors_that_say_so(client: Client, status: str) -> None:
    with serve(answer(status, b"no", Retry_After="90")) as server, pytest.raises(FetchError) as raised:
        fetch_feed(client, server.url, Validators())
    assert status[:3] in str(raised.value)
    assert (raised.value.status, raised.value.retry_after) == (int(status[:3]), 90.0)


def test_a_feed_moves_only_by_permanent_redirects(client: Client) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        replies = {
            "/old": answer("301 Moved Permanently", Location="/older"),
            "/older": answer("308 Permanent Redirect", Location="/new"),
            "/maintenance": answer("302 Found", Location="/new"),
        }
        connection.sendall(replies.get(asked.path, answer(body=FEED)))

    with serve(talk) as server:
        moved = fetch_feed(client, server.url + "/old", Validators())
        lent = fetch_feed(client, server.url + "/maintenance", Validators())
    assert moved.url == moved.moved == server.url + "/new"
    assert (lent.url, lent.moved) == (server.url + "/new", "")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache_Control": "public, max-age=600"}, 600.0),
        ({"Cache_Control": "no-cache", "Expires": "Wed, 22 Oct 2025 10:00:00 GMT"}, None),
        ({"Expires": "Wed, 22 Oct 2025 10:30:00 GMT", "Date": "Wed, 22 Oct 2025 10:00:00 GMT"}, 1800.0),
        ({"Expires": "0", "Date": "Wed, 22 Oct 2025 10:00:00 GMT"}, None),
        ({"Expires": "Wed, 22 Oct 2025 10:30:00 -0000", "Date": "Wed, 22 Oct 2025 10:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_how_long_the_publisher_says_nothing_changes(
    client: Client, headers: dict[str, str], expected: float | None
) -> None:
    with serve(answer(body=FEED, **headers)) as server:
        assert fetch_feed(client, server.url, Validators()).fresh == expected
