"""Who follows hits: server-sent events, the Atom feed, and answers that are not sent twice."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest

from monitor.model.matches import Disposition
from monitor.web import events
from tests.web.conftest import served
from tests.web.support import MORNING, NOW, Desk, outcome, plan
from tests.web.test_access import Closed, closed

__all__ = ["closed"]  # a fixture


def one_more(desk: Desk, number: int = 50) -> None:
    story = replace(MORNING[1], title=f"Ещё одна новость {number}", text=f"Сделка {number} Лукойла не состоялась.")
    desk.store.record_poll(outcome(story.feed, (story.article(number),), started=NOW), plan)


class Stream:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def event(self) -> dict[str, Any]:
        """The next event, comments passed over."""
        found: dict[str, Any] = {}
        while "data" not in found:
            for line in self.lines():
                key, _, value = line.partition(": ")
                found[key] = value
        return {"id": int(found["id"]), "event": found["event"], "hit": json.loads(found["data"])}

    def lines(self) -> Iterator[str]:
        """Until the blank line that ends an event."""
        while line := self.response.readline().decode().rstrip("\n"):
            yield line


@contextmanager
def followed(desk: Desk, path: str = "/api/v1/events", **headers: str) -> Iterator[Stream]:
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/event-stream")
    yield Stream(response)
    with suppress(OSError):
        connection.close()


def test_a_new_hit_comes_as_an_event_and_older_ones_do_not(desk: Desk) -> None:
    with followed(desk) as stream:
        assert list(stream.lines()) == ["retry: 3000"]
        one_more(desk)
        event = stream.event()
    assert (event["id"], event["event"]) == (6, "hit")
    assert event["hit"] == desk.ask("/api/v1/hits/6").json


def test_who_comes_back_misses_nothing(desk: Desk) -> None:
    one_more(desk)
    with followed(desk, Last_Event_ID="3") as stream:
        assert [stream.event()["id"] for _ in range(3)] == [4, 5, 6]
    with followed(desk, "/api/v1/events?after=0&severity=critical") as stream:
        assert stream.event()["id"] == 3, "only what is asked for"


def test_a_silent_stream_has_a_heartbeat(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.0)
    monkeypatch.setattr(events, "EVERY", 0.01)
    with followed(desk) as stream:
        list(stream.lines())
        assert list(stream.lines()) == [": nothing new"]


def test_streams_are_bounded_and_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST", 1)
    monkeypatch.setattr(events, "EVERY", 0.01)
    with followed(desk) as stream:
        list(stream.lines())
        refused = desk.ask("/api/v1/events")
        assert refused.status == 429
        assert refused.headers["retry-after"] == "30"
        assert desk.ask("/api/v1/hits").status == 200
    monkeypatch.setattr(events, "LIFE", 0.05)
    for _ in range(200):  # the place is free once the server has seen that its reader is gone
        answer = desk.ask("/api/v1/events")
        if answer.status == 200:
            break
    assert answer.body == b"retry: 3000\n\n", "it ends by itself, so that whoever lost the right to read is out soon"


def test_an_open_stream_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with served(tmp_path / "monitor.db", []) as desk:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
        connection.request("GET", "/api/v1/events")
        response = connection.getresponse()
        assert response.readline() == b"retry: 3000\n"
    with suppress(http.client.IncompleteRead):  # cut off by the server, which is gone
        response.read()
    response.close()
    connection.close()


def test_strangers_follow_nothing(closed: Closed) -> None:
    assert closed.desk.ask("/api/v1/events").status == 401
    with followed(closed.desk, "/api/v1/events?after=4", Authorization=closed.token("vera")) as stream:
        assert stream.event()["id"] == 5


@pytest.mark.parametrize("path", ["/api/v1/hits", "/api/v1/hits/1", "/api/v1/feeds", "/hits.atom", "/api/v1/overview"])
def test_what_the_asker_has_is_not_sent_again(desk: Desk, path: str) -> None:
    first = desk.ask(path)
    tag = first.headers["etag"]
    for named in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = desk.ask(path, If_None_Match=named)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    desk.store.set_disposition(1, Disposition.ESCALATED, who="t", reason="", now=NOW)
    one_more(desk)
    changed = desk.ask(path, If_None_Match=tag)
    if path != "/api/v1/feeds" or changed.status == 200:
        assert changed.status == 200
        assert changed.headers["etag"] != tag
    assert desk.ask(path, If_None_Match='"other"').status == 200


def test_the_atom_feed_reads_well(desk: Desk) -> None:
    answer = desk.ask("/hits.atom?severity=high")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.body)
    assert read.version == "atom10"
    assert not read.bozo
    assert [entry.id for entry in read.entries] == [f"urn:sanctions-watchlist-monitor:hit:{id}" for id in (4, 2, 1)]
    rosneft = read.entries[-1]
    assert rosneft.title == "Rosneft PJSC (russia-energy, 97): Indian refiner halts Russian crude as tankers turn away"
    assert "https://watch.example.org/hits/1" in [link.href for link in rosneft.links]
    assert "a lead, not a finding" in rosneft.summary
    assert desk.ask("/hits.atom?severity=worst").status == 400
