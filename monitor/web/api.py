"""`/api/v1`: the objects of the `--json` listings, and decisions about them.

Lists come in pages; `next` is the cursor to give as `before`. Answers to GET carry an ETag.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from monitor.model.matches import HitRecord
from monitor.model.serial import delivery_json, feed_json, hit_json, verdict_json
from monitor.store import Outcome
from monitor.web import listing, shapes
from monitor.web.desk import Desk
from monitor.web.evidence import evidence
from monitor.web.filters import DeliveryPage, HitPage
from monitor.web.shapes import BUSY, REFUSED, UNTAGGED, Id, said
from monitor.web.tagged import Tagged, etag, knows

TOKEN = HTTPBearer(auto_error=False, description="`monitor web user token NAME` makes one; where there are users.")

CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"model": shapes.Fault, "description": "It is not as `from` says: somebody has decided meanwhile."},
    412: {"model": shapes.Fault, "description": "It is not the one that If-Match names."},
}


def page_of(item: type[BaseModel], name: str) -> type[BaseModel]:
    """`{"items": [...], "next": cursor}`."""
    fields: dict[str, Any] = {"items": list[item], "next": str | None}  # type: ignore[valid-type]
    described = {"next": Field(None, description="Cursor of the next page, given as `before`; null on the last.")}
    return type(name, (BaseModel,), {"__annotations__": fields, "__module__": __name__, **described})


Hits, Alerts, Feeds, Verdicts, Outcomes = (
    page_of(item, f"{item.__name__}s")
    for item in (shapes.Hit, shapes.Delivery, shapes.Feed, shapes.Verdict, shapes.Outcome)
)


def items(found: list[shapes.Json], following: object = None) -> JSONResponse:
    return JSONResponse({"items": found, "next": str(following) if following else None})


def router_of(*, busy: bool = False) -> APIRouter:
    """For everything under /api/v1."""
    return APIRouter(
        prefix="/api/v1",
        route_class=Tagged,
        responses=REFUSED | (BUSY if busy else {}),
        dependencies=[Security(TOKEN)],
    )


def routes(desk: Desk) -> APIRouter:
    router = router_of()

    def found(id: int) -> HitRecord:
        record = desk.store.hit(id)
        if record is None:
            raise HTTPException(404, f"no hit {id}")
        return record

    @router.get("/hits", responses=said(Hits) | UNTAGGED)
    def hits(page: Annotated[HitPage, Query()]) -> JSONResponse:
        """Hits, the newest first."""
        records, following = listing.hits(desk.store, page, before=page.before, limit=page.limit)
        return items([hit_json(record) for record in records], following)

    @router.get("/hits/{id}", responses=said(shapes.Hit) | UNTAGGED)
    def hit(id: Id) -> JSONResponse:
        """One hit."""
        return JSONResponse(hit_json(found(id)))

    @router.get("/hits/{id}/evidence", responses=said(shapes.Json, "All that speaks for and against it.") | UNTAGGED)
    def hit_evidence(id: Id) -> JSONResponse:
        """The hit with its matches, the list's record, its history and its story, to be filed."""
        record = found(id)
        return JSONResponse(evidence(record, desk.store.history(id), desk.store.sources(record), desk.clock()))

    @router.get("/hits/{id}/alerts", responses=said(Verdicts) | UNTAGGED)
    def why(id: Id) -> JSONResponse:
        """Who was told of it, and who was not, each with the reason."""
        return items([verdict_json(verdict) for verdict in desk.store.verdicts(found(id).id)])

    @router.post("/hits/{id}/disposition", responses=said(shapes.DecidedHit) | CHANGED)
    def decide(
        request: Request, id: Id, decision: shapes.Decision, if_match: Annotated[str, Header(max_length=2000)] = ""
    ) -> JSONResponse:
        """Decide about a hit; who, when and why are kept. Answers with the hit as it is then.

        Where dismissals take two persons, the first one's is a proposal until another person decides the same.
        """
        record = found(id)
        if if_match and not knows(if_match, etag(bytes(JSONResponse(hit_json(record)).body))):
            raise HTTPException(412, f"hit {id} has changed since; ask for it again before you decide")
        if decision.from_ not in (None, record.disposition):
            raise HTTPException(409, f"hit {id} is {record.disposition}, not {decision.from_}")
        sources = desk.store.sources(record) if decision.copies else []
        others = {hit: record.disposition for _, hit, now in sources if hit and now == record.disposition}
        asked = {id: record.disposition, **others}
        outcomes = desk.decide_all(request, asked, decision.disposition, who=decision.who, reason=decision.reason)
        if outcomes[id] not in (Outcome.DECIDED, Outcome.PROPOSED):
            raise HTTPException(409, f"somebody else has decided about hit {id} meanwhile")
        copies = {"copies": _outcomes({hit: outcomes[hit] for hit in others})} if decision.copies else {}
        return JSONResponse(hit_json(found(id)) | copies)

    @router.post("/dispositions", responses=said(Outcomes))
    def decide_many(request: Request, decisions: shapes.Decisions) -> JSONResponse:
        """Decide about many hits, each that is still as `from` says, in one transaction."""
        asked = dict.fromkeys(decisions.hits, decisions.from_)
        outcomes = desk.decide_all(request, asked, decisions.disposition, who=decisions.who, reason=decisions.reason)
        return items(_outcomes(outcomes))

    @router.get("/alerts", responses=said(Alerts) | UNTAGGED)
    def alerts(page: Annotated[DeliveryPage, Query()]) -> JSONResponse:
        """Deliveries, the newest first."""
        found, following = listing.deliveries(desk.store, page, before=page.before, limit=page.limit)
        return items([delivery_json(delivery) for delivery in found], following)

    @router.post("/alerts/{id}/retry", responses=said(shapes.Delivery))
    def retry(request: Request, id: Id) -> JSONResponse:
        """Make a delivery that was not sent due again; the service sends it. Needs the role admin."""
        desk.retry(request, id)
        delivery = desk.store.delivery(id)
        return JSONResponse(delivery_json(delivery) if delivery else {})

    @router.get("/feeds", responses=said(Feeds) | UNTAGGED)
    def feeds() -> JSONResponse:
        """All feeds, in the order of the settings, in one page."""
        return items([feed_json(status) for status in desk.store.feeds()])

    return router


def _outcomes(outcomes: dict[int, Outcome]) -> list[shapes.Json]:
    return [{"hit": hit, "outcome": outcome.value} for hit, outcome in outcomes.items()]
