"""A morning at the desk in a real browser; `MONITOR_WRITE_IMAGES=docs/images` also writes the pictures of the docs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import text

from monitor.model.alerts import Dead, Retry, Sent
from monitor.model.listchanges import ListChange
from monitor.model.matches import Disposition
from monitor.store import Taken
from tests.web.support import MORNING, NOW, Desk, outcome, plan

pytestmark = pytest.mark.browser
DESKTOP, PHONE = 1280, 390  # CSS pixels
EVERY_PAGE = [
    "/",
    "/hits/1",
    "/hits/4",
    "/overview",
    "/entities",
    "/entities/russia-energy/rosneft",
    "/entities?q=лукойл",
    "/feeds",
    "/lists",
    "/lists/changes",
    "/watchlists/russia-energy/names",
    "/watchlists/try",
    "/alerts",
    "/silences",
    "/nowhere",
    "/?q=nothing&feed=al-mina",
]

CONTRAST = """() => {
  const light = c => { const v = c.map(x => x / 255).map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
                       return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
                        if (c.length === 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.offsetHeight) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(walk.currentNode.data.trim());
  }
  return poor;
}"""

NAMELESS = """() => Array.from(document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea'))
  .filter(e => !e.textContent.trim() && !(e.labels && e.labels.length) && !e.getAttribute('aria-label'))
  .map(e => e.outerHTML)"""
"""Controls that a screen reader could not name."""


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """With a fortnight behind it, a feed that fails, lists that changed, and deliveries of every fate."""
    store = desk.store
    for number in range(40):
        story, back = (
            MORNING[(0, 1, 0, 4, 0, 3, 1, 2)[number % 8]],
            timedelta(days=number * number % 13, hours=number * 5 % 23),
        )
        older = replace(story, title=f"{story.title} ({number})", text=f"{story.text} [{number}]")
        store.record_poll(outcome(story.feed, (older.article(200 + number),), started=NOW - back), plan)
    with store.db.write() as connection:  # as if they had been found then
        for number in range(40):
            back = timedelta(days=number * number % 13, hours=number * 5 % 23)
            made = {"at": NOW - back, "id": number + 6}
            connection.execute(text("UPDATE hits SET found_at = :at WHERE id = :id"), made)
            connection.execute(
                text("UPDATE articles SET first_seen = :at WHERE id = (SELECT article_id FROM hits WHERE id = :id)"),
                made,
            )
    older = dict.fromkeys(range(6, 46), Disposition.OPEN)
    for share, became in (
        (3, Disposition.FALSE_POSITIVE),
        (2, Disposition.TRUE_MATCH),
        (1, Disposition.FALSE_POSITIVE),
    ):
        some = {id: seen for id, seen in older.items() if id % share == 0}
        store.decide(some, became, who="dana", reason="Looked at", now=NOW)
    then = NOW - timedelta(days=2)
    changes = [
        ListChange("russia-energy", "lukoil", "LUKOIL OAO", "added", then, ("RUSSIA-EO14024",)),
        ListChange("russia-energy", "rosneft", "Rosneft PJSC", "changed", then, names_added=("俄罗斯石油公司",)),
    ]
    taken = {"russia-energy": Taken("a1b2c3", {}), "iran": Taken("0d0e0f", {})}
    store.take_lists(taken, changes, {}, since=then, now=then)
    store.add_silence(now=NOW, ends=NOW + timedelta(days=7), reason="Football season", who="dana", text="stadium")
    error = "https://wire-that-broke.example.com/rss: the server answered 500; it is tried again"
    store.record_poll(outcome("wire-that-broke", error=error), plan)
    fates = [Sent("1"), Retry("mail.example.org:587 refused the connection"), Dead("554 5.7.1 no such user"), Sent("2")]
    claimed = store.claim_due_deliveries(NOW, lease=60, owner="t", limit=45, channels=["desk-mail"])
    fates += [Sent(str(number)) for number in range(3, 44)]
    for delivery, fate in zip(claimed, fates, strict=True):
        then = NOW - timedelta(minutes=4)
        store.record_delivery(delivery.id, fate, now=then, next_attempt=NOW + timedelta(minutes=2))
    return desk


@contextmanager
def opened(browser: Browser, desk: Desk, path: str, *, width: int = DESKTOP, **more: Any) -> Iterator[Page]:
    """A page on which nothing may go wrong: no error in the console, no request to another host."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **more)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "404" not in message.text:
            said.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(desk.url + path)
    yield page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(desk.url)] == []


def picture(page: Page, name: str) -> None:
    directory = os.environ.get("MONITOR_WRITE_IMAGES")
    if directory:
        Path(directory).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(directory) / name, full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE, 320])
