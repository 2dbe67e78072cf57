"""What a reader sees, in a real browser; `MONITOR_WRITE_IMAGES=docs/images` also writes the README's pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from monitor.alerts.render import DISCLAIMER, render_email, render_slack
from monitor.model.alerts import Delivery, DeliveryKind
from tests.alerts.slack_page import page as slack_page
from tests.alerts.support import ARABIC, BASE, EVERY_LANGUAGE, NOW, RICH, delivery

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]
DESKTOP, PHONE = 760, 390  # CSS pixels


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing: install the package chromium")
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def show(browser: Browser, html: str, *, width: int = DESKTOP, dark: bool = False) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": 600}, color_scheme="dark" if dark else "light", device_scale_factor=2
    )
    page.route("**/*", lambda route: route.abort())  # a mail that needs the network to be read is broken
    page.set_content(html)
    return page


def picture(page: Page, name: str) -> None:
    directory = os.environ.get("MONITOR_WRITE_IMAGES")
    if directory:
        Path(directory).mkdir(parents=True, exist_ok=True)
        page.locator("body").screenshot(path=Path(directory) / name)


def mail(one: Delivery) -> str:
    part = render_email(one, base_url=BASE, now=NOW, sender="Watch <watch@example.org>").get_body(("html",))
    assert part is not None
    return str(part.get_content())


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


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("kind", [DeliveryKind.ALERT, DeliveryKind.DIGEST])
def test_a_mail_reads_well(browser: Browser, kind: DeliveryKind, width: int, dark: bool) -> None:
    one = delivery(RICH) if kind is DeliveryKind.ALERT else delivery(*EVERY_LANGUAGE, kind=kind)
    page = show(browser, mail(one), width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "a reader would have to scroll sideways"
    assert page.evaluate(CONTRAST) == [], "text too faint to read (WCAG AA wants 4.5 : 1)"
    assert page.get_by_text(DISCLAIMER).is_visible()
    assert page.locator("mark").first.inner_text() == ("Rosneft" if kind is DeliveryKind.ALERT else "俄罗斯石油公司")
    scheme = "-dark" if dark else ""
    picture(page, f"{kind.value}-mail{scheme}{'-phone' if width == PHONE else ''}.png")
    page.close()


def test_arabic_reads_from_right_to_left(browser: Browser) -> None:
    page = show(browser, mail(delivery(ARABIC)))
    quote = page.locator("td.quote")
    assert quote.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert page.locator("p", has_text="on the watchlist").evaluate("e => getComputedStyle(e).direction") == "ltr"
    page.close()


def test_the_slack_message(browser: Browser) -> None:
    one = delivery(RICH, channel="desk-slack", recipient="")
    page = show(browser, slack_page(render_slack(one, base_url=BASE, now=NOW), "9:17 AM"))
    assert page.locator(".quote b").first.inner_text() == "Rosneft"
    assert page.get_by_role("link", name="Review the hit").get_attribute("href") == f"{BASE}/hits/1"
    picture(page, "alert-slack.png")
    page.close()
