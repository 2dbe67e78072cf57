"""What every request and every answer passes: whose site this is, who may write, how much, and what a browser may do.

There is no login, so a browser must never be talked into acting for somebody else's page. A foreign `Host` is DNS
rebinding; a foreign `Origin` is a forged request. Programs send neither `Origin` nor `Sec-Fetch-Site`, and may write.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.bodies import LARGE, MAX_LIST

MAX_BODY = 65_536
"""Bytes of a request's body: a decision with its reason is a few hundred."""

MAX_LARGE = 4 * MAX_LIST
"""Of the few that carry a list or a text: a form or JSON writes one character of it as up to six."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not `no-referrer`: browsers would then send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Guard:
    """ASGI middleware around the whole app, so that its own errors carry the headers too.

    hosts: host names under which the app is reached; any port will do, since a tunnel or a container may map it.
    base_url: where links in messages lead; its host is ours, and its origin may write.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], base_url: str = "") -> None:
        self.app = app
        self.base = _authority(base_url)
        self.hosts = {_name(host.lower()) for host in (*hosts, self.base) if host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(scope["method"], scope["path"], Headers(scope=scope))
        await (refusal or self.app)(scope, receive, answer)

    def _refusal(self, method: str, path: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "").lower()
        if not host or _name(host) not in self.hosts:
            return _refuse(400, "this address is not served here; reach it by web.host, or set web.base_url to it")
        if method in SAFE:
            return None
        origin = headers.get("origin")
        foreign = origin is not None and _authority(origin) not in {host, self.base or host}
        if foreign or headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return _refuse(403, "the request comes from another site")
        if "transfer-encoding" in headers:
            return _refuse(411, "send the body with a Content-Length")
        length = headers.get("content-length", "0")
        most = MAX_LARGE if path.startswith(LARGE) else MAX_BODY
        if not (length.isdecimal() and len(length) < 12) or int(length) > most:
            return _refuse(413, f"a body has at most {most} bytes")
        return None


def _refuse(status: int, why: str) -> PlainTextResponse:
    return PlainTextResponse(f"Refused: {why}.\n", status)


def _authority(url: str) -> str:
    """`host:port` as a `Host` header has it, lower case; "" for what is no address (an opaque `Origin: null`)."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _name(authority: str) -> str:
    """The host name without the port; `[::1]` keeps its brackets."""
    name, colon, port = authority.rpartition(":")
    return name if colon and port.isdecimal() else authority
