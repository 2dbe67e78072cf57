"""What an analyst sees and does, without JavaScript: everything here goes through plain HTTP."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from monitor.model.alerts import Dead, DeliveryState, Retry
from monitor.model.matches import Disposition
from monitor.model.watchlists import Name
from tests.web.support import MORNING, NOW, ROSNEFT, Desk, Story, fill, outcome, plan


class Page(HTMLParser):
    """A page's elements, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.marks: list[str] = []
        self._in_mark = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in_mark = tag == "mark"

    def handle_data(self, data: str) -> None:
        if self._in_mark:
            self.marks.append(data)
            self._in_mark = False

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def rows(html: str) -> list[str]:
    """The entities of the queue's rows, from top to bottom."""
    return re.findall(r'class="open" href="/hits/\d+" dir="auto">([^<]*)<', html)


@pytest.mark.parametrize("path", ["/", "/hits"])
def test_the_queue_shows_the_sentence_with_the_name_marked(desk: Desk, path: str) -> None:
    html = desk.ask(path).text
    page = Page(html)
    assert page.marks == ["Lavrov", "شركت ملی نفت ایران", "俄罗斯石油公司", "Лукойла", "Rosneft"], "the newest first"
    assert "Two tankers chartered by <mark>Rosneft</mark> turned back from Sikka" in html
    links = [link["href"] for link in page.all("a") if link["href"].startswith("http")]
    assert "https://news.example.com/harbour-gazette/0" in links
    quotes = page.all("blockquote")
    assert {quote["dir"] for quote in quotes} == {"auto"}
    assert [quote["lang"] for quote in quotes] == ["en", "ar", "zh", "ru", "en"]
    assert "A hit is a lead, not a finding" in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?watchlist=iran", ["National Iranian Oil Company"]),
        ("?entity=rosneft", ["Rosneft PJSC", "Rosneft PJSC"]),
        ("?severity=critical", ["Rosneft PJSC"]),
        ("?feed=morskoy-vestnik", ["LUKOIL OAO"]),
        ("?lang=ru", ["LUKOIL OAO"]),
        ("?q=tankers", ["Rosneft PJSC"]),
        ("?q=ЛУКОЙЛА", ["LUKOIL OAO"]),
        ("?q=俄罗斯石油公司", ["Rosneft PJSC"]),
        ("?since=2026-11-24", []),
        ("?since=2026-11-23&severity=low", ["Sergei Viktorovich Lavrov"]),
        ("?disposition=escalated", []),
        ("?watchlist=&severity=&q=&disposition=any&since=&feed=al-mina", ["National Iranian Oil Company"]),
        ("?watchlist=no-such-list", []),
    ],
)
def test_filters_are_in_the_address(desk: Desk, query: str, expected: list[str]) -> None:
    assert rows(desk.ask("/" + query).text) == expected


def test_older_pages_stay_put_while_hits_come_in(empty: Desk) -> None:
    stories = [replace(MORNING[0], title=f"Tanker {n} waits", text=f"Tanker {n} of Rosneft waits.") for n in range(60)]
    fill(empty.store, stories)
    html = empty.ask("/?severity=high").text
    assert len(rows(html)) == 50
    older = Page(html).elements
    link = next(attributes["href"] for tag, attributes in older if tag == "a" and attributes.get("rel") == "next")
    newer = replace(MORNING[0], text="A late word on Rosneft.")
    empty.store.record_poll(outcome(newer.feed, (newer.article(1000),), started=NOW), plan)
    page = empty.ask(link).text
    assert len(rows(page)) == 10
    assert "severity=high" in link
    assert 'rel="next"' not in page


def test_a_hit_page_explains_itself(desk: Desk) -> None:
    html = desk.ask("/hits/1").text
    said = html.partition('class="fulltext"')[0]
    assert said.count("<mark>Rosneft</mark>") == 2, "every sentence, not only the best"
    assert "without its legal form" in html
    assert ">+92<" in html
    assert ">−1.5<" in html
    for fact in ("ПАО НК Роснефть", "RUSSIA-EO14024", "ROSN", "2025-10-22", "a1b2c3", "russia-energy"):
        assert fact in html
    links = Page(html).all("a")
    assert "https://ofac.treasury.gov/recent-actions/20251022" in [link["href"] for link in links]
    for link in links:
        if link["href"].startswith("http"):
            assert set(link["rel"].split()) == {"noopener", "noreferrer"}


