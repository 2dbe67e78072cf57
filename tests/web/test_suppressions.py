"""Four eyes, and suppressions, on the desk and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from monitor.model.matches import Disposition
from tests.web.conftest import served
from tests.web.support import NOW, Desk


@pytest.fixture
def pair(filled: Path, tmp_path: Path, reasons: list[str]) -> Iterator[Desk]:
    """A desk where dismissing takes two."""
    copy(filled, tmp_path / "monitor.db")
    with served(tmp_path / "monitor.db", reasons, four_eyes=True) as desk:
        yield desk


def test_a_dismissal_waits_for_a_second_person(pair: Desk) -> None:
    given = {"disposition": "false_positive", "was": "open", "reason": "a namesake <b>", "who": "Dana"}
    assert pair.post("/hits/1/disposition", given).status == 303
    page = pair.ask("/hits/1").text
    assert "Dana proposes: false positive" in page
    assert "a namesake &lt;b&gt;" in page
    shown = pair.ask("/api/v1/hits/1").json
    assert shown["disposition"] == "open"
    assert shown["proposed"] == {
        "disposition": "false_positive",
        "who": "Dana",
        "at": NOW.isoformat(),
        "reason": "a namesake <b>",
    }
    many = pair.post("/hits/decide", {"disposition": "false_positive", "reason": "so", "row": "open:1", "who": "dana "})
    assert "holds when a second person confirms" in many.text
    assert pair.post("/hits/1/disposition", given | {"who": "Omar"}).status == 303
    shown = pair.ask("/api/v1/hits/1").json
    assert (shown["disposition"], shown["proposed"]) == ("false_positive", None)
    assert "confirmed by" in pair.ask("/hits/1").text
    assert pair.store.verify().problems == ()


def test_programs_propose_too(pair: Desk) -> None:
    wanted = {"disposition": "false_positive", "reason": "so", "who": "robot"}
    answer = pair.post_json("/api/v1/hits/1/disposition", wanted)
    assert (answer.status, answer.json["disposition"], answer.json["proposed"]["who"]) == (200, "open", "robot")
    assert (
        pair.post_json("/api/v1/hits/1/disposition", wanted | {"who": "Dana"}).json["disposition"] == "false_positive"
    )


def test_the_form_shows_what_it_would_hide_before_it_does(desk: Desk) -> None:
    hit = desk.store.hit(1)
    assert hit is not None
    assert "Suppress what is like it" not in desk.ask("/hits/1").text
    desk.store.set_disposition(1, Disposition.FALSE_POSITIVE, who="dana", reason="a namesake", now=NOW)
    assert "Suppress what is like it" in desk.ask("/hits/1").text
    name = hit.hit.best.name.text
    given = {"name": name, "pattern": "", "days": "30", "reason": "another firm", "who": "Dana"}
    shown = desk.post("/hits/1/suppression", given)
    assert shown.status == 200
    assert "1 stored hit is like that" in shown.text
    assert desk.store.suppressions(NOW) == []
    assert desk.post("/hits/1/suppression", given | {"sure": "yes"}).headers["location"] == "/hits/1"
    [(one, _)] = desk.store.suppressions(NOW)
    assert (one.name, one.who, one.reason, (one.ends - NOW).days) == (name, "Dana", "another firm", 30)
    assert desk.post("/hits/1/suppression", given | {"days": "0"}).status == 400
    assert desk.post("/hits/1/suppression", given | {"reason": " "}).status == 400
    assert desk.post("/hits/99/suppression", given).status == 404


def test_what_is_suppressed_is_not_in_the_queue(desk: Desk) -> None:
    hit = desk.store.hit(1)
    assert hit is not None
    wanted = {"name": "", "pattern": hit.hit.best.mention.surface, "days": 30, "reason": "another firm", "who": "Dana"}
    before = len(desk.ask("/api/v1/hits").json["items"])
    made = desk.post_json("/api/v1/hits/1/suppression", wanted)
    assert (made.status, made.json["in_force"], made.json["hits"]) == (200, True, 1)
    assert 'href="/hits/1"' not in desk.ask("/").text
    assert 'href="/hits/1"' in desk.ask("/?suppressed=true").text
    assert "Suppression 1 by Dana keeps this hit from people" in desk.ask("/hits/1").text
    assert len(desk.ask("/api/v1/hits").json["items"]) == before, "programs get every hit"
    [hidden] = desk.ask("/api/v1/hits?suppressed=true").json["items"]
    assert hidden["suppressed"] == {"suppression": 1, "who": "Dana", "reason": "another firm"}
    assert [one["id"] for one in desk.ask("/api/v1/suppressions").json["items"]] == [1]
    ended = desk.post_json("/api/v1/suppressions/1/end", {"why": "wrong", "reopen": True, "who": "Omar"})
    assert (ended.json["in_force"], ended.json["ended_why"], ended.json["hits"]) == (False, "wrong", 0)
    assert 'href="/hits/1"' in desk.ask("/").text
    assert desk.post_json("/api/v1/suppressions/1/end", {}).status == 404


def test_a_preview_for_programs_changes_nothing(desk: Desk) -> None:
    shown = desk.ask("/api/v1/hits/1/suppression?pattern=rosneft").json["items"]
    assert [one["id"] for one in shown if one["id"] == 1] in ([1], [])
    assert desk.ask("/api/v1/suppressions").json["items"] == []
    refused = desk.post_json("/api/v1/hits/1/suppression", {"reason": "all of it"})
    assert (refused.status, "make a silence" in refused.json["error"]) == (400, True)
    assert desk.post_json("/api/v1/hits/1/suppression", {"pattern": "x"}).status == 400
