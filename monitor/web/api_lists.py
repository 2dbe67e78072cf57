"""`/api/v1`: what is watched and how it does: overview, lists, entities, silences."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import JSONResponse

from monitor.model.listchanges import change_json
from monitor.model.serial import silence_json, time_json
from monitor.store import EntityCount
from monitor.web import shapes
from monitor.web.api import items, page_of, router_of
from monitor.web.desk import Desk
from monitor.web.entities import dossier, read_cursor, written_cursor
from monitor.web.filters import EntityPage, ListChanges
from monitor.web.shapes import UNTAGGED, Id, Json, said

Lists, Changes, Entities, Silences = (
    page_of(item, f"{item.__name__}s") for item in (shapes.ListUse, shapes.Change, shapes.Counted, shapes.Silence)
)
Key = Annotated[str, Path(max_length=200)]


def routes(desk: Desk) -> APIRouter:
    router = router_of()

    @router.get("/overview", responses=said(Json) | UNTAGGED)
    def overview() -> JSONResponse:
        """How things stand: what was looked at in the last 24 hours, what was found, what waits."""
        seen = desk.store.overview(desk.clock())
        counts = {
            name: getattr(seen, name)
            for name in (
                *("due_deliveries", "due_pages", "entries", "feeds", "failing_feeds", "polls", "failed_polls"),
                *("articles", "full_articles"),
            )
        }
        days = [{"day": day.isoformat(), **{s.value: n for s, n in by.items()}} for day, by in seen.days]
        return JSONResponse(
            {
                "ready": not (reasons := desk.unready()),
                "reasons": reasons,
                "last_poll": time_json(seen.last_poll),
                **counts,
                "severities": {severity.value: n for severity, n in seen.severities.items()},
                "dispositions": {disposition.value: n for disposition, n in seen.dispositions.items()},
                "deliveries": {state.value: n for state, n in seen.deliveries.items()},
                "days": days,
            }
        )

    @router.get("/lists", responses=said(Lists) | UNTAGGED)
    def lists() -> JSONResponse:
        """The lists that the last text was screened against."""
        found = [
            {"watchlist": one.watchlist, "version": one.version, "hits": one.hits} for one in desk.store.lists_in_use()
        ]
        return items(found)

    @router.get("/lists/changes", responses=said(Changes) | UNTAGGED)
    def changes(asked: Annotated[ListChanges, Query()]) -> JSONResponse:
        """What changed on the lists, the newest first."""
        found = desk.store.list_changes(watchlist=asked.watchlist, limit=asked.limit)
        return items([change_json(change) for change in found])

    @router.get("/entities", responses=said(Entities) | UNTAGGED)
    def entities(page: Annotated[EntityPage, Query()]) -> JSONResponse:
        """Entities that were found, those with most hits first."""
        before = read_cursor(page.before) if page.before else None
        found = desk.store.entities(watchlist=page.watchlist, before=before, limit=page.limit + 1)
        following = written_cursor(found[page.limit - 1]) if len(found) > page.limit else None
        return items([_counted(one) for one in found[: page.limit]], following)

    @router.get("/entities/{watchlist}/{id:path}", responses=said(Json) | UNTAGGED)
    def entity(watchlist: Key, id: Key) -> JSONResponse:
        """One entity: its record, its mentions by week, and each of its names with how it did."""
        found = dossier(desk, (watchlist, id))
        if found is None:
            raise HTTPException(404, f"no entity {watchlist}/{id} on the lists, nor among the hits")
        return JSONResponse(found.json())

    @router.get("/silences", responses=said(Silences) | UNTAGGED)
    def silences(over: Annotated[bool, Query(description="Also those that are over.")] = False) -> JSONResponse:
        """Silences, the newest first."""
        now = desk.clock()
        return items([silence_json(one, now) for one in desk.store.silences(now, over=over)])

    @router.post("/silences", responses=said(shapes.Silence))
    def add_silence(request: Request, asked: shapes.NewSilence) -> JSONResponse:
        """Be told nothing of what fits, for a while. Hits are still stored."""
        conditions = {"watchlist": asked.watchlist, "entity": asked.entity, "feed": asked.feed, "text": asked.text}
        made = desk.silence(request, conditions, hours=asked.hours, reason=asked.reason, who=asked.who)
        return JSONResponse(silence_json(made, desk.clock()))

    @router.post("/silences/{id}/end", responses=said(Json))
    def end_silence(request: Request, id: Id) -> JSONResponse:
        """End a silence now."""
        desk.end_silence(request, id)
        return JSONResponse({"id": id, "in_force": False})

    return router


def _counted(one: EntityCount) -> Json:
    return {
        "watchlist": one.watchlist,
        "entity": one.id,
        "name": one.name,
        "hits": one.hits,
        "open": one.open,
        "dismissed": one.dismissed,
        "noise": one.noise,
        "last": time_json(one.last),
    }
