"""Wire copies are one row and one decision; many rows are decided at once; a hit's page has all that is beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from monitor.model.feeds import NewArticle
from monitor.model.matches import Disposition
from monitor.model.settings import Retention
from tests.web.support import LUKOIL, MORNING, NOW, ROSNEFT, Desk, match, outcome, plan
from tests.web.test_browser import opened
from tests.web.test_pages import Page, rows

COPY = 100
"""Articles' numbers from here on are copies."""


def add(desk: Desk, feed: str, article: NewArticle, minutes: int = 0) -> None:
    desk.store.record_poll(outcome(feed, (article,), started=NOW), plan)


@pytest.fixture
def wired(desk: Desk) -> Desk:
    """The first story again, word for word, in two other feeds: hits 6 and 7 are copies of 1."""
    for number, feed in enumerate(("al-mina", "nanhai-ribao")):
        add(desk, feed, replace(MORNING[0], feed=feed).article(COPY + number))
    return desk


def dispositions(desk: Desk) -> dict[int, str]:
    return {record.id: record.disposition.value for record in desk.store.hits()}


def picks(html: str) -> list[str]:
    return [one["value"] for one in Page(html).all("input") if one.get("name") == "row"]


def test_wire_copies_are_one_row(wired: Desk) -> None:
    html = wired.ask("/").text
    assert len(rows(html)) == 5
    assert "3 articles</strong> of this story" in html
    assert picks(html)[0] == "open:7,6,1"
    assert len(rows(wired.ask("/?feed=al-mina").text)) == 2, "what is asked for is shown, though a copy is newer"
    assert len(wired.ask("/api/v1/hits").json["items"]) == 7, "programs get each hit"


def test_a_row_is_decided_with_its_copies_and_taken_back_with_them(wired: Desk) -> None:
    wired.store.set_disposition(6, Disposition.ESCALATED, who="omar", reason="", now=NOW)
    given = {"disposition": "true_match", "was": "open", "also": "7,1", "back": ""}
    assert wired.post("/hits/7/disposition", given).status == 303
    assert [dispositions(wired)[id] for id in (7, 6, 1)] == ["true_match", "escalated", "true_match"]
    page = Page(wired.ask("/?done=7").text)
    undo = [one["value"] for one in page.all("input") if one.get("name") == "also" and one["value"] in ("1,7", "7,1")]
    assert undo, "the notice undoes what was done together"
    wired.post("/hits/7/disposition", {"disposition": "open", "was": "true_match", "also": undo[0]})
    assert [dispositions(wired)[id] for id in (7, 6, 1)] == ["open", "escalated", "open"]
    assert [len(wired.store.history(id)) for id in (7, 6, 1)] == [2, 1, 2]


def test_a_copy_that_somebody_else_decided_stays_so(wired: Desk) -> None:
    wired.store.set_disposition(1, Disposition.ESCALATED, who="omar", reason="", now=NOW)
    given = {"disposition": "true_match", "was": "open", "also": "7,6,1"}
    assert wired.post("/hits/7/disposition", given).status == 303
    assert [dispositions(wired)[id] for id in (7, 6, 1)] == ["true_match", "true_match", "escalated"]


def test_many_rows_are_decided_at_once_each_with_its_result(wired: Desk) -> None:
    html = wired.ask("/").text
    chosen = picks(html)
    wired.store.set_disposition(4, Disposition.TRUE_MATCH, who="omar", reason="", now=NOW)
    body = "&".join(f"row={value}" for value in [*chosen, "open:999"])
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    answer = wired.ask(
        "/hits/decide",
        "POST",
        f"{body}&disposition=false_positive&reason=Old+news&back=severity%3Dhigh".encode(),
        **form,
    )
    assert answer.status == 200
    assert "decided, all 3 copies" in answer.text
    assert "somebody else has decided" in answer.text
    assert "no such hit" in answer.text
    assert 'href="/?severity=high"' in answer.text
    expected = dict.fromkeys((1, 2, 3, 5, 6, 7), "false_positive") | {4: "true_match"}
    assert dispositions(wired) == expected
    assert wired.store.history(2)[-1].reason == "Old news"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("disposition=true_match", 200),
        ("disposition=false_positive&row=open:1", 400),
        ("disposition=maybe&row=open:1", 400),
        ("disposition=true_match&row=maybe:1", 400),
        ("disposition=true_match&row=open:" + ",".join(["1"] * 3000), 200),
        ("disposition=true_match&row=open:x,-1,²", 200),
        ("&".join(["row=open:1"] * 500), 400),
    ],
)
def test_odd_bulk_forms_are_no_defect(desk: Desk, body: str, status: int) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert desk.ask("/hits/decide", "POST", body.encode(), **form).status == status


