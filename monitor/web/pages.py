"""The dashboard's pages, rendered on the server; all that matters works without JavaScript."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from monitor.alerts.render.clean import clean
from monitor.errors import UsageError
from monitor.model.matches import Disposition, HitRecord
from monitor.store import Outcome
from monitor.web import decisions, listing
from monitor.web.desk import Desk
from monitor.web.evidence import evidence
from monitor.web.filters import Queue, number
from monitor.web.forms import Fields, Form
from monitor.web.overview import overview
from monitor.web.view import paragraphs, sentences

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
        sought = shown
        if shown.disposition is Disposition.OPEN and shown.suppressed is None:
            sought = shown.model_copy(update={"suppressed": False})  # nobody has to decide about what is suppressed
        rows, following = listing.rows(desk.store, sought, before=asked.before, limit=ROWS)
        return desk.page(
            request,
            "queue.html.j2",
            asked=asked,
            shown=shown,
            rows=rows,
            following=following,
            done=desk.store.hit(asked.done) if asked.done else None,
            was=_before(desk, asked.done),
            together=desk.store.decided_together(asked.done) if asked.done else [],
            facets=desk.store.facets(),
            feeds=[status.source.id for status in desk.store.feeds()],
        )

    @router.post("/hits/decide")
    def decide_many(request: Request, fields: Fields) -> HTMLResponse:
        """Decide about all rows that are marked; each tells how it went."""
        given = dict(fields)
        reason = given.get("reason", "").strip()
        made = decisions.disposition(given.get("disposition", ""))
        if made is Disposition.FALSE_POSITIVE and not reason:
            raise UsageError(decisions.NEEDS_REASON)
        chosen = decisions.rows(value for name, value in fields if name == "row")
        asked = {id: seen for seen, of in chosen for id in of}
        outcomes = desk.decide_all(request, asked, made, who=_who(request), reason=reason)
        results = decisions.results(desk, chosen, outcomes)
        back = _queue(given).url("/")
        return desk.page(request, "decided.html.j2", results=results, disposition=made, back=back)

    @router.api_route("/hits/{id}", methods=READ)
    def hit(request: Request, id: str, via: Annotated[str, Query(max_length=60)] = "") -> HTMLResponse:
        """via: the seal of the message whose link led here."""
        return _hit_page(request, desk, _found(desk, id), who=_who(request), via=via)

    @router.post("/hits/{id}/acknowledge")
    def acknowledge(request: Request, id: str, given: Form) -> RedirectResponse:
        """Keep that somebody has seen a hit, and by the link of which message, where it has a true seal."""
        record = _found(desk, id)
        message = desk.sealed(given.get("via", ""), record.id)
        said = given.get("who", "").strip()[:100] or _who(request)
        who = desk.who(request, said or (message.recipient if message else ""))
        desk.store.acknowledge(record.id, who=who, delivery=message.id if message else None, now=desk.clock())
        return RedirectResponse(f"/hits/{record.id}#seen", 303)

    @router.api_route("/hits/{id}/evidence", methods=READ)
    def download(id: str) -> JSONResponse:
        record = _found(desk, id)
        told = evidence(record, desk.store.history(record.id), desk.store.sources(record), desk.clock())
        return JSONResponse(told, headers={"Content-Disposition": f'attachment; filename="hit-{record.id}.json"'})

    @router.post("/hits/{id}/disposition")
    def decide(request: Request, id: str, given: Form) -> Response:
        """Decide, then back to the queue that the form was on, or else to the hit."""
        record = _found(desk, id)
        who = given.get("who", "").strip()
        reason = given.get("reason", "").strip()
        made = decisions.disposition(given.get("disposition", ""))
        told, status = "", 200
        if given.get("was", record.disposition) != record.disposition:
            told, status = decisions.MEANWHILE, 409
        elif made is Disposition.FALSE_POSITIVE and not reason:
            told, status = decisions.NEEDS_REASON, 400
        else:
            asked = dict.fromkeys([record.id, *decisions.ids(given.get("also", ""))], record.disposition)
            done = desk.decide_all(request, asked, made, who=who or _who(request), reason=reason)
            if done[record.id] in (Outcome.CHANGED, Outcome.MISSING):
                told, status = decisions.MEANWHILE, 409
        if told:
            return _hit_page(request, desk, _found(desk, id), who=who, reason=reason, told=told, status=status)
        back = RedirectResponse(_back(given, record.id), 303)
        if who and not desk.closed:
            back.set_cookie(WHO, quote(who[:100]), max_age=YEAR, httponly=True, samesite="strict")
        return back

    @router.api_route("/overview", methods=READ)
    def overview_page(request: Request) -> HTMLResponse:
        return desk.page(request, "overview.html.j2", view=overview(desk.store, desk.clock()))

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
    request: Request,
    desk: Desk,
    record: HitRecord,
    *,
    who: str,
    via: str = "",
    reason: str = "",
    told: str = "",
    status: int = 200,
) -> HTMLResponse:
    sources = desk.store.sources(record)
    beside = desk.store.beside(record)
    kept = desk.store.kept_text(record.id)
    return desk.page(
        request,
        "hit.html.j2",
        status=status,
        record=record,
        sentences=sentences(record),
        sources=sources,
        copies=[hit for _, hit, disposition in sources if disposition == record.disposition],
        beside=beside,
        kept=kept,
        paragraphs=paragraphs(kept.text, record, beside) if kept else (),
        history=desk.store.history(record.id),
        verdicts=desk.store.verdicts(record.id),
        seen=desk.store.acknowledgements(record.id),
        via=via,
        message=desk.sealed(via, record.id),
        who=who,
        reason=reason,
        told=told,
    )


def _back(given: dict[str, str], hit: int) -> str:
    """Made anew from what the form says of the queue, so that it never leads to another site."""
    if "back" not in given:
        return f"/hits/{hit}"
    following = number(given.get("next", ""))
    return _queue(given).url("/", done=hit) + (f"#hit-{following}" if following else "")


def _queue(given: dict[str, str]) -> Queue:
    """The queue as the form says it was."""
    try:
        return Queue.model_validate(dict(parse_qsl(given.get("back", ""), max_num_fields=20)))
    except (ValidationError, ValueError):
        return Queue()
