"""The client against servers that behave, and servers that do not."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import sys
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import brotli
import psutil
import pytest
import trustme
import zstandard

from monitor.client import Client
from monitor.errors import FetchError
from tests.client.conftest import Make
from tests.client.servers import Asked, answer, serve

FEED = b"<rss><channel><title>The Tide</title></channel></rss>"


def refused(client: Client, url: str, **more: Any) -> FetchError:
    with pytest.raises(FetchError) as raised:
        client.get(url, **more)
    assert "\n" not in str(raised.value)
    return raised.value


# --- what a server gets to see, and what the caller gets ---


def test_an_answer_comes_whole_with_lower_case_header_names(make: Make) -> None:
    with serve(answer(body=FEED, Content_Type="application/rss+xml", ETag='"7"')) as server:
        response = make().get(server.url + "/feed#top", {"If-None-Match": '"6"', "Accept": "application/rss+xml"})
    assert (response.status, response.body, response.url) == (200, FEED, server.url + "/feed")
    assert (response.headers["etag"], response.headers["content-type"]) == ('"7"', "application/rss+xml")
    seen = server.asked[0]
    assert seen.line == "GET /feed HTTP/1.1"
    assert seen.headers["user-agent"] == "client-test/1 (+mailto:desk@example.org)"
    assert (seen.headers["if-none-match"], seen.headers["accept"]) == ('"6"', "application/rss+xml")
    assert {"cookie", "authorization", "referer"}.isdisjoint(seen.headers)


def test_not_modified_is_an_answer(make: Make) -> None:
    with serve(b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n') as server:
        assert make().get(server.url).status == 304


@pytest.mark.parametrize(("status", "later"), [("404 Not Found", False), ("410 Gone", False), ("500 Oops", True)])
def test_other_statuses_are_errors_that_carry_the_status(make: Make, status: str, later: bool) -> None:
    with serve(answer(status)) as server:
        error = refused(make(), server.url)
    assert (error.status, error.retryable, error.retry_after) == (int(status[:3]), later, None)
    assert f"127.0.0.1:{server.port} answered {status[:3]}" in str(error)


def test_retry_after_is_seconds_or_a_date(make: Make) -> None:
    with serve(answer("429 Too Many Requests", Retry_After="120")) as server:
        assert refused(make(), server.url).retry_after == 120
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=3600), usegmt=True)
    with serve(answer("503 Service Unavailable", Retry_After=moment)) as server:
        assert 3500 < (refused(make(), server.url).retry_after or 0) <= 3600
    with serve(answer("503 Service Unavailable", Retry_After="soon")) as server:
        assert refused(make(), server.url).retry_after is None


def test_post_returns_any_answer_and_follows_no_redirect(make: Make) -> None:
    with serve(answer("302 Found", b"elsewhere", Location="/other")) as server:
        response = make().post(server.url + "/hook", b'{"a":1}', {"content-type": "application/json"}, timeout=5.0)
    assert (response.status, response.headers["location"], response.body) == (302, "/other", b"elsewhere")
    assert [(seen.line, seen.body) for seen in server.asked] == [("POST /hook HTTP/1.1", b'{"a":1}')]


def test_connections_are_kept_and_one_that_was_given_up_is_replaced(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        if len(server.asked) == 3:
            connection.shutdown(socket.SHUT_RDWR)  # a server's idle time ran out as the request was on its way
        else:
            connection.sendall(answer(body=b"ok"))

    with serve(talk) as server:
        client = make()
        assert [client.get(server.url).body for _ in range(4)] == [b"ok"] * 4
    assert [seen.connection for seen in server.asked] == [0, 0, 0, 1, 1]


def test_a_post_is_never_repeated(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        if len(server.asked) == 2:
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(answer(body=b"ok"))

    with serve(talk) as server:
        client = make()
        client.get(server.url)
        with pytest.raises(FetchError, match="broken off"):
            client.post(server.url, b"once")
    assert len(server.asked) == 2


def test_cookies_are_not_kept(make: Make) -> None:
    with serve(answer(Set_Cookie="reader=7; Path=/")) as server:
        client = make()
        client.get(server.url)
        client.get(server.url)
    assert all("cookie" not in seen.headers for seen in server.asked)


def test_proxies_and_netrc_of_the_environment_are_not_used(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serve(answer(body=b"ok")) as server:
        assert make().get(server.url).body == b"ok"
    assert "authorization" not in server.asked[0].headers


def test_a_proxy_is_used_by_setting(make: Make) -> None:
    with serve(answer(body=b"by proxy")) as proxy:
        client = make(proxy=proxy.url, allow_private=False)
        assert client.get("http://news.example/feed").body == b"by proxy"
    assert proxy.asked[0].line == "GET http://news.example/feed HTTP/1.1"
    assert proxy.asked[0].headers["host"] == "news.example"


# --- redirects ---


def redirect(status: str, location: str, body: bytes = b"") -> bytes:
    return answer(status, body, Location=location)


def test_redirects_are_followed_and_told(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        hops = {
            "/a": redirect("301 Moved Permanently", "/b"),
            "/b": redirect("308 Permanent Redirect", f"{server.url}/c"),
            "/c": redirect("302 Found", "d"),
        }
        connection.sendall(hops.get(asked.path, answer(body=FEED)))

    with serve(talk) as server:
        response = make().get(server.url + "/a")
    assert (response.url, response.body) == (server.url + "/d", FEED)
    assert [status for status, _ in response.redirects] == [301, 308, 302]
    assert response.moved_to == server.url + "/c", "only the permanent ones at the beginning move a feed"


def test_redirect_loops_and_endless_chains_end(make: Make) -> None:
    def chain(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(redirect("302 Found", f"/{int(asked.path[1:]) + 1}"))

    with serve(chain) as server:
        assert "more than 10 redirects" in str(refused(make(), server.url + "/0"))
    with serve(redirect("302 Found", "/again")) as server:
        assert "redirect loop" in str(refused(make(), server.url + "/again"))
        assert "redirect loop" in str(refused(make(), server.url + "/first"))


def test_a_redirects_body_is_not_read(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        if asked.path == "/a":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 200000000\r\n\r\n")
            server.stream(connection, b"x" * 65536, 200_000_000)
        else:
            connection.sendall(answer(body=b"ok"))

    with serve(talk) as server:
        assert make().get(server.url + "/a").body == b"ok"
        assert server.sent < 20_000_000


def test_credentials_stay_with_the_origin_they_were_given_for(make: Make) -> None:
    secrets = {"Authorization": "Bearer t", "Cookie": "c=1", "X-Api-Key": "k"}
    with serve(answer(body=b"ok")) as other:

        def talk(connection: socket.socket, asked: Asked) -> None:
            connection.sendall(redirect("302 Found", "/same" if asked.path == "/a" else other.url + "/elsewhere"))

        with serve(talk) as server:
            make().get(server.url + "/a", {**secrets, "If-None-Match": '"7"', "Accept": "text/html"})
            make().get(f"http://desk:pass@127.0.0.1:{server.port}/a")
    here = [seen.headers for seen in server.asked]
    assert all(headers["x-api-key"] == "k" and headers["authorization"] == "Bearer t" for headers in here[:2])
    assert here[2]["authorization"] == here[3]["authorization"] == "Basic ZGVzazpwYXNz"
    for seen in other.asked:
        assert {"authorization", "cookie", "x-api-key"}.isdisjoint(seen.headers)
    assert (other.asked[0].headers["if-none-match"], other.asked[0].headers["accept"]) == ('"7"', "text/html")


# --- the user's own network ---

LOOPBACK = """\
127.0.0.1 2130706433 0x7f000001 017700000001 127.1 0177.0.0.1 0x7f.0.0.1 [::1] [::ffff:127.0.0.1] [::ffff:7f00:1]
localhost 0 [::] [64:ff9b::7f00:1] [2002:7f00:1::]
"""
METADATA = "169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 [::ffff:169.254.169.254] [64:ff9b::a9fe:a9fe]"


@pytest.mark.parametrize("host", LOOPBACK.split())
def test_the_own_machine_is_not_fetched_from_in_any_notation(make: Make, host: str) -> None:
    with serve(answer(body=b"secret")) as server:
        error = refused(make(allow_private=False), f"http://{host}:{server.port}/")
    assert "a loopback address; it is not fetched from" in str(error)
    assert not error.retryable
    assert server.asked == []


@pytest.mark.parametrize("host", METADATA.split())
def test_link_local_addresses_are_refused_even_where_private_ones_are_allowed(make: Make, host: str) -> None:
    with serve(redirect("302 Found", f"http://{host}/latest/meta-data/")) as server:
        assert "a link-local address" in str(refused(make(), server.url))
    assert "a link-local address" in str(refused(make(), f"http://{host}/"))


def test_a_name_is_connected_to_at_the_address_that_was_checked(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads into the network, or there at its second resolution, is of no use to its owner."""
    answers = [["169.254.169.254", "127.0.0.1"], ["127.0.0.1"], ["10.0.0.1", "169.254.169.254"]]
    real = socket.getaddrinfo

    def resolve(host: str, port: int, **more: Any) -> list[Any]:
        assert host == "news.example"
        return [info for address in answers.pop(0) for info in real(address, port, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with serve(answer(body=b"ok", Connection="close")) as server:
        url = f"http://news.example:{server.port}/"
        assert make().get(url).body == b"ok"
        guarded = make(allow_private=False)
        assert "a loopback address" in str(refused(guarded, url))
        assert "a private address" in str(refused(guarded, url))
    assert len(server.asked) == 1
    assert server.asked[0].headers["host"] == f"news.example:{server.port}"


# --- time ---


def drip_headers(connection: socket.socket, asked: Asked) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for n in range(600):
        connection.sendall(b"X-%d: y\r\n" % n)
        time.sleep(0.1)


def drip_body(connection: socket.socket, asked: Asked) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n")
    for _ in range(600):
        connection.sendall(b"x")
        time.sleep(0.1)


def drip_body_of_unknown_length(connection: socket.socket, asked: Asked) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(600):
        connection.sendall(b"x")
        time.sleep(0.1)


def drip_continues(connection: socket.socket, asked: Asked) -> None:
    for _ in range(600):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.1)


def say_nothing(connection: socket.socket, asked: Asked) -> None:
    time.sleep(60)


def dawdle_between_redirects(connection: socket.socket, asked: Asked) -> None:
    time.sleep(0.25)
    connection.sendall(redirect("302 Found", f"/{int('0' + asked.path[1:]) + 1}"))


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "talk",
    [
        drip_headers,
        drip_body,
        drip_body_of_unknown_length,
        drip_continues,
        say_nothing,
        dawdle_between_redirects,
    ],
)
def test_the_deadline_holds_over_everything_a_server_can_draw_out(make: Make, talk: Any) -> None:
    with serve(talk) as server:
        error = refused(make(), server.url, timeout=0.6)
    assert str(error) == f"127.0.0.1:{server.port}: no complete answer within 0.6 s"
    assert error.retryable


