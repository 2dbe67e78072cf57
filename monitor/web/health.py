"""What machines ask: alive? ready? how much of everything?"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse

from monitor.web.desk import Desk, visitor_of
from monitor.web.metrics import CONTENT_TYPE, exposition

READ = ["GET", "HEAD"]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route("/healthz", methods=READ)
    def alive() -> JSONResponse:
        """200 as long as this process answers."""
        return JSONResponse({"status": "standing by" if desk.standing_by() else "ok"})

    @router.api_route("/readyz", methods=READ)
    def ready(request: Request) -> JSONResponse:
        """200 when polling and delivering, else 503 with the reasons, which strangers are not told."""
        reasons = desk.unready()
        told = reasons if visitor_of(request) or not desk.closed else []
        return JSONResponse({"ready": not reasons, "reasons": told}, 503 if reasons else 200)

    @router.api_route("/metrics", methods=READ)
    def metrics() -> PlainTextResponse:
        """Prometheus text format. Counts are read from the database: a restart resets none but those of durations."""
        live = desk.live() if desk.live else None
        text = exposition(desk.store, now=desk.clock(), ready=not desk.unready(), live=live)
        return PlainTextResponse(text, media_type=CONTENT_TYPE)

    return router
