"""Silences, deliveries, decisions by programs, and links in messages: nothing changes by being looked at."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.alerts.seals import KEY, seal
from monitor.model.matches import Disposition
from tests.web.support import NOW, Desk
from tests.web.test_access import Closed, closed
from tests.web.test_stories import dispositions, wired

__all__ = ["closed", "wired"]  # fixtures


def link(desk: Desk, delivery: int = 1) -> str:
    """As the message bears it."""
    sent = desk.store.delivery(delivery)
    assert sent
    return seal(desk.store.secret(KEY, NOW), sent.id, sent.uid)


def test_following_a_link_changes_nothing_and_saying_so_does(desk: Desk) -> None:
    before = desk.store.deeds(), dispositions(desk)
    for _ in range(2):  # as a mail scanner does, and then the reader
        page = desk.ask(f"/hits/1?via={link(desk)}")
        assert "message to <strong>desk@example.org</strong>" in page.text
    assert (desk.store.deeds(), dispositions(desk), desk.store.acknowledgements(1)) == (*before, [])
    answer = desk.post("/hits/1/acknowledge", {"via": link(desk)})
    assert (answer.status, answer.headers["location"]) == (303, "/hits/1#seen")
    (seen,) = desk.store.acknowledgements(1)
    assert (seen.at, seen.who, seen.channel, seen.recipient) == (
        NOW,
        "desk@example.org",
        "desk-mail",
        "desk@example.org",
    )
    assert "by the link in the message to desk@example.org" in desk.ask("/hits/1").text
    (deed,) = desk.store.deeds()
    assert (deed.what, deed.about) == ("acknowledged", "hit 1, by the link of message 1")


@pytest.mark.parametrize("via", ["", "1", "1.AAAAAAAAAAAAAAAAAAAAAA", "999.AAAAAAAAAAAAAAAAAAAAAA", "2.", "ü", "0.x"])
def test_a_false_seal_proves_nothing(desk: Desk, via: str) -> None:
    page = desk.ask("/hits/1?via=" + via)
    assert page.status == 200
    assert "You came by the link" not in page.text
    desk.post("/hits/1/acknowledge", {"via": via, "who": "Dana"})
    assert [(one.who, one.recipient) for one in desk.store.acknowledgements(1)] == [("Dana", "")]
    assert "You came by" not in desk.ask(f"/hits/2?via={link(desk)}").text, "nor does that of another hit's message"


def test_a_link_opens_no_door(closed: Closed) -> None:
    via = link(closed.desk)
    answer = closed.desk.ask(f"/hits/1?via={via}")
    assert answer.status == 303
    assert answer.headers["location"] == f"/login?to=%2Fhits%2F1%3Fvia%3D{via}"
    assert closed.login("dana", to=f"/hits/1?via={via}").headers["location"] == f"/hits/1?via={via}"
    assert closed.desk.post("/hits/1/acknowledge", {"via": via}).status == 401
    cookie, csrf = closed.enter("dana")
    assert closed.desk.post("/hits/1/acknowledge", {"via": via}, Cookie=cookie).status == 403, "without its token"
    assert closed.desk.post("/hits/1/acknowledge", {"via": via, "csrf": csrf, "who": "X"}, Cookie=cookie).status == 303
    assert [one.who for one in closed.desk.store.acknowledgements(1)] == ["dana"]


def test_a_silence_is_begun_and_ended_and_stands_in_the_trail(desk: Desk) -> None:
    given = {"entity": "russia-energy/rosneft", "hours": "168", "reason": "Known since <Monday>", "who": "Dana"}
    assert desk.post("/silences", given).status == 303
    (one,) = desk.store.silences(NOW)
    assert (one.entity, one.ends, one.reason, one.who) == (
        "russia-energy/rosneft", NOW + timedelta(days=7), "Known since <Monday>", "Dana",
    )  # fmt: skip
    page = desk.ask("/silences").text
    assert "Known since &lt;Monday&gt;" in page
    assert desk.post(f"/silences/{one.id}/end", {}).status == 303
    assert desk.post(f"/silences/{one.id}/end", {}).status == 404
    assert desk.store.silences(NOW) == []
    assert "over since" in desk.ask("/silences").text
    assert [deed.what for deed in desk.store.deeds()] == ["silence ended", "silence"]


@pytest.mark.parametrize(
    "given",
    [{"hours": "24", "reason": "x"}, {"hours": "24", "feed": "a", "reason": " "}, {"hours": "1e9", "feed": "a"}, {}],
)
def test_a_silence_of_nothing_or_for_no_reason_is_refused(desk: Desk, given: dict[str, str]) -> None:
    assert desk.post("/silences", given).status == 400
    assert desk.post_json("/api/v1/silences", given | {"hours": float(given.get("hours", 0))}).status == 400
    assert desk.store.silences(NOW) == []


def test_programs_silence_too(desk: Desk) -> None:
    made = desk.post_json("/api/v1/silences", {"text": "stadium", "hours": 2, "reason": "Football"}).json
    assert made["in_force"]
    assert desk.ask("/api/v1/silences").json["items"] == [made]
    assert desk.post_json(f"/api/v1/silences/{made['id']}/end", {}).json == {"id": made["id"], "in_force": False}
    assert [one["in_force"] for one in desk.ask("/api/v1/silences?over=true").json["items"]] == [False]


def test_a_hit_tells_who_was_told_and_why(desk: Desk) -> None:
    page = desk.ask("/hits/1").text
    assert re.search(r"<strong>desk-mail</strong>\s+at once", page)
    assert "route all" in page
    told = desk.ask("/api/v1/hits/1/alerts").json["items"]
    assert [(one["channel"], one["told"], one["deliveries"]) for one in told] == [("desk-mail", "alert", [1])]
    assert desk.ask("/api/v1/hits/999/alerts").status == 404


def test_a_retry_by_a_program_needs_an_admin(closed: Closed) -> None:
    for who, status in (("vera", 403), ("dana", 403), ("omar", 200)):
        token = closed.token(who)
        assert closed.desk.post_json("/api/v1/alerts/1/retry", {}, Authorization=token).status == status
    assert [(deed.who, deed.what) for deed in closed.desk.store.deeds()] == [("omar (token case-system)", "retry")]


def test_a_program_decides_only_about_what_it_saw(desk: Desk) -> None:
    seen = desk.ask("/api/v1/hits/1").headers["etag"]
    decision = {"disposition": "true_match", "from": "open"}
    assert desk.post_json("/api/v1/hits/1/disposition", decision, If_Match=seen).status == 200
    again = {"disposition": "false_positive", "reason": "x"}
    assert desk.post_json("/api/v1/hits/1/disposition", again, If_Match=seen).status == 412
    assert desk.post_json("/api/v1/hits/1/disposition", again | {"from": "open"}).status == 409
    assert desk.post_json("/api/v1/hits/1/disposition", again, If_Match=f'"x", {seen}').status == 412
    assert [one.became for one in desk.store.history(1)] == [Disposition.TRUE_MATCH]


def test_a_program_decides_about_copies_and_about_many(wired: Desk) -> None:
    decision = {"disposition": "true_match", "copies": True}
    answer = wired.post_json("/api/v1/hits/1/disposition", decision).json
    assert answer["copies"] == [{"hit": 6, "outcome": "decided"}, {"hit": 7, "outcome": "decided"}]
    many = {"hits": [1, 2, 3, 999], "disposition": "false_positive", "reason": "Old news", "from": "open"}
    told = wired.post_json("/api/v1/dispositions", many).json["items"]
    assert {one["hit"]: one["outcome"] for one in told} == {1: "changed", 2: "decided", 3: "decided", 999: "missing"}
    assert [dispositions(wired)[id] for id in (1, 2, 3, 6, 7)] == [
        "true_match", "false_positive", "false_positive", "true_match", "true_match",
    ]  # fmt: skip