def test_a_decision_is_kept_with_who_when_and_why(desk: Desk) -> None:
    answer = desk.post("/hits/1/disposition", {"disposition": "escalated", "reason": "Ask legal", "who": "Dana Ö"})
    assert answer.status == 303
    assert answer.headers["location"] == "/hits/1"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    mine = cookie.partition(";")[0]
    assert 'value="Dana Ö"' in desk.ask("/hits/1", Cookie=mine).text, "the name need not be typed again"
    desk.post("/hits/1/disposition", {"disposition": "true_match"}, Cookie=mine)
    html = desk.ask("/hits/1").text
    assert html.index("true match") < html.index("Ask legal"), "the last decision comes first"
    kept = [(one.became, one.who, one.reason, one.at) for one in desk.store.history(1)]
    assert kept == [
        (Disposition.ESCALATED, "Dana Ö", "Ask legal", NOW),
        (Disposition.TRUE_MATCH, "Dana Ö", "", NOW),
    ]


def test_a_decision_leads_back_to_the_queue_and_can_be_taken_back(desk: Desk) -> None:
    desk.post("/hits/5/disposition", {"disposition": "escalated"})
    given = {"disposition": "true_match", "was": "escalated", "back": "disposition=escalated&q=Lavrov", "next": "3"}
    answer = desk.post("/hits/5/disposition", given)
    assert answer.headers["location"] == "/?disposition=escalated&q=Lavrov&done=5#hit-3"
    html = desk.ask("/?done=5").text
    assert ">Clear<" not in html, "no filter is set"
    assert 'value="escalated" data-key="u">Undo' in html, "what it was, not simply open"
    assert "Sergei Viktorovich Lavrov" in html


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "\\evil", "severity=nope", "before=-1", "a" * 5000, "&" * 90]
)
def test_the_way_back_never_leaves_this_site(desk: Desk, back: str) -> None:
    answer = desk.post("/hits/1/disposition", {"disposition": "true_match", "back": back, "next": "//evil.example"})
    assert answer.headers["location"] == "/?done=1"


def test_a_false_positive_wants_a_reason(desk: Desk) -> None:
    answer = desk.post("/hits/1/disposition", {"disposition": "false_positive", "reason": "  ", "who": "Dana"})
    assert answer.status == 400
    assert "why this is a false positive" in answer.text
    assert 'value="Dana"' in answer.text, "what was typed is not lost"
    assert desk.ask("/api/v1/hits/1").json["disposition"] == "open"
    assert desk.post("/hits/1/disposition", {"disposition": "false_positive", "reason": "A stadium"}).status == 303


def test_two_people_do_not_decide_over_each_other(desk: Desk) -> None:
    desk.post("/hits/1/disposition", {"disposition": "true_match", "was": "open"})
    late = {"disposition": "false_positive", "was": "open", "reason": "A stadium"}
    answer = desk.post("/hits/1/disposition", late)
    assert answer.status == 409
    assert "meanwhile" in answer.text
    assert "A stadium" in answer.text
    assert desk.ask("/api/v1/hits/1").json["disposition"] == "true_match"


@pytest.mark.parametrize("body", [b"", b"disposition=maybe", b"\xff\xfe", b"disposition=" + b"%ff" * 50, b"&" * 1000])
def test_a_broken_form_is_the_senders_fault(desk: Desk, body: bytes) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert desk.ask("/hits/1/disposition", "POST", body, **form).status == 400


@pytest.mark.parametrize("path", ["/hits/999", "/hits/0", "/hits/-1", "/hits/x", "/hits/" + "9" * 30, "/hits/²", "/no"])
def test_what_is_not_there_is_a_page_that_says_so(desk: Desk, path: str) -> None:
    answer = desk.ask(path)
    assert answer.status == 404
    assert "Not found" in answer.text
    assert 'href="/"' in answer.text
    assert desk.post(f"{path}/disposition", {"disposition": "open"}).status in (404, 405)


