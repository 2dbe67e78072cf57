"""Bound before anything else starts, gone when told so."""

from __future__ import annotations

import http.client
import socket
import threading
import time

import pytest
from starlette.types import Receive, Scope, Send

from monitor.errors import ConfigError
from monitor.web.server import Server
from tests.web.support import Desk


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})


def test_a_port_in_use_says_which_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError) as refused:
            Server(app, "127.0.0.1", port).start()
    said = str(refused.value)
    assert refused.value.exit_code == 2
    assert f"127.0.0.1:{port}" in said
    assert "web: {port:" in said
    assert "\n" not in said


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_a_configuration_error(host: str) -> None:
    with pytest.raises(ConfigError, match=host):
        Server(app, host, 0).start()


def test_it_answers_as_soon_as_it_has_started_and_stops_with_connections_open() -> None:
    server = Server(app, "127.0.0.1", 0)
    server.start()
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    idle.request("GET", "/")
    assert idle.getresponse().read() == b"here"
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(b"GET / HTTP/1.1\r\nHo")
    server.stop()
    assert "web" not in {thread.name for thread in threading.enumerate()}, "the thread is over"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=2).close()
    idle.close()
    half.close()
    again = Server(app, "127.0.0.1", server.port)
    again.start()
    again.stop()


def test_a_request_that_hangs_does_not_hold_up_the_end() -> None:
    entered = threading.Event()

    async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
        entered.set()
        await receive()  # the request
        await receive()  # until the client goes, which it does not

    server = Server(hangs, "127.0.0.1", 0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert entered.wait(10)
        asked = time.monotonic()
        server.stop()
        assert time.monotonic() - asked < 10, "the whole service has ten seconds to end"


def test_ipv6_works_where_the_machine_has_it() -> None:
    server = Server(app, "::1", 0)
    try:
        server.start()
    except ConfigError:
        pytest.skip("this machine has no IPv6 loopback")
    connection = http.client.HTTPConnection("::1", server.port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"here"
    connection.close()
    server.stop()


def test_health_is_told_apart_from_readiness(desk: Desk, reasons: list[str]) -> None:
    assert (desk.ask("/healthz").status, desk.ask("/readyz").status) == (200, 200)
    reasons.append("every feed fails: is the network down?")
    assert desk.ask("/healthz").status == 200
    answer = desk.ask("/readyz")
    assert answer.status == 503
    assert answer.json == {"ready": False, "reasons": reasons}
    assert "is the network down?" in desk.ask("/overview").text
    assert "Needs attention" in desk.ask("/").text
    assert desk.ask("/healthz", "HEAD").status == 200
