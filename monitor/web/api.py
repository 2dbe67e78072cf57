"""`/api/v1`: the objects of the `--json` listings. Lists come in pages; `next` is the cursor to give as `before`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from monitor.model.matches import Disposition
from monitor.model.serial import delivery_json, feed_json, hit_json
from monitor.web import listing
from monitor.web.desk import Desk
from monitor.web.filters import MAX_ID, DeliveryPage, HitPage

Json = dict[str, Any]
Id = Annotated[int, Path(ge=1, le=MAX_ID)]


class Items(BaseModel):
    items: list[Json]
    next: str | None = Field(None, description="Cursor of the next page, to be given as `before`; null on the last.")


class Fault(BaseModel):
    error: str


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    disposition: Disposition
    reason: str = Field("", max_length=2000, description="Why; kept with the decision.")
    who: str = Field(
        "", max_length=200, description="Who decided, as they say themselves; users who log in are named anyway."
    )


def routes(desk: Desk) -> APIRouter:
    refused: dict[int | str, dict[str, Any]] = {
        400: {"model": Fault, "description": "Something was asked that cannot be meant."},
        404: {"model": Fault, "description": "There is no such row."},
        503: {"model": Fault, "description": "The database does not answer."},
    }
    router = APIRouter(prefix="/api/v1", responses=refused)

    @router.get("/hits")
    def hits(page: Annotated[HitPage, Query()]) -> Items:
        """Hits, the newest first."""
        records, following = listing.hits(desk.store, page, before=page.before, limit=page.limit)
        return Items(items=[hit_json(record) for record in records], next=_cursor(following))

    @router.get("/hits/{id}")
    def hit(id: Id) -> Json:
        """One hit."""
        record = desk.store.hit(id)
        if record is None:
            raise HTTPException(404, f"no hit {id}")
        return hit_json(record)

    @router.post("/hits/{id}/disposition")
    def decide(request: Request, id: Id, decision: Decision) -> Json:
        """Decide about a hit; who, when and why are kept. Answers with the hit as it is then."""
        desk.decide(request, id, decision.disposition, who=decision.who, reason=decision.reason)
        return hit(id)

    @router.get("/alerts")
    def alerts(page: Annotated[DeliveryPage, Query()]) -> Items:
        """Deliveries, the newest first."""
        found, following = listing.deliveries(desk.store, page, before=page.before, limit=page.limit)
        return Items(items=[delivery_json(delivery) for delivery in found], next=_cursor(following))

    @router.get("/feeds")
    def feeds() -> Items:
        """All feeds, in the order of the settings, in one page."""
        return Items(items=[feed_json(status) for status in desk.store.feeds()])

    return router


def _cursor(row: int | None) -> str | None:
    return str(row) if row else None