@pytest.fixture
def whole(wired: Desk) -> Desk:
    """An article of several lines that names two entities: hits 8 and 9."""
    sentence = "Two tankers of Rosneft wait off Sikka."
    text = f"{sentence}\nTraders said Лукойл had\nleft <b>the port</b>.\n\nRosneft did not answer."
    story = replace(MORNING[0], title="A port waits", text=text, more=())
    article = story.article(COPY + 9)
    first, second = (
        replace(match(entity, text, surface, 97.0), snippet=match(entity, line, surface, 97.0).snippet)
        for entity, surface, line in ((ROSNEFT, "Rosneft", sentence), (LUKOIL, "Лукойл", "Traders said Лукойл had"))
    )
    last = text.rindex("Rosneft")
    again = replace(first, mention=replace(first.mention, start=last, end=last + 7))
    hit = article.hits[0]
    named = (replace(hit, matches=(first, again)), replace(hit, entity=LUKOIL, matches=(second,)))
    add(wired, "harbour-gazette", replace(article, hits=named))
    return wired


def test_a_hits_page_has_the_text_with_every_mention_and_what_is_beside_it(whole: Desk) -> None:
    html = whole.ask("/hits/8").text
    text = html[html.index('class="fulltext"') :]
    assert text.count("<mark>Rosneft</mark>") == 2
    assert '<mark class="other">Лукойл</mark>' in text
    assert "&lt;b&gt;the port&lt;/b&gt;" in text
    assert "What the feed gave" in text
    assert "Also named in this article" in html
    assert 'href="/hits/9" dir="auto">LUKOIL OAO' in html
    copies = whole.ask("/hits/1").text
    assert "The same story elsewhere" in copies
    for said in ("al-mina", "nanhai-ribao", 'href="/hits/6"', 'href="/hits/7"'):
        assert said in copies
    assert 'name="also" value="6,7" checked' in copies
    assert "The same story elsewhere" not in whole.ask("/hits/4").text


def test_a_text_that_is_not_kept_any_longer_is_said(whole: Desk) -> None:
    whole.store.prune(NOW.replace(year=2030), Retention(articles=86400.0))
    html = whole.ask("/hits/8").text
    assert "Not kept any longer" in html
    assert "<mark>Rosneft</mark>" in html, "the sentence stays"


def test_the_evidence_is_a_file_without_the_articles_text(whole: Desk) -> None:
    whole.store.set_disposition(1, Disposition.ESCALATED, who="dana", reason="Ask legal", now=NOW)
    answer = whole.ask("/hits/1/evidence")
    assert answer.headers["content-disposition"] == 'attachment; filename="hit-1.json"'
    told = answer.json
    assert told["hit"] == whole.ask("/api/v1/hits/1").json
    assert told["matches"][-1]["reasons"][0]["points"] == 92
    assert told["list_record"]["identifiers"] == [["ticker", "ROSN"]]
    assert [(one["who"], one["became"]) for one in told["history"]] == [("dana", "escalated")]
    assert [one["hit"] for one in told["story"]] == [6, 7]
    assert "not a finding" in told["note"]
    named = whole.ask("/hits/8/evidence").text
    assert "Two tankers of Rosneft wait off Sikka." in named
    assert "did not answer" not in named
    assert whole.ask("/hits/999/evidence").status == 404


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", [1280, 390])
def test_rows_are_marked_and_decided_together(browser: Browser, wired: Desk, width: int, javascript: bool) -> None:
    with opened(browser, wired, "/", width=width, java_script_enabled=javascript) as page:
        if javascript:
            page.keyboard.press("x")
            page.keyboard.press("j")
            page.keyboard.press("x")
        else:
            page.get_by_role("checkbox").nth(0).check()
            page.get_by_role("checkbox").nth(1).check()
        form = page.get_by_role("form", name="Decide about all marked")
        form.get_by_label("Reason for all marked").fill("Old news")
        form.get_by_role("button", name="False positive").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(page.locator("tbody")).to_contain_text("decided, all 3 copies")
        page.get_by_role("link", name="Back to the queue").click()
        expect(page.locator(".hit")).to_have_count(3)
    assert [id for id, now in dispositions(wired).items() if now == "false_positive"] == [7, 6, 5, 1]


@pytest.mark.browser
def test_the_articles_text_folds_and_is_not_printed(browser: Browser, whole: Desk) -> None:
    with opened(browser, whole, "/hits/8") as page:
        expect(page.get_by_text("Traders said Лукойл had")).to_be_visible()
        page.get_by_text("What the feed gave").click()
        expect(page.get_by_text("Traders said Лукойл had")).to_be_hidden()
        page.get_by_text("What the feed gave").click()
        page.emulate_media(media="print")
        expect(page.get_by_text("Traders said Лукойл had")).to_be_hidden()
        expect(page.get_by_text("Also named in this article")).to_be_visible()
