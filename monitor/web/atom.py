"""An Atom feed of what each route is told: for readers, portals and other programs that follow feeds."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from monitor.alerts.render.atom import render_hits
from monitor.alerts.routes import routes_for
from monitor.model.settings import Route
from monitor.store import HitQuery
from monitor.web.desk import Desk
from monitor.web.tagged import READ, Tagged

ENTRIES = 200

LOOKED_AT = 2_000
"""The newest hits among which those of a route are looked for."""


def routes(desk: Desk, configured: Sequence[Route]) -> APIRouter:
    router = APIRouter(route_class=Tagged, include_in_schema=False)

    @router.api_route("/atom/{name}.atom", methods=sorted(READ))
    def of_route(name: str) -> Response:
        """The newest hits that the route called `name` takes, by the settings as they are now."""
        if name not in {route.id for route in configured}:
            raise HTTPException(
                404, f"there is no route of this name; there are: {', '.join(r.id for r in configured)}"
            )
        tags = {feed.source.id: feed.source.tags for feed in desk.store.feeds()}
        found = [
            record
            for record in desk.store.hits(HitQuery(limit=LOOKED_AT))
            if any(route.id == name for route in routes_for(record, configured, tags.get(record.article.feed, ())))
        ][:ENTRIES]
        newest = max((record.found_at for record in found), default=desk.clock())
        document = render_hits(found, title=f"Watchlist hits: {name}", base_url=desk.base_url, updated=newest)
        return Response(document, media_type="application/atom+xml")

    return router
