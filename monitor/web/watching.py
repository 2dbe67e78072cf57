"""Pages about what is watched: entities, feeds, lists; and what would be: a feed tested, a list tried."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse, Response

from monitor.alerts.times import MONTHS
from monitor.errors import UsageError
from monitor.model.feeds import FeedState
from monitor.model.matches import Disposition
from monitor.model.watchlists import Watchlist
from monitor.pipeline.lint import Finding, lint
from monitor.pipeline.lint import key as folded
from monitor.store import EntityCount, HitQuery
from monitor.web.desk import SAID, Desk
from monitor.web.entities import Dossier, dossier
from monitor.web.filters import ListChanges, Roll
from monitor.web.forms import Form
from monitor.web.plots import stacked

READ = ["GET", "HEAD"]

ROWS = 100
"""Of a page; words narrow it."""

NEWEST = 10
"""Hits shown on an entity's page."""

JUDGED = 1500
"""Names of a list that is judged while somebody waits, a second's work; longer ones are for the command line."""

DAYS = 30
"""How far back a list is tried, where nothing else is asked for."""


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    remarks: dict[tuple[str, str], list[Finding]] = {}

    @router.api_route("/entities", methods=READ)
    def entities(request: Request, asked: Annotated[Roll, Query()]) -> HTMLResponse:
        """Those with most hits; or, by words, whoever is on the lists in use."""
        watchlists = sorted({entity.watchlist for entity in desk.roster().values()})
        rows = _rows(desk, asked)
        return desk.page(request, "entities.html.j2", asked=asked, rows=rows, watchlists=watchlists, most=ROWS)

    @router.api_route("/entities/{watchlist}/{id:path}", methods=READ)
    def entity(request: Request, watchlist: str, id: str) -> HTMLResponse:
        found = dossier(desk, (watchlist, id))
        if found is None:
            raise HTTPException(404, "there is no such entity on the lists, nor among the hits")
        newest = desk.store.hits(HitQuery(watchlist=watchlist, entity=id, limit=NEWEST))
        return desk.page(request, "entity.html.j2", view=found, plot=_timeline(found), newest=newest)

    @router.api_route("/feeds", methods=READ)
    def feeds(request: Request) -> HTMLResponse:
        return _feeds_page(request, desk)

    @router.post("/feeds/test")
    def test_feed(request: Request, given: Form) -> HTMLResponse:
        """Read a feed once. Nothing is stored."""
        url = given.get("url", "").strip()
        try:
            trial = desk.test_feed(url)
        except (HTTPException, UsageError) as error:
            status = error.status_code if isinstance(error, HTTPException) else 400
            said = error.detail if isinstance(error, HTTPException) else str(error)
            return _feeds_page(request, desk, status=status, url=url, told=said)
        return _feeds_page(request, desk, url=url, trial=trial)

    @router.api_route("/lists", methods=READ)
    def lists(request: Request) -> HTMLResponse:
        watched: dict[str, list[int]] = {}
        for listed in desk.roster().values():
            counts = watched.setdefault(listed.watchlist, [0, 0])
            counts[0] += 1
            counts[1] += len(listed.names)
        used = {one.watchlist: one for one in desk.store.lists_in_use()}
        rows = [(name, used.get(name), watched.get(name)) for name in dict.fromkeys([*used, *watched])]
        return desk.page(request, "lists.html.j2", rows=rows, taken=desk.store.lists_taken())

    @router.api_route("/lists/changes", methods=READ)
    def changes(request: Request, asked: Annotated[ListChanges, Query()]) -> HTMLResponse:
        """Diffs, one for each time that a list was taken up with another content."""
        found = desk.store.list_changes(watchlist=asked.watchlist, limit=asked.limit + 1)
        steps = [
            (key, list(group)) for key, group in groupby(found[: asked.limit], lambda one: (one.watchlist, one.at))
        ]
        more = len(found) > asked.limit
        return desk.page(request, "changes.html.j2", asked=asked, steps=steps, more=more)

    @router.api_route("/watchlists/{watchlist}/names", methods=READ)
    def judged(request: Request, watchlist: str) -> HTMLResponse:
        """What is to be said of the names of a list in use."""
        listed = tuple(entity for entity in desk.roster().values() if entity.watchlist == watchlist)
        if not listed:
            raise HTTPException(404, "there is no such list in use")
        names = sum(len(entity.names) for entity in listed)
        version = dict(desk.matcher_in_use().versions).get(watchlist, "")
        findings = remarks.get((watchlist, version))
        if findings is None and names <= JUDGED:
            with desk.heavy():
                findings = list(lint([Watchlist(watchlist, listed)], threshold=desk.threshold))
            remarks[watchlist, version] = findings
            if len(remarks) > ROWS:
                del remarks[next(iter(remarks))]
        return desk.page(request, "judged.html.j2", watchlist=watchlist, names=names, findings=findings, most=JUDGED)

    @router.api_route("/watchlists/try", methods=READ)
    def trying(request: Request) -> HTMLResponse:
        return desk.page(request, "try.html.j2", **_TRYING)

    @router.post("/watchlists/try")
    def try_list(request: Request, given: Form) -> Response:
        """Judge a list, and hold it against stored articles. Nothing is stored."""
        text = given.get("file", "").strip() or given.get("list", "")
        days = int(given["days"]) if given.get("days", "") in {"7", "30", "90"} else DAYS
        shown = _TRYING | {"text": given.get("list", ""), "days": days}
        try:
            listed = desk.pasted(text)
        except UsageError as error:
            return desk.page(request, "try.html.j2", status=400, **shown | {"told": str(error)})
        with desk.heavy():
            findings = list(lint([listed], threshold=desk.threshold)) if _names(listed) <= JUDGED else None
            tried = desk.try_list(desk.compile(text), since=desk.clock() - timedelta(days=days))
        return desk.page(request, "try.html.j2", **shown | {"listed": listed, "findings": findings, "tried": tried})

    return router


