"""`/report` as an officer of the bank opens it, and prints it."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Browser

from tests.web.support import Desk

DAY = "from=2026-11-23&to=2026-11-23"


def test_the_page_answers_and_asks_nothing_from_elsewhere(desk: Desk) -> None:
    page = desk.ask(f"/report?{DAY}")
    assert page.status == 200
    assert "on 23 Nov 2026 (UTC)" in page.text
    assert 'href="/report.css"' in page.text
    assert "<style" not in page.text, "the content security policy would not let it"
    assert "https://watch.example.org/hits/" in page.text
    assert desk.ask("/report.css").headers["content-type"].startswith("text/css")


@pytest.mark.browser
def test_it_is_reached_from_the_overview_without_javascript(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.url}/overview")
    page.get_by_label("From").fill("2026-11-23")
    page.get_by_label("Entity, or all").fill("rosneft")
    page.get_by_role("button", name="Report").click()
    assert page.url.startswith(f"{desk.url}/report?from=2026-11-23")
    assert "on 23 Nov 2026 (UTC)" in page.inner_text("body")
    assert "Rosneft" in page.inner_text("body")
    context.close()


def test_json_and_csv_are_files(desk: Desk) -> None:
    told = desk.ask(f"/report?{DAY}&format=json")
    assert told.json["answer"]["kind"] == "found"
    assert 'filename="report-2026-11-23.json"' in told.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(desk.ask(f"/report?{DAY}&format=csv").text)))
    assert sum(row["row"] == "hit" for row in rows) == len(told.json["hits"])


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("from=yesterday", "is no day or time"),
        ("from=2026-11-23&to=2026-11-01", "ends before it begins"),
        ("from=2020-01-01&to=2026-11-01", "at most 366 days"),
        ("from=2026-11-23&entity=Nemo", "nobody on a list"),
        ("from=2030-01-01", "has not begun"),
    ],
)
def test_what_cannot_be_told_is_one_sentence(desk: Desk, query: str, why: str) -> None:
    page = desk.ask(f"/report?{query}")
    assert page.status == 400
    assert why in page.text


def test_nothing_polled_so_far_says_so(empty: Desk) -> None:
    assert "Nothing can be said: no feed was read" in empty.ask("/report").text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_reads_well_on_screen_and_paper(browser: Browser, desk: Desk, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{desk.url}/report?{DAY}")
    heading = page.locator("h1").bounding_box()
    assert heading is not None
    assert heading["y"] < 200, "the answer is what is seen first"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs off the side"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
