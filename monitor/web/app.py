"""The dashboard and the JSON API as one ASGI app.

request ─guard→ page | JSON | metrics          nothing but a POST from our own pages (or a program) changes state
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from monitor.errors import MonitorError, StorageError, UsageError
from monitor.matching import Matcher
from monitor.model.settings import Route
from monitor.pipeline.trial import Trial
from monitor.store import Store
from monitor.web import (
    api,
    api_lists,
    api_texts,
    atom,
    events,
    health,
    login,
    pages,
    report,
    suppressions,
    telling,
    unsubscribe,
    watching,
)
from monitor.web.desk import Desk
from monitor.web.gate import Access, Gate
from monitor.web.guard import Guard
from monitor.web.metrics import Live

STATIC = Path(__file__).parent / "static"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    store: Store,
    *,
    base_url: str,
    hosts: Iterable[str],
    ready: Callable[[], Sequence[str]],
    standing_by: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = _utc_now,
    access: Access | None = None,
    matcher: Callable[[], Matcher] | None = None,
    four_eyes: bool = False,
    threshold: float = 88.0,
    read_feed: Callable[[str], Trial] | None = None,
    told: Sequence[Route] = (),
    live: Callable[[], Live] | None = None,
) -> ASGIApp:
    """The app over an open store.

    hosts: names under which it may be reached, beside base_url's. ready: why polling or delivering is not as it
    should be, empty when it is; it may raise StorageError. standing_by: whether another daemon does the work. access:
    who may enter; None: whoever reaches it. matcher: gives the one in use; None: texts cannot be screened here.
    four_eyes: a hit is dismissed by two persons. threshold: 0–100, for lists that are tried. read_feed: reads a feed
    once; None: feeds cannot be tested here. told: the routes that alerts go by. live: what a service in this process
    measures of itself.
    """
    desk = Desk(
        store,
        ready,
        clock,
        base_url,
        closed=access is not None,
        standing_by=standing_by,
        matcher=matcher,
        four_eyes=four_eyes,
        threshold=threshold,
        read_feed=read_feed,
        live=live,
    )
    app = FastAPI(
        title="Sanctions watchlist monitor",
        version=_version(),
        description="Hits, deliveries and feeds. A hit is a lead, not a finding; no hit is not clearance.",
        docs_url=None,  # its page loads scripts from a third party
        redoc_url=None,
    )
    app.include_router(health.routes(desk))
    for part in (api, api_lists, api_texts, events, pages, report, watching, telling):
        app.include_router(part.routes(desk))
    app.include_router(events.atom(desk))
    app.include_router(suppressions.api_routes(desk))
    app.include_router(suppressions.page_routes(desk))
    app.include_router(atom.routes(desk, told))
    app.include_router(unsubscribe.routes(desk))
    if access:
        app.include_router(login.routes(desk, access))
    _describe(app)
    app.mount("/static", _Static(directory=STATIC), name="static")
    explain = _explain_errors(app, desk)
    return Guard(Gate(app, access, explain) if access else app, hosts=hosts, base_url=base_url)


def _explain_errors(app: FastAPI, desk: Desk) -> Callable[..., Response]:
    """Every error is one sentence: in JSON for programs, on a page for people."""

    def explain(request: Request, status: int, why: str, headers: dict[str, str] | None = None) -> Response:
        if request.url.path.startswith(("/api/", "/metrics", "/openapi")):
            return JSONResponse({"error": why}, status, headers)
        page = desk.page(request, "error.html.j2", status=status, code=status, why=why)
        page.headers.update(headers or {})
        return page

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        why = _SAID.get(error.status_code, error.detail) if error.detail in _PLAIN else error.detail
        return explain(request, error.status_code, why, dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])  # without "query", "path" or "body"
        return explain(request, 400, f"{where}: {first['msg']}" if where else str(first["msg"]))

    @app.exception_handler(MonitorError)
    def ours(request: Request, error: MonitorError) -> Response:
        status = 400 if isinstance(error, UsageError) else 503 if isinstance(error, StorageError) else 500
        return explain(request, status, str(error))

    @app.exception_handler(Exception)
    def defect(request: Request, _error: Exception) -> Response:
        return explain(request, 500, "this should not have happened; the log has the details")

    return explain


def _describe(app: FastAPI) -> None:
    """The OpenAPI page without FastAPI's own 422: what is not understood is 400 here."""
    made = app.openapi

    def described() -> dict[str, Any]:
        document = made()
        for methods in document["paths"].values():
            for operation in methods.values():
                operation["responses"].pop("422", None)
        for unused in ("HTTPValidationError", "ValidationError"):
            document.get("components", {}).get("schemas", {}).pop(unused, None)
        return document

    app.openapi = described  # type: ignore[method-assign]


_PLAIN = {"Not Found", "Method Not Allowed"}
_SAID = {
    404: "there is nothing at this address",
    405: "this address takes no such request; state changes by POST only",
}


class _Static(StaticFiles):
    """Files that browsers ask about again at each use: an upgrade shows at once, an unchanged file costs nothing."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


def _version() -> str:
    try:
        return version("sanctions-watchlist-monitor")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0"
