"""Logging in and out, and the audit trail for those who may read it."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.render.clean import clean
from monitor.web.desk import Desk
from monitor.web.filters import Trail
from monitor.web.forms import Form
from monitor.web.gate import COOKIE, Access, cookie
from monitor.web.users import LONGEST, is_password, stretched

READ = ["GET", "HEAD"]
ROWS = 100

WAITING = 4
"""Passwords in check at a time; each takes a tenth of a second and 64 MiB."""

_OURS = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def routes(desk: Desk, access: Access) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    waiting = threading.BoundedSemaphore(WAITING)
    one_by_one = threading.Lock()

    @router.api_route("/login", methods=READ)
    def form(request: Request, to: Annotated[str, Query()] = "") -> Response:
        if request.state.visitor:
            return RedirectResponse(way(to), 303)
        return desk.page(request, "login.html.j2", to=way(to), name="", told="")

    @router.post("/login")
    def login(request: Request, given: Form) -> Response:
        name, to = clean(given.get("name", "")).strip()[:100], way(given.get("to", ""))
        address = request.client.host if request.client else ""

        def again(told: str, status: int, wait: int = 0) -> HTMLResponse:
            page = desk.page(request, "login.html.j2", status=status, to=to, name=name, told=told)
            if wait:
                page.headers["Retry-After"] = str(wait)
            return page

        if not waiting.acquire(blocking=False):
            return again("Too many people log in at the same time. Try again in a moment.", 429, 1)
        try:
            with one_by_one:
                wait = access.throttle.wait(name, address)
                if wait:
                    minutes = -(-wait // 60)
                    said = f"Too many failed tries. Wait {minutes} {'minute' if minutes == 1 else 'minutes'}."
                    return again(said, 429, wait)
                user = access.users.now().get(name)
                password = given.get("password", "")[:LONGEST]
                known = is_password(password, user.password if user else _nobody())  # as long for a name that is none
                if user is None or not known:
                    access.throttle.failed(name, address)
                    desk.note("login refused", who=name, about=address)
                    return again("Name and password do not fit.", 401)
                access.throttle.succeeded(name, address)
        finally:
            waiting.release()
        desk.note("login", who=user.name, about=address)
        access.sessions.end(cookie(request.headers))  # never carry on a session that was there before
        back = RedirectResponse(to, 303)
        back.set_cookie(
            COOKIE, access.sessions.begin(user), httponly=True, samesite="lax", secure=desk.secure(request)
        )  # lax: links in messages lead here, and a GET changes nothing
        return back

    @router.post("/logout")
    def logout(request: Request) -> RedirectResponse:
        access.sessions.end(cookie(request.headers))
        desk.note("logout", who=request.state.visitor.name)
        back = RedirectResponse("/login", 303)
        back.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=desk.secure(request))
        return back

    @router.api_route("/audit", methods=READ)
    def audit(request: Request, asked: Annotated[Trail, Query()]) -> HTMLResponse:
        found = desk.store.deeds(before=asked.before, limit=ROWS + 1)
        following = found[ROWS].at if len(found) > ROWS else None
        return desk.page(request, "audit.html.j2", deeds=found[:ROWS], asked=asked, following=following)

    return router


@cache
def _nobody() -> str:
    """What the password of a name that is none is held against."""
    return stretched("")


def way(to: str) -> str:
    """Where a login leads: a page of ours, never another site."""
    return to if _OURS.fullmatch(to) and not to.startswith(("/login", "/logout")) else "/"
