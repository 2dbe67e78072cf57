"""Accessibility as axe-core sees it, on every page."""

from __future__ import annotations

from importlib import resources

import pytest
from playwright.sync_api import Browser

from monitor.model.matches import Disposition
from tests.web.support import NOW, Desk
from tests.web.test_access import PASSWORD, Closed, closed
from tests.web.test_browser import EVERY_PAGE, opened
from tests.web.test_stories import whole, wired

__all__ = ["closed", "whole", "wired"]  # fixtures

pytestmark = pytest.mark.browser

SERIOUS = """async () => (await axe.run()).violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 200)).join(' | '))"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script, as axe-playwright-python brings it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_a_serious_finding(browser: Browser, whole: Desk, axe: str, width: int, scheme: str) -> None:
    whole.store.set_disposition(4, Disposition.ESCALATED, who="Dana", reason="Ask legal", now=NOW)
    with opened(browser, whole, "/", width=width, color_scheme=scheme) as page:
        for path in [*EVERY_PAGE, "/hits/8", "/?disposition=any&done=4"]:
            page.goto(whole.url + path)
            page.evaluate(axe)
            assert page.evaluate(SERIOUS) == [], path


def test_neither_has_the_way_in_nor_the_audit_trail(browser: Browser, closed: Closed, axe: str) -> None:
    page = browser.new_page()
    page.goto(closed.desk.url + "/audit")
    page.evaluate(axe)
    assert page.evaluate(SERIOUS) == []
    page.get_by_label("Name").fill("omar")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/audit")
    page.evaluate(axe)
    assert page.evaluate(SERIOUS) == []
    page.close()


def test_a_serious_finding_would_be_told(browser: Browser, axe: str) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><button></button></main>")
    page.evaluate(axe)
    assert [one.partition(":")[0] for one in page.evaluate(SERIOUS)] == ["button-name"]
    page.close()
