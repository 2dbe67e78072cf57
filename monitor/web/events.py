"""Hits as they come: server-sent events for programs, an Atom feed for readers.

A stream is a loop of short looks at the database. Each ends after LIFE, so that whoever lost the right to read is out
soon; EventSource comes back by itself and says with Last-Event-ID where it was.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, HTTPException, Query
from starlette.responses import Response, StreamingResponse

from monitor.alerts.render.atom import render_hits
from monitor.errors import MonitorError
from monitor.model.serial import hit_json
from monitor.store import HitQuery
from monitor.web import listing
from monitor.web.api import router_of
from monitor.web.desk import Desk
from monitor.web.filters import MAX_ID, HitFilter, number
from monitor.web.tagged import READ, Tagged

MOST = 20
"""Streams at a time; each holds a connection, and a look a second."""

EVERY = 1.0
"""Seconds between two looks."""

HEARTBEAT = 15.0
"""Seconds after which a comment is sent where nothing else was: proxies close what is silent for a minute."""

LIFE = 600.0
"""Seconds."""

AT_ONCE = 100
"""Hits of one look."""

ENTRIES = 50
"""Of the Atom feed."""


class Places:
    """How many streams there are. Used on the event loop only, so that no lock is needed."""

    def __init__(self) -> None:
        self.taken = 0


def routes(desk: Desk) -> APIRouter:
    router = router_of(busy=True)
    places = Places()

    @router.get(
        "/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}, "description": "`event: hit`, its `data` one hit."}},
    )
    async def events(
        asked: Annotated[HitFilter, Query()],
        last_event_id: Annotated[str, Header(max_length=40)] = "",
        after: Annotated[int | None, Query(ge=0, le=MAX_ID, description="A hit's id; none: from now on.")] = None,
    ) -> StreamingResponse:
        """New hits as server-sent events, each with its id; Last-Event-ID (or `after`) resumes without a gap."""
        if places.taken >= MOST:
            raise HTTPException(429, f"{MOST} streams are open already", {"Retry-After": "30"})
        start = number(last_event_id) or (0 if last_event_id == "0" else after)
        if start is None:
            start = await run_sync(desk.store.newest_hit)
        stream = _stream(desk, listing.query(asked, None, AT_ONCE - 1), start, places)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return router


async def _stream(desk: Desk, query: HitQuery, last: int, places: Places) -> AsyncIterator[bytes]:
    if places.taken >= MOST:  # others were quicker since it was looked at
        return
    places.taken += 1
    loop = asyncio.get_running_loop()
    ends = loop.time() + LIFE
    said = loop.time()
    try:
        yield b"retry: 3000\n\n"
        while loop.time() < ends:
            try:
                found = await run_sync(desk.store.hits_after, last, query)
            except MonitorError:  # the stream ends; whoever comes back gets the reason
                return
            for record in found:
                last = record.id
                yield f"id: {record.id}\nevent: hit\ndata: {json.dumps(hit_json(record))}\n\n".encode()
            if found:
                said = loop.time()
            elif loop.time() - said >= HEARTBEAT:
                said = loop.time()
                yield b": nothing new\n\n"
            if len(found) < query.limit:
                await asyncio.sleep(EVERY)
    finally:
        places.taken -= 1


def atom(desk: Desk) -> APIRouter:
    router = APIRouter(route_class=Tagged, include_in_schema=False)

    @router.api_route("/hits.atom", methods=sorted(READ))
    def hits(asked: Annotated[HitFilter, Query()]) -> Response:
        """The newest hits, those that are asked for, as an Atom feed (RFC 4287)."""
        records, _ = listing.hits(desk.store, asked, before=None, limit=ENTRIES)
        newest = max((record.found_at for record in records), default=desk.clock())
        document = render_hits(records, title="Watchlist hits", base_url=desk.base_url, updated=newest)
        return Response(document, media_type="application/atom+xml")

    return router