@pytest.mark.timeout(10)
def test_the_deadline_holds_over_a_tls_handshake(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        error = refused(make(), f"https://127.0.0.1:{port}/", timeout=0.6)
    assert str(error) == f"127.0.0.1:{port}: no complete answer within 0.6 s"


@pytest.mark.timeout(10)
def test_the_deadline_holds_over_a_resolver_that_dawdles(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    awake = threading.Event()

    def dawdle(*args: Any, **more: Any) -> list[Any]:
        awake.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", dawdle)
    assert "no complete answer within 0.6 s" in str(refused(make(), "http://news.example/", timeout=0.6))
    awake.set()


@pytest.mark.timeout(10)
def test_closing_ends_what_is_in_hand_from_another_thread(make: Make) -> None:
    client, errors = make(timeout=60.0, per_host=1), []
    with serve(say_nothing) as server:
        # The second waits for the turn of the first.
        threads = [threading.Thread(target=lambda: errors.append(str(refused(client, server.url)))) for _ in range(2)]
        for thread in threads:
            thread.start()
        while not server.asked:
            time.sleep(0.02)
        client.close()
        for thread in threads:
            thread.join()
    assert len(errors) == 2
    assert all("closed" in error for error in errors)
    assert "closed" in str(refused(client, server.url))
    client.close()


# --- size and encoding ---


def test_more_than_the_cap_is_refused_before_it_is_read(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        length = b"Content-Length: 200000000\r\n" if asked.path == "/stated" else b"Connection: close\r\n"
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        server.stream(connection, b"x" * 65536, 200_000_000)

    with serve(talk) as server:
        for path in ("/stated", "/endless"):
            error = refused(make(), server.url + path)
            assert "larger than 1000000 bytes" in str(error)
            assert not error.retryable
        assert server.sent < 40_000_000  # what fits into the kernel's buffers on the way


def test_the_cap_is_exact(make: Make) -> None:
    with serve(answer(body=b"x" * 1000)) as server:
        assert len(make().get(server.url, max_bytes=1000).body) == 1000
        assert "larger than 999 bytes" in str(refused(make(), server.url, max_bytes=999))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="spooled where there is /proc")
def test_a_large_body_is_spooled_for_as_long_as_its_caller_holds(make: Make) -> None:
    large = b"".join(b"%d\n" % number for number in range(30_000))

    def talk(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(answer(body=large if asked.path == "/large" else FEED))

    with serve(talk) as server:
        client = make()
        with client.holding():
            found = client.get(server.url + "/large", spool=True)
            small = client.get(server.url + "/small", spool=True)
            asked_whole = client.get(server.url + "/large")
            assert found.body == b""
            assert found.spooled
            assert len(found.spooled) == len(large)
            assert found.spooled.read() == large
        assert (small.body, small.spooled) == (FEED, None)
        assert (asked_whole.body, asked_whole.spooled) == (large, None)
        with pytest.raises(OSError, match="No such file"):
            found.spooled.read()
        assert client.get(server.url + "/large", spool=True).body == large  # nobody would say when it is over


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="spooled where there is /proc")
def test_where_nothing_can_be_spooled_the_place_is_named(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with serve(answer(body=b"x" * 200_000)) as server:
        client = make()
        with client.holding():
            error = refused(client, server.url, spool=True)
    assert re.search(r"\d+ bytes of its answer cannot be kept in .*/gone: No such file", str(error))
    assert error.retryable


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "raw deflate", "br", "zstd", "gzip, gzip"])
def test_compressed_answers_are_unpacked(make: Make, encoding: str) -> None:
    raw = zlib.compressobj(wbits=-15)
    body = {
        "gzip": gzip.compress(FEED),
        "x-gzip": gzip.compress(FEED),
        "deflate": zlib.compress(FEED),
        "raw deflate": raw.compress(FEED) + raw.flush(),
        "br": brotli.compress(FEED),
        "zstd": zstandard.compress(FEED),
        "gzip, gzip": gzip.compress(gzip.compress(FEED)),
    }[encoding]
    with serve(answer(body=body, Content_Encoding=encoding.removeprefix("raw "))) as server:
        assert make().get(server.url).body == FEED
    assert server.asked[0].headers["accept-encoding"] == "gzip,deflate,br,zstd"


def bomb(layers: int) -> bytes:
    packer, packed = zlib.compressobj(wbits=31), b""
    for _ in range(200):
        packed += packer.compress(b"\0" * 1_000_000)
    packed += packer.flush()
    for _ in range(layers - 1):
        packed = gzip.compress(packed)
    return packed


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "br", "zstd"])
def test_a_compression_bomb_does_not_go_off(make: Make, encoding: str) -> None:
    body = {
        "gzip": lambda: bomb(1),
        "gzip, gzip": lambda: bomb(2),
        "br": lambda: brotli.compress(bytes(200_000_000), quality=5),
        "zstd": lambda: zstandard.compress(bytes(200_000_000)),
    }[encoding]()
    assert len(body) < 300_000
    with serve(answer(body=body, Content_Encoding=encoding)) as server:
        client, process = make(), psutil.Process()
        before = process.memory_info().rss
        assert "larger than 1000000 bytes" in str(refused(client, server.url))
        assert process.memory_info().rss - before < 50_000_000


