"""Suppressions for programs and for the form on a hit's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from monitor.errors import UsageError
from monitor.model.matches import HitRecord
from monitor.model.serial import hit_json, suppression_json
from monitor.web import shapes
from monitor.web.api import router_of
from monitor.web.desk import Desk
from monitor.web.filters import MAX_ID, number
from monitor.web.forms import Form
from monitor.web.shapes import UNTAGGED, said

Json = dict[str, Any]
Id = Annotated[int, Path(ge=1, le=MAX_ID)]

LONGEST_DAYS = 3660


class Scope(BaseModel):
    """What a suppression covers, beside the hit's entity."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field("", max_length=1000, description="Mentions read as this name; empty: any of the entity's.")
    pattern: str = Field("", max_length=500, description="Only in sentences with these words; empty: any.")


class Wanted(Scope):
    days: int = Field(90, ge=1, le=LONGEST_DAYS, description="How long it holds.")
    reason: str = Field(min_length=1, max_length=2000)
    who: str = Field("", max_length=200)


class Ending(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=2000)
    reopen: bool = Field(False, description="Give the hits that it kept from people back to them.")
    who: str = Field("", max_length=200)


def api_routes(desk: Desk) -> APIRouter:
    router = router_of()

    @router.get("/suppressions", responses=said(shapes.Json) | UNTAGGED)
    def suppressions(over: bool = False) -> Json:
        """Suppressions in force, the newest first; `over`: also the others."""
        now = desk.clock()
        found = desk.store.suppressions(now, over=over)
        return {"items": [suppression_json(one, now, kept) for one, kept in found], "next": None}

    @router.get("/hits/{id}/suppression", responses=said(shapes.Json) | UNTAGGED)
    def preview(id: Id, scope: Annotated[Scope, Query()]) -> Json:
        """Which stored hits such a suppression, made from this hit, would cover. Nothing is changed."""
        record = _found(desk, id)
        found = desk.store.preview_suppression(record, name=scope.name, pattern=scope.pattern, now=desk.clock())
        return {"items": [hit_json(one) for one in found], "next": None}

    @router.post("/hits/{id}/suppression", responses=said(shapes.Json))
    def add(request: Request, id: Id, wanted: Wanted) -> Json:
        """Make a suppression from this hit."""
        now = desk.clock()
        one = desk.store.add_suppression(
            _found(desk, id),
            name=wanted.name,
            pattern=wanted.pattern,
            ends=now + timedelta(days=wanted.days),
            reason=wanted.reason,
            who=desk.who(request, wanted.who),
            now=now,
        )
        kept = {each.id: count for each, count in desk.store.suppressions(now)}
        return suppression_json(one, now, kept.get(one.id, 0))

    @router.post("/suppressions/{id}/end", responses=said(shapes.Json))
    def end(request: Request, id: Id, ending: Ending) -> Json:
        """End a suppression now."""
        by = desk.who(request, ending.who)
        if not desk.store.end_suppression(id, who=by, why=ending.why, reopen=ending.reopen, now=desk.clock()):
            raise HTTPException(404, f"no suppression {id} is in force")
        now = desk.clock()
        every = desk.store.suppressions(now, over=True)
        return next(suppression_json(one, now, kept) for one, kept in every if one.id == id)

    return router


def page_routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.post("/hits/{id}/suppression")
    def suppress(request: Request, id: str, given: Form) -> Response:
        """Show what it would cover, and make it when that was seen (the form says so with `sure`)."""
        record = _found(desk, number(id) or 0)
        days, reason = number(given.get("days", "")) or 0, given.get("reason", "").strip()
        name, pattern = given.get("name", "")[:1000], given.get("pattern", "").strip()[:500]
        if not reason or not 1 <= days <= LONGEST_DAYS:
            raise UsageError(f"a suppression needs a reason, and 1 to {LONGEST_DAYS} days")
        now = desk.clock()
        if given.get("sure") != "yes":
            found = desk.store.preview_suppression(record, name=name, pattern=pattern, now=now)
            kept = {"name": name, "pattern": pattern, "days": str(days), "reason": reason, "who": given.get("who", "")}
            return desk.page(request, "suppress.html.j2", record=record, found=found, given=kept)
        desk.store.add_suppression(
            record,
            name=name,
            pattern=pattern,
            ends=now + timedelta(days=days),
            reason=reason[:2000],
            who=desk.who(request, given.get("who", "")[:100]),
            now=now,
        )
        return RedirectResponse(f"/hits/{record.id}", 303)

    return router


def _found(desk: Desk, id: int) -> HitRecord:
    record = desk.store.hit(id)
    if record is None:
        raise HTTPException(404, "there is no hit with this number")
    return record
