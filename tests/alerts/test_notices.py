"""Notices in every medium: said whole, and nothing that a feed's error says can act on it."""

from __future__ import annotations

import json

import pytest

from monitor.alerts.render import DISCLAIMER, render_console, render_webhook
from monitor.model.alerts import Notice
from monitor.model.watchlists import Severity
from tests.alerts.support import BASE, NOW, noticed
from tests.alerts.test_render import Page, check_blocks, mailed, part, slack, texts

LINES = (
    "feed al-mina is dead: last read 22 Nov 2026, 09:17 UTC; https://al-mina.example answered 503 (for 1 d)",
    "the official list un is stale or missing: see `monitor lists status` (for 2 h)",
)
ALARM = Notice("health", "Monitor in trouble: 2 problems", Severity.HIGH, LINES)


def test_it_is_said_whole_in_every_medium() -> None:
    sent = noticed(ALARM)
    mail = mailed(sent)
    assert mail["Subject"] == ALARM.title
    page = Page(part(mail, "html"))
    blocks = slack(sent)
    check_blocks(blocks)
    for text in (
        part(mail, "plain"),
        page.text,
        "".join(texts(blocks["blocks"])),
        blocks["text"],
        render_console(sent, base_url=BASE, now=NOW),
    ):
        for wanted in (ALARM.title, *LINES, DISCLAIMER):
            assert wanted in text
    assert page.links == [f"{BASE}/"]


def test_programs_read_it_as_they_read_hits() -> None:
    body = render_webhook(noticed(ALARM), base_url=BASE, now=NOW)
    assert body["type"] == "monitor.health"
    assert (body["data"]["title"], body["data"]["lines"], body["data"]["hits"]) == (ALARM.title, list(LINES), [])
    assert json.loads(json.dumps(body)) == body


EVIL = "<script>alert(1)</script>\r\nBcc: all@example.org\u202e<!channel> *x* {{ 7*7 }} =?utf-8?q?a?= " + "a" * 9000


@pytest.mark.parametrize("lines", [(), (EVIL,), (EVIL,) * 60])
def test_outside_words_never_act(lines: tuple[str, ...]) -> None:
    sent = noticed(Notice("health", EVIL, Severity.LOW, lines, feed=EVIL))
    mail = mailed(sent)
    assert "Bcc" not in mail
    assert "\n" not in mail["Subject"]
    assert "script" not in Page(part(mail, "html")).tags
    payload = slack(sent)
    check_blocks(payload)
    assert "<!channel>" not in payload["text"] + "".join(texts(payload["blocks"]))
    assert "49" not in render_console(sent, base_url=BASE, now=NOW)