@pytest.mark.parametrize("encoding", ["zpaq", "gzip, zpaq"])
def test_an_encoding_that_was_not_asked_for_is_named(make: Make, encoding: str) -> None:
    with serve(answer(body=b"???", Content_Encoding=encoding)) as server:
        assert "compressed as 'zpaq', which was not asked for" in str(refused(make(), server.url))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_broken_compression_is_named(make: Make, encoding: str) -> None:
    with serve(answer(body=b"this is packed by nobody", Content_Encoding=encoding)) as server:
        assert "cannot be unpacked" in str(refused(make(), server.url))


# --- answers that are none ---


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"220 mail.example.org ESMTP ready\r\n", "its answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntoo short", "the connection ended before the answer did"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "the connection ended before the answer did",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
            "the connection ended before the answer",
        ),
        (b"", "the connection was broken off"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n", "its answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "its answer is not HTTP"),
    ],
)
def test_a_broken_answer_is_named(make: Make, said: bytes, message: str) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_RDWR)

    with serve(talk) as server:
        error = refused(make(), server.url)
    assert message in str(error)
    assert error.retryable


def test_a_closed_port_and_an_unknown_name_are_named(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert str(refused(make(), f"http://127.0.0.1:{port}/")) == f"127.0.0.1:{port}: connection refused"
    error = refused(make(), "http://no-such-paper.invalid/")
    assert str(error) == "no-such-paper.invalid: no such host is known to the DNS"
    assert error.retryable


def test_errors_hold_no_secrets(make: Make) -> None:
    with serve(answer("403 Forbidden")) as server:
        error = refused(make(), f"http://desk:hunter2@127.0.0.1:{server.port}/hooks/T0/token?key=abc")
    assert str(error) == f"127.0.0.1:{server.port} answered 403 Forbidden"


# --- TLS ---


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def _context(authority: trustme.CA, host: str, **more: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, **more).configure_cert(context)
    return context


def test_tls_is_verified_against_ssl_cert_file(
    make: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    context = _context(authority, "127.0.0.1")
    with serve(answer(body=b"secure"), tls=context) as server:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        error = refused(make(), server.url)
        assert "its certificate does not verify: " in str(error)
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        client = make()
        assert [client.get(server.url).body for _ in range(2)] == [b"secure"] * 2
    assert [seen.connection for seen in server.asked] == [1, 1]


def test_a_certificate_for_another_host_or_out_of_date_is_named(
    make: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    old = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2021, 1, 1, tzinfo=UTC)}
    for context, told in (
        (_context(authority, "other.example"), "mismatch"),
        (_context(authority, "127.0.0.1", **old), "certificate has expired"),
    ):
        with serve(answer(body=b"secure"), tls=context) as server:
            assert told in str(refused(make(), server.url))
        assert server.asked == []


def test_the_tls_deadline_also_covers_the_body(
    make: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with serve(drip_body, tls=_context(authority, "127.0.0.1")) as server:
        assert "no complete answer within 0.6 s" in str(refused(make(), server.url, timeout=0.6))


def test_a_port_that_speaks_no_tls_is_named(make: Make) -> None:
    def answer_in_clear() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(10_000)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_in_clear)
        thread.start()
        assert "no secure connection" in str(refused(make(), f"https://127.0.0.1:{listener.getsockname()[1]}/"))
        thread.join()


# --- manners ---


def _many(client: Client, url: str, count: int) -> None:
    threads = [threading.Thread(target=client.get, args=(url,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_host_is_asked_so_many_at_a_time(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        time.sleep(0.05)
        connection.sendall(answer(body=b"ok"))

    for per_host in (1, 3):
        with serve(talk) as server:
            _many(make(per_host=per_host), server.url, 9)
        assert server.most_busy == per_host


def test_requests_to_a_host_start_with_a_gap_between_and_waiting_is_no_part_of_the_deadline(make: Make) -> None:
    with serve(answer(body=b"ok")) as server:
        _many(make(per_host=4, min_gap=0.2, timeout=0.7), server.url, 6)
    starts = sorted(seen.at for seen in server.asked)
    assert len(starts) == 6
    assert starts[-1] - starts[0] > 0.7, "six starts, five gaps; the first may reach the server late"


def test_redirects_keep_the_gap_too(make: Make) -> None:
    def talk(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(redirect("302 Found", "/b") if asked.path == "/a" else answer(body=b"ok"))

    with serve(talk) as server:
        make(min_gap=0.6).get(server.url + "/a")
    assert server.asked[1].at - server.asked[0].at > 0.2, "less than the gap, for the first may reach the server late"


def test_one_slow_host_holds_up_no_other(make: Make) -> None:
    client = make(per_host=1, timeout=60.0)
    with serve(say_nothing) as slow, serve(answer(body=b"ok")) as quick:
        thread = threading.Thread(target=lambda: refused(client, slow.url))
        thread.start()
        while not slow.asked:
            time.sleep(0.02)
        assert client.get(quick.url.replace("127.0.0.1", "localhost")).body == b"ok"
        client.close()
        thread.join()
