"""Pages about who is told: deliveries, and silences."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.errors import UsageError
from monitor.web import listing
from monitor.web.desk import Desk
from monitor.web.filters import DeliveryFilter, Silencing, number
from monitor.web.forms import Form

ROWS = 50
READ = ["GET", "HEAD"]

LASTING = {"24": "a day", "168": "a week", "720": "30 days", "2160": "90 days"}
"""Hours of a silence that the form offers."""

CONDITIONS = ("watchlist", "entity", "feed", "text")


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route("/alerts", methods=READ)
    def alerts(request: Request, asked: Annotated[DeliveryFilter, Query()]) -> HTMLResponse:
        found, following = listing.deliveries(desk.store, asked, before=asked.before, limit=ROWS)
        return desk.page(request, "alerts.html.j2", asked=asked, deliveries=found, following=following)

    @router.post("/alerts/{id}/retry")
    def retry(request: Request, id: str) -> RedirectResponse:
        """Make a delivery due again; the service sends it."""
        row = number(id)
        desk.retry(request, row or 0)
        return RedirectResponse(f"/alerts#delivery-{row}", 303)

    @router.api_route("/silences", methods=READ)
    def silences(request: Request, asked: Annotated[Silencing, Query()]) -> HTMLResponse:
        return _silences_page(request, desk, asked.model_dump())

    @router.post("/silences")
    def begin(request: Request, given: Form) -> Response:
        conditions = {name: given.get(name, "")[:200] for name in CONDITIONS}
        hours = given.get("hours", "")
        reason = given.get("reason", "")[:1000]
        if hours not in LASTING:
            raise UsageError(f"hours: one of {', '.join(LASTING)}")
        try:
            desk.silence(request, conditions, hours=float(hours), reason=reason, who=given.get("who", "")[:100])
        except UsageError as error:
            return _silences_page(request, desk, conditions, reason=reason, told=str(error), status=400)
        return RedirectResponse("/silences", 303)

    @router.post("/silences/{id}/end")
    def end(request: Request, id: str) -> RedirectResponse:
        row = number(id)
        if row is None:
            raise HTTPException(404, "there is no such silence")
        desk.end_silence(request, row)
        return RedirectResponse("/silences", 303)

    return router


def _silences_page(
    request: Request,
    desk: Desk,
    conditions: dict[str, str | None] | dict[str, str],
    *,
    reason: str = "",
    told: str = "",
    status: int = 200,
) -> HTMLResponse:
    return desk.page(
        request,
        "silences.html.j2",
        status=status,
        silences=desk.store.silences(desk.clock(), over=True)[:ROWS],
        conditions=conditions,
        lasting=LASTING,
        reason=reason,
        told=told,
    )