@pytest.mark.parametrize(
    "query", ["before=x", "before=-5", "before=" + "9" * 40, "severity=worst", "since=soon", "q=%00"]
)
def test_what_cannot_be_meant_is_said(desk: Desk, query: str) -> None:
    answer = desk.ask(f"/?{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in answer.text


def test_nothing_found_yet_is_no_empty_page(empty: Desk) -> None:
    assert "Nothing to decide" in empty.ask("/").text
    assert "None so far" in empty.ask("/?disposition=true_match").text
    assert "No hit is like that" in empty.ask("/?q=x").text
    assert "No feeds are configured" in empty.ask("/feeds").text
    assert "Nothing was to be told" in empty.ask("/alerts").text
    assert "not used yet" in empty.ask("/lists").text
    assert empty.ask("/overview").status == 200


def test_feeds_in_trouble_come_first_with_their_reason(desk: Desk) -> None:
    desk.store.record_poll(outcome("wire-that-broke", error="the server answered 500"), plan)
    html = desk.ask("/feeds").text
    assert html.index("wire-that-broke") < html.index("harbour-gazette")
    assert "the server answered 500" in html
    assert "1 feed fails" in html
    overview = desk.ask("/overview").text
    assert "6 polls of 5 feeds" in overview
    assert "no success so far" in overview


def test_a_dead_delivery_is_seen_and_sent_again(desk: Desk) -> None:
    claimed = desk.store.claim_due_deliveries(NOW, lease=60, owner="t", limit=2, channels=["desk-mail"])
    for delivery, result in zip(claimed, (Dead("554 no such user"), Retry("refused")), strict=True):
        desk.store.record_delivery(delivery.id, result, now=NOW, next_attempt=NOW)
    html = desk.ask("/alerts?state=dead").text
    assert "554 no such user" in html
    assert "refused" not in html
    dead = claimed[0].id
    assert f'action="/alerts/{dead}/retry"' in html
    assert "554 no such user" in desk.ask("/overview").text
    assert desk.post(f"/alerts/{dead}/retry", {}).status == 303
    assert desk.store.deliveries(state=DeliveryState.DEAD) == []
    assert desk.post("/alerts/999/retry", {}).status == 404


def test_lists_are_named_with_the_version_in_use(desk: Desk) -> None:
    html = desk.ask("/lists").text
    assert "russia-energy" in html
    assert "a1b2c3" in html


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


def test_what_comes_from_outside_is_text_and_nothing_else(empty: Desk) -> None:
    entity = replace(
        ROSNEFT,
        names=(Name(f"Rosneft {HOSTILE}"),),
        notes=HOSTILE,
        programmes=(HOSTILE,),
        countries=(HOSTILE,),
        identifiers=((HOSTILE, HOSTILE),),
        url="javascript:alert(3)",
    )
    story = Story(
        "harbour-gazette",
        f"Title {HOSTILE}",
        f"A sentence on Rosneft {HOSTILE} here.",
        entity,
        f"Rosneft {HOSTILE}",
        lang=f'en"{HOSTILE}',
        url="javascript:alert(4)",
    )
    fill(empty.store, [story])
    empty.store.record_poll(outcome("al-mina", error=f"{HOSTILE} happened"), plan)
    claimed = empty.store.claim_due_deliveries(NOW, lease=60, owner="t", limit=1, channels=["desk-mail"])
    empty.store.record_delivery(claimed[0].id, Dead(HOSTILE), now=NOW, next_attempt=None)
    empty.store.set_disposition(1, Disposition.ESCALATED, who=HOSTILE, reason=HOSTILE, now=NOW)
    clean_page = {"/static/desk.js"}
    for path in ("/?disposition=any&done=1", "/?q=<script>", "/hits/1", "/overview", "/feeds", "/alerts", "/lists"):
        html = empty.ask(path).text
        page = Page(html)
        assert {script["src"] for script in page.all("script")} == clean_page
        assert page.all("img") == []
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
            for name in ("href", "src", "action"):
                assert not attributes.get(name, "").lower().startswith(("javascript:", "data:")), (path, tag)
            assert "style" not in attributes, "the policy refuses inline styles"
    assert "&lt;script&gt;" in empty.ask("/?disposition=any").text


def test_text_direction_cannot_be_turned_by_a_title(empty: Desk) -> None:
    story = replace(MORNING[0], title="Quiet \u202etxet desrever\u202c title")
    fill(empty.store, [story])
    assert "\u202e" not in empty.ask("/").text
