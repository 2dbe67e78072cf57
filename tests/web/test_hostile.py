"""Words from outside are words on every page, and no address leads out of the desk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import FetchError
from monitor.matching import Matcher
from monitor.model.articles import Entry
from monitor.model.listchanges import ListChange
from monitor.model.watchlists import Name, Watchlist
from monitor.pipeline.trial import Trial
from monitor.store import Taken
from tests.web.conftest import served
from tests.web.support import MORNING, NOW, ROSNEFT, Desk, outcome, plan

EVIL = """"><script>alert(1)</script><img src=x onerror=alert(1)>'"""
HOSTILE = replace(
    ROSNEFT,
    id='a/b"><svg onload=alert(1)>',
    names=(Name(f"Rosneft {EVIL}"), Name(f"Unused {EVIL}")),
    notes=EVIL,
    url="javascript:alert(1)",
    linked=(EVIL,),
)
TRIAL = Trial(
    url=f"https://a.example/{EVIL}", moved=EVIL, size=1, title=EVIL, lang="", conditional=False, truncated=True,
    problems=(EVIL,), pace=None, every=None, interval=900.0, entries=((Entry("", "", EVIL, EVIL), ()),),
)  # fmt: skip


def test_words_from_outside_stay_words(filled: Path, tmp_path: Path) -> None:
    shutil.copy(filled, tmp_path / "monitor.db")
    matcher = Matcher.compile([Watchlist("russia-energy", (HOSTILE,), version="v")])
    with served(tmp_path / "monitor.db", [], matcher=lambda: matcher, read_feed=lambda url: TRIAL) as desk:
        story = replace(MORNING[0], title=EVIL, text=f"Rosneft {EVIL} said.", entity=HOSTILE, url="javascript:alert(1)")
        desk.store.record_poll(outcome(story.feed, (story.article(99),), started=NOW), plan)
        change = ListChange("russia-energy", HOSTILE.id, EVIL, "changed", NOW, old_name=EVIL, names_added=(EVIL,))
        desk.store.take_lists({"russia-energy": Taken(EVIL, {})}, [change], {}, since=NOW, now=NOW)
        desk.store.add_silence(now=NOW, ends=NOW, reason=EVIL, who=EVIL, entity=EVIL)
        desk.store.acknowledge(6, who=EVIL, delivery=None, now=NOW)
        path = "/entities/russia-energy/a%2Fb%22%3E%3Csvg%20onload%3Dalert%281%29%3E"
        pages = [desk.ask(one) for one in ("/", "/hits/6", "/overview", "/entities", "/entities?q=rosneft", "/lists")]
        pages += [
            desk.ask(one) for one in ("/lists/changes", "/silences", "/alerts", "/watchlists/russia-energy/names")
        ]
        pages += [desk.ask(path), desk.post("/feeds/test", {"url": "https://a.example/"})]
        pages += [desk.post("/watchlists/try", {"list": f"Rosneft\n{EVIL}"}), desk.ask(f"/silences?entity={EVIL}")]
        for page in pages:
            assert page.status == 200
            for sign in ("<script>alert", "<img", "<svg onload", 'href="javascript:'):
                assert sign not in page.text
        assert "&lt;script&gt;alert" in pages[10].text, "it is shown, as text"
        assert desk.ask("/hits.atom").text.count("<script>") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2Fapp.py",
        "/static/%2e%2e/users.py",
        "/static//etc/passwd",
        "/static/..%5C..%5Cusers.py",
        "/hits/..%2F..%2Fetc%2Fpasswd/evidence",
        "/entities/..%2F../..%2Fetc/passwd",
        "/watchlists/..%2F..%2Fetc/names",
    ],
)
def test_no_address_leads_to_a_file(desk: Desk, path: str) -> None:
    answer = desk.ask(path)
    assert answer.status in (400, 404)
    assert b"import" not in answer.body
    assert b"root:" not in answer.body


def test_an_error_of_a_feed_is_said_and_not_believed(filled: Path, tmp_path: Path) -> None:
    def refused(url: str) -> Trial:
        raise FetchError(f"{url}: {EVIL}")

    shutil.copy(filled, tmp_path / "monitor.db")
    with served(tmp_path / "monitor.db", [], read_feed=refused) as desk:
        page = desk.post("/feeds/test", {"url": f"https://a.example/{EVIL}"})
        assert page.status == 400
        assert "<script>alert" not in page.text
