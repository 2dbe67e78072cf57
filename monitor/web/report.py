"""`/report`: what was looked at and found in a time, as a page to print, CSV or JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, JSONResponse, Response

from monitor.errors import UsageError
from monitor.reports import STYLE, build, period, to_csv, to_html, to_json
from monitor.web.desk import Desk

STYLE_AT = "/report.css"
READ = ["GET", "HEAD"]

LONGEST = 366
"""Days that are asked for in a browser; what takes longer is made by `monitor report`."""


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route("/report", methods=READ)
    def report(
        start: Annotated[str, Query(alias="from", max_length=40)] = "",
        end: Annotated[str, Query(alias="to", max_length=40)] = "",
        entity: Annotated[str, Query(max_length=200)] = "",
        format: Literal["html", "csv", "json"] = "html",
    ) -> Response:
        """Days or times (UTC); without any, today."""
        now = desk.clock()
        first, last = period(start or now.date().isoformat(), end)
        if (last - first).days > LONGEST:
            raise UsageError(f"at most {LONGEST} days at once here; `monitor report` makes longer ones")
        made = build(desk.store, first, last, now=now, entity=entity)
        name = f"report-{first:%Y-%m-%d}.{format}"
        aside = {"Content-Disposition": f'attachment; filename="{name}"'}
        if format == "json":
            return JSONResponse(to_json(made), headers=aside)
        if format == "csv":
            return Response(to_csv(made), media_type="text/csv; charset=utf-8", headers=aside)
        return HTMLResponse(to_html(made, base_url=desk.base_url, style_at=STYLE_AT))

    @router.api_route(STYLE_AT, methods=READ)
    def style() -> Response:
        return Response(STYLE, media_type="text/css; charset=utf-8")

    return router