def test_every_page_reads_well(browser: Browser, busy: Desk, width: int, scheme: str) -> None:
    busy.store.set_disposition(4, Disposition.ESCALATED, who="Dana", reason="Ask legal", now=NOW)
    with opened(browser, busy, "/", width=width, color_scheme=scheme) as page:
        for path in EVERY_PAGE:
            page.goto(busy.url + path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path}: a reader would have to scroll sideways"
            assert page.evaluate(CONTRAST) == [], f"{path}: too faint to read (WCAG AA wants 4.5 : 1)"
            assert page.evaluate(NAMELESS) == [], path
            expect(page.get_by_text("A hit is a lead, not a finding")).to_be_visible()
            assert page.locator("h1").count() == 1
            assert page.title().endswith("Watchlist monitor")


def test_the_pictures_of_the_docs(browser: Browser, busy: Desk) -> None:
    for name, path, width, scheme in (
        ("desk-hits", "/", DESKTOP, "light"),
        ("desk-hits-dark", "/", DESKTOP, "dark"),
        ("desk-hits-phone", "/", PHONE, "light"),
        ("desk-hit", "/hits/1", DESKTOP, "light"),
        ("desk-hit-rtl-phone", "/hits/4", PHONE, "dark"),
        ("desk-overview", "/overview", DESKTOP, "light"),
        ("desk-overview-dark", "/overview", DESKTOP, "dark"),
        ("desk-entity", "/entities/russia-energy/rosneft", DESKTOP, "light"),
        ("desk-lists", "/lists", DESKTOP, "light"),
    ):
        with opened(browser, busy, path, width=width, color_scheme=scheme, device_scale_factor=1.5) as page:
            expect(page.locator("main")).to_be_visible()
            picture(page, f"{name}.png")
    with opened(browser, busy, "/watchlists/try", device_scale_factor=1.5) as page:
        page.get_by_label("The list:").fill("Sikka\nNobody Named Here\nLtd")
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_role("heading", name=" articles")).to_be_visible()
        picture(page, "desk-try.png")


def test_a_list_is_tried_and_a_silence_made_without_javascript(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Sikka\nNobody Named Here\n", encoding="utf-8")
    with opened(browser, desk, "/lists", java_script_enabled=False) as page:
        page.get_by_role("link", name="Try a list").click()
        page.get_by_label("or a file").set_input_files(file)
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("mark")).to_have_text(["Sikka"])
        page.goto(desk.url + "/hits/1")
        page.get_by_role("link", name="Silence alerts about it").click()
        expect(page.get_by_label("Entity")).to_have_value("russia-energy/rosneft")
        page.get_by_label("Why").fill("Known")
        page.get_by_role("button", name="Silence").click()
        expect(page.get_by_role("button", name="End now")).to_be_visible()
    assert [one.entity for one in desk.store.silences(NOW)] == ["russia-energy/rosneft"]


def test_the_plots_are_seen_in_the_dark_and_on_paper(browser: Browser, busy: Desk) -> None:
    bars = "() => Array.from(document.querySelectorAll('svg.plot .high > .bars')).map(e => getComputedStyle(e).fill)"
    with opened(browser, busy, "/overview", color_scheme="dark") as page:
        dark = page.evaluate(bars)
        page.emulate_media(media="print", color_scheme="dark")
        assert dark == ["rgb(255, 163, 107)"]
        assert page.evaluate(bars) == ["rgb(184, 71, 12)"], "as on white paper"
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_a_morning_by_keyboard(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk, "/") as page:
        current = page.locator(".hit.current h2")
        press: Callable[[str], None] = page.keyboard.press
        expect(current).to_have_text("Sergei Viktorovich Lavrov")
        press("j")
        expect(current).to_have_text("National Iranian Oil Company")
        press("k")
        press("k")
        expect(current).to_have_text("Sergei Viktorovich Lavrov")

        press("t")
        page.wait_for_url("**/?done=5#hit-4")
        expect(page.get_by_role("status")).to_contain_text("true match")
        expect(current).to_have_text("National Iranian Oil Company")

        press("e")
        page.wait_for_url("**/?done=4#hit-3")
        expect(page.get_by_role("status")).to_contain_text("escalated")

        press("f")
        reason = page.locator(".hit.current input[name=reason]")
        expect(reason).to_be_focused()
        page.keyboard.type("Just a test of keys: t e u j")
        press("Escape")
        expect(reason).to_be_hidden()
        press("f")
        press("Enter")
        page.wait_for_url("**/?done=3#hit-2")
        expect(page.get_by_role("status")).to_contain_text("false positive")
        expect(page.locator(".hit")).to_have_count(2)

        press("u")
        page.wait_for_url("**/?done=3#hit-3")
        expect(page.locator(".hit")).to_have_count(3)
        expect(current).to_have_text("Rosneft PJSC")

        press("j")
        press("o")
        page.wait_for_url("**/hits/2")
        press("f")
        expect(page.get_by_label("Reason")).to_be_focused()
        page.keyboard.type("A filling station")
        press("Escape")
        press("f")
        expect(page.get_by_text("A filling station")).to_be_visible()
        press("q")
        page.wait_for_url(desk.url + "/")
        expect(page.locator(".hit")).to_have_count(2)
    assert [hit.disposition.value for hit in desk.store.hits()] == [
        "true_match",
        "escalated",
        "open",
        "false_positive",
        "open",
    ]
    assert [one.reason for one in desk.store.history(3)] == ["Just a test of keys: t e u j", "Taken back"]


