"""Who may do what, before any page is asked: everything needs a login but the few addresses in OPEN.

request ─cookie | bearer token→ Visitor ─role, CSRF token→ app

A browser is known by its session's cookie and must show the session's CSRF token with whatever changes state: the field
`csrf` of a form, or the header `X-CSRF-Token`. A program is known by `Authorization: Bearer TOKEN`, which no other
site can make a browser send.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.bodies import fields_of
from monitor.web.guard import SAFE
from monitor.web.sessions import Session, Sessions, Throttle
from monitor.web.users import Role, Users

COOKIE = "desk_session"

OPEN = ("/login", "/healthz", "/readyz", "/static/", "/unsubscribe/")
"""Needed before anybody is known: the way in, its style, what a container's health check asks, and the way out that a
mail offers."""

NEEDED = ((("/audit",), Role.ADMIN), (("/alerts/", "/api/v1/alerts/"), Role.ADMIN), (("/logout",), Role.VIEWER))
"""Beginnings of addresses that need another role than others: reading is a viewer's, writing an analyst's."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is known. csrf: what forms must carry, "" for a program with a token."""

    name: str
    role: Role
    csrf: str = ""
    token: str = ""  # its label

    @property
    def said(self) -> str:
        """As the audit trail names them."""
        return f"{self.name} (token {self.token})" if self.token else self.name


class Access:
    """The users, who of them is logged in, and how often somebody may try."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        """Raises ConfigError when the file of users cannot be used."""
        self.users = Users(path)
        self.sessions = Sessions(clock)
        self.throttle = Throttle(clock)

    def visitor(self, headers: Headers) -> Visitor | None:
        authorization = headers.get("authorization", "")
        if authorization:
            scheme, _, given = authorization.partition(" ")
            known = self.users.by_token(given.strip()) if scheme.lower() == "bearer" else None
            return Visitor(known[0].name, known[0].role, token=known[1].label) if known else None
        session = self.session(headers)
        user = self.users.now().get(session.name) if session else None
        if session is None or user is None or user.password != session.password:
            return None
        return Visitor(user.name, user.role, csrf=session.csrf)

    def session(self, headers: Headers) -> Session | None:
        return self.sessions.find(cookie(headers))


class Gate:
    """ASGI middleware inside the guard. `refuse` makes the answer for a person or a program, from status and reason."""

    def __init__(self, app: ASGIApp, access: Access, refuse: Callable[..., Response]) -> None:
        self.app = app
        self.access = access
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        visitor = self.access.visitor(request.headers)
        request.state.visitor = visitor
        path, method = scope["path"], scope["method"]
        if path.startswith(OPEN):
            await self.app(scope, receive, send)
            return
        refusal: Response | None = None
        if visitor is None:
            refusal = self._to_login(request)
        elif not visitor.role.may(needed(method, path)):
            refusal = self.refuse(request, 403, f"this needs the role {needed(method, path)}; you are {visitor.role}")
        elif method not in SAFE and visitor.csrf:
            given, receive = await _csrf_token(request, receive)
            if not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
                refusal = self.refuse(
                    request, 403, "the form is not of this session; load the page again, then send it"
                )
        await (refusal or self.app)(scope, receive, send)

    def _to_login(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith(("/api/", "/metrics", "/openapi")) or request.headers.get("authorization"):
            said = "give a token as `Authorization: Bearer …`; `monitor web user token NAME` makes one"
            return self.refuse(request, 401, said, {"WWW-Authenticate": "Bearer"})
        if request.method not in SAFE:
            return self.refuse(request, 401, "you are not logged in any more; log in, then decide again")
        wanted = f"{path}?{request.url.query}" if request.url.query else path
        return RedirectResponse(f"/login?to={quote(wanted, safe='')}" if wanted != "/" else "/login", 303)


def needed(method: str, path: str) -> Role:
    """The least role for this request."""
    for beginnings, role in NEEDED:
        if path.startswith(beginnings):
            return role
    return Role.VIEWER if method in SAFE else Role.ANALYST


def cookie(headers: Headers) -> str:
    """The session cookie's value, "" without one."""
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""


async def _csrf_token(request: Request, receive: Receive) -> tuple[str, Receive]:
    """The token that came with a request, and `receive` anew: a form's body is read here, and again by its route.

    The guard has seen that the body is not too long.
    """
    header = request.headers.get("x-csrf-token")
    kind = request.headers.get("content-type", "")
    if header is not None or not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return header or "", receive
    messages: list[Message] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    body = b"".join(message.get("body", b"") for message in messages)
    waiting = iter(messages)

    async def again() -> Message:
        for message in waiting:
            return message
        return await receive()

    try:
        fields = dict(await fields_of(request.headers, body))
    except ValueError:
        return "", again
    return fields.get("csrf", ""), again
