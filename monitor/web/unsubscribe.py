"""The way out that a mail offers (RFC 8058): a POST leaves, a GET only asks, for mail scanners open every link."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from monitor.alerts.seals import UNSUBSCRIBE, is_seal, sealed_delivery
from monitor.model.alerts import Delivery
from monitor.web.desk import Desk
from monitor.web.forms import Form

PATH = "/unsubscribe/"
ONE_CLICK = ("List-Unsubscribe", "One-Click")


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route(PATH + "{seal}", methods=["GET", "HEAD"])
    def ask(request: Request, seal: str) -> HTMLResponse:
        delivery = _sealed(desk, seal)
        return desk.page(request, "unsubscribe.html.j2", delivery=delivery, done=False, seal=seal)

    @router.post(PATH + "{seal}")
    def leave(request: Request, seal: str, given: Form) -> HTMLResponse:
        """No login and no cookie: the seal says whose message it was, and the mail's provider sends the click."""
        delivery = _sealed(desk, seal)
        if given.get(ONE_CLICK[0]) != ONE_CLICK[1]:
            raise HTTPException(400, "the request must say List-Unsubscribe=One-Click")
        desk.store.opt_out(delivery.id, desk.clock())
        return desk.page(request, "unsubscribe.html.j2", delivery=delivery, done=True, seal=seal)

    return router


def _sealed(desk: Desk, seal: str) -> Delivery:
    row = sealed_delivery(seal)
    delivery = desk.store.delivery(row) if row else None
    key = desk.store.secret(UNSUBSCRIBE, desk.clock())
    if delivery is None or not is_seal(key, seal, delivery.id, delivery.uid):
        raise HTTPException(404, "this link is not, or no longer, one of ours; answer the mail to be told no more")
    return delivery
