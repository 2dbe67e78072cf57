"""The dashboard's pages, rendered on the server; all that matters works without JavaScript."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.alerts.render.clean import clean
from monitor.errors import UsageError
from monitor.model.feeds import FeedState
from monitor.model.matches import Disposition, HitRecord
from monitor.web import listing
from monitor.web.desk import Desk
from monitor.web.filters import DeliveryFilter, Queue, number
from monitor.web.forms import Form
from monitor.web.overview import overview
from monitor.web.view import sentences

ROWS = 50
"""Rows on a page: what a person goes through at a sitting."""

READ = ["GET", "HEAD"]

WHO = "desk_who"
"""Cookie with the name that was last given with a decision, so that it is written once. It proves nothing."""

YEAR = 31_536_000


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=READ)
    @router.api_route("/hits", methods=READ)
    def queue(request: Request, asked: Annotated[Queue, Query()]) -> HTMLResponse:
        """What is to be decided, unless the URL asks for something else."""
        shown = asked if asked.disposition else asked.model_copy(update={"disposition": Disposition.OPEN})
        records, following = listing.hits(desk.store, shown, before=asked.before, limit=ROWS)
        return desk.page(
            request,
            "queue.html.j2",
            asked=asked,
            shown=shown,
            records=records,
            following=following,
            done=desk.store.hit(asked.done) if asked.done else None,
            was=_before(desk, asked.done),
            facets=desk.store.facets(),
            feeds=[status.source.id for status in desk.store.feeds()],
        )

    @router.api_route("/hits/{id}", methods=READ)
    def hit(request: Request, id: str) -> HTMLResponse:
        return _hit_page(request, desk, _found(desk, id), who=_who(request))

    @router.post("/hits/{id}/disposition")
    def decide(request: Request, id: str, given: Form) -> Response:
        """Decide, then back to the queue that the form was on, or else to the hit."""
        record = _found(desk, id)
        who = given.get("who", "").strip()
        reason = given.get("reason", "").strip()
        try:
            disposition = Disposition(given.get("disposition", ""))
        except ValueError as error:
            raise UsageError(f"disposition: one of {', '.join(Disposition)}") from error
        if given.get("was", record.disposition) != record.disposition:
            told = "Somebody else has decided about this hit meanwhile. Look again before you change it."
            return _hit_page(request, desk, record, who=who, reason=reason, told=told, status=409)
        if disposition is Disposition.FALSE_POSITIVE and not reason:
            told = "Say in a few words why this is a false positive: whoever audits the decision will ask."
            return _hit_page(request, desk, record, who=who, reason=reason, told=told, status=400)
        desk.decide(request, record.id, disposition, who=who or _who(request), reason=reason)
        back = RedirectResponse(_back(given, record.id), 303)
        if who and not desk.closed:
            back.set_cookie(WHO, quote(who[:100]), max_age=YEAR, httponly=True, samesite="strict")
        return back

    @router.api_route("/overview", methods=READ)
    def overview_page(request: Request) -> HTMLResponse:
        return desk.page(request, "overview.html.j2", view=overview(desk.store, desk.clock()))

    @router.api_route("/feeds", methods=READ)
    def feeds(request: Request) -> HTMLResponse:
        statuses = [status for status in desk.store.feeds() if status.state is not FeedState.DISABLED]
        return desk.page(request, "feeds.html.j2", feeds=sorted(statuses, key=lambda status: not status.failures))

    @router.api_route("/lists", methods=READ)
    def lists(request: Request) -> HTMLResponse:
        return desk.page(request, "lists.html.j2", lists=desk.store.lists_in_use())

    @router.api_route("/alerts", methods=READ)
    def alerts(request: Request, asked: Annotated[DeliveryFilter, Query()]) -> HTMLResponse:
        found, following = listing.deliveries(desk.store, asked, before=asked.before, limit=ROWS)
        return desk.page(request, "alerts.html.j2", asked=asked, deliveries=found, following=following)

    @router.post("/alerts/{id}/retry")
    def retry(request: Request, id: str) -> RedirectResponse:
        """Make a delivery due again; the service sends it."""
        row = number(id)
        if row is None or not desk.store.retry_delivery(row, desk.clock()):
            raise HTTPException(404, "there is no such delivery, or it was sent already")
        desk.note("retry", who=desk.who(request), about=f"delivery {row}")
        return RedirectResponse(f"/alerts#delivery-{row}", 303)

    return router


def _before(desk: Desk, hit: int | None) -> Disposition:
    """What a hit was before its last decision: what taking it back makes of it."""
    history = desk.store.history(hit) if hit else []
    return history[-1].was if history else Disposition.OPEN


def _who(request: Request) -> str:
    return clean(unquote(request.cookies.get(WHO, "")))[:100]


def _found(desk: Desk, id: str) -> HitRecord:
    row = number(id)
    record = desk.store.hit(row) if row else None
    if record is None:
        raise HTTPException(404, "there is no hit with this number")
    return record


def _hit_page(
    request: Request, desk: Desk, record: HitRecord, *, who: str, reason: str = "", told: str = "", status: int = 200
) -> HTMLResponse:
    return desk.page(
        request,
        "hit.html.j2",
        status=status,
        record=record,
        sentences=sentences(record),
        history=desk.store.history(record.id),
        who=who,
        reason=reason,
        told=told,
    )


def _back(given: dict[str, str], hit: int) -> str:
    """Made anew from what the form says of the queue, so that it never leads to another site."""
    if "back" not in given:
        return f"/hits/{hit}"
    try:
        queue = Queue.model_validate(dict(parse_qsl(given["back"], max_num_fields=20)))
    except (ValidationError, ValueError):
        queue = Queue()
    following = number(given.get("next", ""))
    return queue.url("/", done=hit) + (f"#hit-{following}" if following else "")
