"""What programs read and write, over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model.matches import Disposition
from monitor.web.metrics import written
from tests.web.support import MORNING, NOW, Desk, fill, outcome, plan


def test_hits_are_those_of_the_command_line(desk: Desk) -> None:
    answer = desk.ask("/api/v1/hits")
    assert answer.headers["content-type"] == "application/json"
    items = answer.json["items"]
    assert answer.json["next"] is None
    assert [item["id"] for item in items] == [5, 4, 3, 2, 1]
    rosneft = items[-1]
    assert rosneft["entity"] == "rosneft"
    assert rosneft["sentence"].startswith("Two tankers chartered by Rosneft")
    assert rosneft["article"]["url"] == "https://news.example.com/harbour-gazette/0"
    assert rosneft["article"]["feed"] == "harbour-gazette"
    assert {"text"} == {mention["field"] for mention in rosneft["mentions"]}
    assert desk.ask("/api/v1/hits/1").json == rosneft


def test_pages_join_without_a_gap(empty: Desk) -> None:
    fill(empty.store, [replace(MORNING[0], text=f"Tanker {n} of Rosneft waits.") for n in range(7)])
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = empty.ask("/api/v1/hits?" + urlencode({"limit": 3, **({"before": cursor} if cursor else {})})).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        newer = replace(MORNING[1], text=f"Лукойла {len(seen)}")
        empty.store.record_poll(outcome(newer.feed, (newer.article(100 + len(seen)),), started=NOW), plan)
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    alerts = empty.ask("/api/v1/alerts?limit=2").json
    rest = empty.ask(f"/api/v1/alerts?limit=1000&before={alerts['next']}").json
    assert rest["next"] is None
    ids = [item["id"] for item in alerts["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(empty.store.deliveries())


def test_feeds_and_alerts_have_the_keys_that_scripts_read(desk: Desk) -> None:
    feed = desk.ask("/api/v1/feeds").json["items"][0]
    assert {"id", "url", "state", "last_polled", "last_success", "failures", "last_error", "entries"} <= feed.keys()
    alert = desk.ask("/api/v1/alerts?state=pending").json["items"][0]
    assert {"id", "channel", "recipient", "state", "attempts", "next_attempt", "last_error", "hits"} <= alert.keys()
    assert alert["hits"] == [5]
    assert desk.ask("/api/v1/alerts?state=sent").json == {"items": [], "next": None}


def test_a_program_decides(desk: Desk) -> None:
    decision = {"disposition": "false_positive", "reason": "A stadium", "who": "case-system"}
    answer = desk.post_json("/api/v1/hits/1/disposition", decision)
    assert answer.status == 200
    assert answer.json["disposition"] == "false_positive"
    assert [(one.who, one.reason) for one in desk.store.history(1)] == [("case-system", "A stadium")]
    assert desk.ask("/api/v1/hits?disposition=false_positive").json["items"] == [answer.json]
    assert desk.post_json("/api/v1/hits/2/disposition", {"disposition": "true_match"}).status == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/hits/999/disposition", {"disposition": "open"}, 404),
        ("/api/v1/hits/1/disposition", {"disposition": "maybe"}, 400),
        ("/api/v1/hits/1/disposition", {"disposition": "open", "reson": "x"}, 400),
        ("/api/v1/hits/1/disposition", {"disposition": "open", "reason": "x" * 3000}, 400),
        ("/api/v1/hits/1/disposition", [], 400),
        ("/api/v1/hits/x/disposition", {"disposition": "open"}, 400),
    ],
)
def test_what_a_program_gets_wrong_is_said(desk: Desk, path: str, body: Any, status: int) -> None:
    answer = desk.post_json(path, body)
    assert answer.status == status
    assert answer.json["error"]
    assert desk.store.history(1) == []


def test_a_body_that_is_no_json_decides_nothing(desk: Desk) -> None:
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        answer = desk.ask("/api/v1/hits/1/disposition", "POST", b"disposition=open", Content_Type=content_type)
        assert answer.status == 400
    plain = desk.ask("/api/v1/hits/1/disposition", "POST", b'{"disposition": "open"}', Content_Type="text/plain")
    assert plain.status == 400, "a form on another site can send text/plain without asking"


BAD = ["before=x", "before=0", "before=1e3", "limit=0", "limit=1001", "severity=worst", "since=soon", "q=" + "x" * 201]


@pytest.mark.parametrize("query", [*(f"hits?{bad}" for bad in BAD), "alerts?before=-1", "alerts?state=lost"])
def test_a_bad_parameter_is_400_in_json(desk: Desk, query: str) -> None:
    answer = desk.ask(f"/api/v1/{query}")
    assert answer.status == 400
    assert answer.json["error"].startswith(query.partition("?")[2].partition("=")[0] + ":")


def test_what_is_not_there_is_404_in_json(desk: Desk) -> None:
    assert desk.ask("/api/v1/hits/999").status == 404
    assert "999" in desk.ask("/api/v1/hits/999").json["error"]
    assert desk.ask("/api/v1/nothing").json["error"]


def test_openapi_describes_what_is_there(desk: Desk) -> None:
    described = desk.ask("/openapi.json").json
    assert set(described["paths"]) == {
        "/api/v1/hits",
        "/api/v1/hits/{id}",
        "/api/v1/hits/{id}/disposition",
        "/api/v1/hits/{id}/suppression",
        "/api/v1/suppressions",
        "/api/v1/suppressions/{id}/end",
        "/api/v1/alerts",
        "/api/v1/feeds",
    }
    named = {parameter["name"] for parameter in described["paths"]["/api/v1/hits"]["get"]["parameters"]}
    assert named >= {"watchlist", "entity", "severity", "feed", "lang", "disposition", "since", "q", "before", "limit"}
    assert desk.ask("/docs").status == 404, "its page would load scripts from elsewhere"


def test_no_secret_and_no_article_text_leaves(desk: Desk) -> None:
    told = "".join(desk.ask(path).text for path in ("/api/v1/hits", "/api/v1/alerts", "/api/v1/feeds", "/openapi.json"))
    assert "sqlite" not in told
    assert "lease" not in told


def test_a_database_that_does_not_answer_is_503_and_said(desk: Desk) -> None:
    with desk.store.db.write() as connection:
        connection.exec_driver_sql("ALTER TABLE hits RENAME TO hidden")
    answer = desk.ask("/api/v1/hits")
    assert answer.status == 503
    assert "no such table" in answer.json["error"]
    page = desk.ask("/")
    assert page.status == 503
    assert "The database does not answer" in page.text
    assert desk.ask("/healthz").status == 200, "the process is alive"
    assert desk.ask("/metrics").status == 503


def test_metrics_are_well_formed_and_count(desk: Desk) -> None:
    desk.store.record_poll(outcome("wire-that-broke", error="no answer"), plan)
    desk.store.set_disposition(1, Disposition.TRUE_MATCH, who="t", reason="", now=NOW)
    answer = desk.ask("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert samples["monitor_ready"] == "1"
    assert samples["monitor_polls_total"] == "6"
    assert samples["monitor_poll_failures_total"] == "1"
    assert samples["monitor_entries_total"] == "5"
    assert samples['monitor_hits{severity="high",disposition="true_match"}'] == "1"
    assert samples['monitor_deliveries{channel="desk-mail",state="pending"}'] == "5"
    assert samples['monitor_feeds{state="failing"}'] == "1"
    assert samples['monitor_feed_failures{feed="wire-that-broke"}'] == "1"
    success = samples['monitor_feed_last_success_timestamp_seconds{feed="al-mina"}']
    assert abs(float(success) - NOW.timestamp()) < 3600
    names = [line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert answer.text.endswith("\n")


def test_a_label_may_hold_anything() -> None:
    text = written([("m", "gauge", "Help.", [({"feed": 'a"b\\c\nd'}, 2)])])
    assert text == '# HELP m Help.\n# TYPE m gauge\nm{feed="a\\"b\\\\c\\nd"} 2\n'


KEYS = ["watchlist", "entity", "severity", "feed", "lang", "disposition", "since", "q"]
KEYS += ["before", "limit", "state", "done"]
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(str),
    st.sampled_from(["open", "any", "high", "rosneft", "\x00", "%", "[", "\\"]),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31"]),
)
QUERIES = st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=5)
PATHS = st.sampled_from(["/", "/hits", "/alerts", "/feeds", "/api/v1/hits", "/api/v1/alerts", "/api/v1/feeds"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS, query=QUERIES)
def test_no_query_is_a_defect(desk: Desk, path: str, query: list[tuple[str, str]]) -> None:
    answer = desk.ask(f"{path}?{urlencode(query, errors='surrogatepass')}")
    assert answer.status in (200, 400)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    id=st.one_of(st.integers(-2, 2**70).map(str), st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)),
    body=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)),
    key=st.sampled_from(["disposition", "reason", "who", "was", "back", "next"]),
)
def test_no_write_is_a_defect(desk: Desk, id: str, body: Any, key: str) -> None:
    escaped = id.replace("%", "%25").replace("?", "%3F").replace("#", "%23").replace("/", "%2F").replace(".", "%2E")
    decision = {"disposition": "open"} | {key: body}
    assert desk.post_json(f"/api/v1/hits/{escaped}/disposition", decision).status in (200, 400, 404, 405)
    form = {"disposition": "open"} | {key: json.dumps(body)}
    assert desk.post(f"/hits/{escaped}/disposition", form).status in (303, 400, 404, 405, 409)