_TRYING: dict[str, Any] = {
    "text": "", "days": DAYS, "told": "", "listed": None, "findings": None, "tried": None
}  # fmt: skip


def _names(listed: Watchlist) -> int:
    return sum(len(entity.names) for entity in listed.entities)


def _feeds_page(
    request: Request, desk: Desk, *, status: int = 200, url: str = "", told: str = "", trial: object = None
) -> HTMLResponse:
    statuses = [one for one in desk.store.feeds() if one.state is not FeedState.DISABLED]
    ordered = sorted(statuses, key=lambda one: not one.failures)
    can = desk.read_feed is not None
    return desk.page(
        request, "feeds.html.j2", status=status, feeds=ordered, url=url, told=told, trial=trial, can_test=can
    )


def _rows(desk: Desk, asked: Roll) -> list[tuple[str, str, str, EntityCount | None]]:
    """(watchlist, id, name, how often it was found): those with most hits; or, by words, whoever is on the lists."""
    if not asked.q:
        return [(one.watchlist, one.id, one.name, one) for one in desk.store.entities(watchlist=asked.watchlist)]
    words = folded(asked.q).split()
    found = [
        entity
        for entity in desk.roster().values()
        if asked.watchlist in (None, entity.watchlist)
        and any(all(word in name for word in words) for name in (folded(one.text) for one in entity.names))
    ][:ROWS]
    counts = {(one.watchlist, one.id): one for one in desk.store.entities(keys=[one.key for one in found])}
    return [(*entity.key, entity.name, counts.get(entity.key)) for entity in found]


def _timeline(found: Dossier) -> Any:
    columns = [f"{week.day} {MONTHS[week.month - 1]}" for week, _ in found.weeks]
    series = [
        (disposition.value, [counts[disposition] for _, counts in found.weeks])
        for disposition in (Disposition.TRUE_MATCH, Disposition.ESCALATED, Disposition.OPEN, Disposition.FALSE_POSITIVE)
    ]
    said = ", ".join(f"{sum(counts)} {SAID[Disposition(name)]}" for name, counts in series if sum(counts))
    return stacked(
        f"Hits by week, the last {len(columns)} weeks: {said or 'none'}", columns, series, every=4, width=680
    )
