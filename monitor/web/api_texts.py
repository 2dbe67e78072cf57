"""`/api/v1`: texts, lists and feeds that others send, looked at and not stored. A few at a time; the rest are told to
come again."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import JSONResponse

from monitor.model.articles import Article
from monitor.model.serial import screened_json
from monitor.pipeline.lint import lint
from monitor.pipeline.trial import trial_json
from monitor.pipeline.tryout import found_json
from monitor.web import shapes
from monitor.web.api import items, page_of, router_of
from monitor.web.desk import Desk
from monitor.web.shapes import Json, said

Founds, Remarks = page_of(shapes.Found, "Founds"), page_of(shapes.Remark, "Remarks")


def routes(desk: Desk) -> APIRouter:
    router = router_of(busy=True)

    @router.post("/screen", responses=said(Founds))
    def screen(asked: shapes.TextToScreen) -> JSONResponse:
        """Who of the watchlists in use is named in a text. Nothing is stored, nobody is told."""
        with desk.heavy():
            hits = desk.matcher_in_use().screen(Article(asked.id, asked.title, asked.text, asked.lang))
        wanted = None if asked.watchlists is None else set(asked.watchlists)
        return items([screened_json(hit) for hit in hits if wanted is None or hit.entity.watchlist in wanted])

    @router.post("/watchlists/lint", responses=said(Remarks))
    def judge(asked: shapes.ListToJudge) -> JSONResponse:
        """What is to be said of each name of a list."""
        with desk.heavy():
            findings = list(lint([desk.pasted(asked.list)], threshold=desk.threshold))
        keys = ("watchlist", "entity", "name", "rule", "message")
        return items([{key: getattr(finding, key) for key in keys} for finding in findings])

    @router.post("/watchlists/try", responses=said(Json))
    def try_list(asked: shapes.ListToTry) -> JSONResponse:
        """What a list would have found in the stored articles, name by name."""
        with desk.heavy():
            tried = desk.try_list(desk.compile(asked.list), since=desk.clock() - timedelta(days=asked.days))
        names = [found_json(one) for one in tried.names]
        return JSONResponse({"articles": tried.articles, "hits": tried.hits, "whole": tried.whole, "names": names})

    @router.post("/feeds/test", responses=said(Json))
    def test_feed(asked: shapes.FeedToTry) -> JSONResponse:
        """Read a feed once, and say what would be found in it, and with what trouble."""
        return JSONResponse(trial_json(desk.test_feed(asked.url)))

    return router