def test_keys_do_nothing_while_somebody_types(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk, "/") as page:
        page.get_by_label("Words").fill("")
        page.get_by_label("Words").press_sequentially("tfeu")
        page.keyboard.press("Control+e")
        page.locator("body").click(position={"x": 5, "y": 300})
        page.keyboard.press("Control+t")
        expect(page.locator(".hit")).to_have_count(5)
    assert {hit.disposition for hit in desk.store.hits()} == {Disposition.OPEN}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_everything_that_matters_works_without_javascript(browser: Browser, desk: Desk, width: int) -> None:
    with opened(browser, desk, "/", width=width, java_script_enabled=False) as page:
        page.get_by_label("Severity").select_option("critical")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".hit")).to_have_count(1)
        page.get_by_text("False positive…").click()
        page.get_by_label("Why it is a false positive").fill("A stadium")
        page.locator(".hit").get_by_role("button", name="False positive").click()
        expect(page.get_by_role("status")).to_contain_text("false positive")
        assert "severity=critical" in page.url, "the view is kept"
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".hit")).to_have_count(1)
        page.get_by_role("link", name="Rosneft PJSC").first.click()
        page.get_by_label("Reason").fill("Confirmed with the desk")
        page.get_by_label("Your name").fill("Dana")
        page.get_by_role("button", name="True match").click()
        expect(page.get_by_text("Confirmed with the desk")).to_be_visible()
        page.goto(desk.url + "/")
        page.get_by_text("More filters").click()
        page.get_by_label("Language").select_option("ru")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("mark")).to_have_text(["Лукойла"])
    assert [(one.who, one.reason) for one in desk.store.history(3)][-1] == ("Dana", "Confirmed with the desk")


def test_a_retry_is_a_click(browser: Browser, busy: Desk) -> None:
    with opened(browser, busy, "/alerts?state=dead") as page:
        page.get_by_role("button", name="Retry now").click()
        page.wait_for_url("**/alerts#delivery-3")
        expect(page.locator("#delivery-3")).to_contain_text("pending")


def test_scripts_of_every_direction_are_marked_in_place(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk, "/") as page:
        arabic = page.locator("#hit-4 blockquote")
        assert arabic.evaluate("e => getComputedStyle(e).direction") == "rtl"
        expect(arabic.locator("mark")).to_have_text("شركت ملی نفت ایران")
        name = page.locator("#hit-4 h2")
        assert name.evaluate("e => getComputedStyle(e.firstElementChild).direction") == "ltr"
        chinese = page.locator("#hit-3 blockquote")
        assert chinese.evaluate("e => getComputedStyle(e).direction") == "ltr"
        assert chinese.get_attribute("lang") == "zh"
        expect(chinese.locator("mark")).to_have_text("俄罗斯石油公司")
        whole, marked = (box.bounding_box() for box in (arabic, arabic.locator("mark")))
        assert whole is not None
        assert marked is not None
        assert whole["x"] < marked["x"] < whole["x"] + whole["width"]


def test_a_hit_prints_on_white_without_the_controls(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk, "/hits/1", color_scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.get_by_role("navigation")).to_be_hidden()
        expect(page.get_by_role("button", name="True match")).to_be_hidden()
        expect(page.locator(".keys")).to_be_hidden()
        expect(page.get_by_text("Why it matched")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(CONTRAST) == []


def test_another_sites_form_does_not_get_through(browser: Browser, desk: Desk) -> None:
    """A page on another origin of the same machine posts to ours, as a browser sends it."""
    context = browser.new_context()
    page = context.new_page()
    form = f'<form method="post" action="{desk.url}/hits/1/disposition"><button name="disposition" value="true_match">'
    html = form + "Win</button></form>"
    page.route("http://localhost:1/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("http://localhost:1/")
    with page.expect_response("**/disposition") as answered:
        page.get_by_role("button").click()
    assert answered.value.status == 403
    context.close()
    assert {hit.disposition for hit in desk.store.hits()} == {Disposition.OPEN}
