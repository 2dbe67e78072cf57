"""Nobody else's page reads or writes here, and a browser is told to trust nothing but our own files."""

from __future__ import annotations

import socket

import pytest

from tests.web.support import Desk

PAGES = ["/", "/hits/1", "/overview", "/feeds", "/alerts", "/nowhere", "/healthz", "/api/v1/hits", "/static/desk.css"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "127.0.0.1@evil.example", "x.127.0.0.1", "[::2]"],
)
def test_a_foreign_host_is_refused(desk: Desk, path: str, host: str) -> None:
    answer = desk.ask(path, Host=host)
    assert answer.status == 400
    assert b"Rosneft" not in answer.body


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8000", "LOCALHOST:9000", "[::1]:8000", "watch.example.org", "watch.example.org:443"],
)
def test_our_own_names_are_served_on_any_port(desk: Desk, host: str) -> None:
    assert desk.ask("/", Host=host).status == 200


def test_a_request_without_a_host_is_refused(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert raw.recv(100).split()[1] == b"400"


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},  # another program on the same machine
    {"Origin": "http://[broken"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_writes_from_another_site_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.post("/hits/1/disposition", {"disposition": "true_match"}, **headers).status == 403
    assert desk.post_json("/api/v1/hits/1/disposition", {"disposition": "true_match"}, **headers).status == 403
    assert desk.post("/alerts/1/retry", {}, **headers).status == 403
    assert desk.ask("/api/v1/hits/1").json["disposition"] == "open"


@pytest.mark.parametrize("own", ["http://127.0.0.1:{}", "https://watch.example.org"])
def test_our_own_pages_may_write(desk: Desk, own: str) -> None:
    headers = {"Origin": own.format(desk.port), "Sec_Fetch_Site": "same-origin"}
    assert desk.post("/hits/1/disposition", {"disposition": "escalated"}, **headers).status == 303
    assert desk.ask("/api/v1/hits/1").json["disposition"] == "escalated"


@pytest.mark.parametrize("path", ["/hits/1/disposition", "/api/v1/hits/1/disposition", "/alerts/1/retry"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_a_post_reaches_what_writes(desk: Desk, path: str, method: str) -> None:
    assert desk.ask(f"{path}?disposition=true_match", method).status == 405
    assert desk.ask("/api/v1/hits/1").json["disposition"] == "open"


@pytest.mark.parametrize("path", PAGES)
def test_a_get_changes_nothing(desk: Desk, path: str) -> None:
    before = [desk.ask("/api/v1/hits").json, desk.ask("/api/v1/alerts").json]
    for query in ("", "?disposition=true_match", "?done=1", "?state=dead&retry=1"):
        desk.ask(path + query)
        desk.ask(path + query, "HEAD")
    assert [desk.ask("/api/v1/hits").json, desk.ask("/api/v1/alerts").json] == before


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(desk: Desk, path: str) -> None:
    headers = desk.ask(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy, "no third party"
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    kept = {"/static/": "no-cache", "/api/v1/": "private, no-cache"}  # asked for anew each time, by its ETag
    wanted = next((value for start, value in kept.items() if path.startswith(start)), "no-store")
    assert headers["cache-control"] == wanted
    assert "server" not in headers


def test_a_large_body_is_refused(desk: Desk) -> None:
    answer = desk.post("/hits/1/disposition", {"disposition": "true_match", "reason": "x" * 70_000})
    assert answer.status == 413


def test_a_body_of_unknown_length_is_refused(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=10) as raw:
        raw.sendall(
            b"POST /hits/1/disposition HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        assert raw.recv(100).split()[1] == b"411"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "//etc/passwd"])
def test_files_outside_are_not_served(desk: Desk, path: str) -> None:
    answer = desk.ask(path)
    assert answer.status == 404
    assert b"import" not in answer.body
