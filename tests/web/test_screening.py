"""Texts, lists and feeds that others send: looked at, bounded, not stored."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from monitor.client import Client
from monitor.errors import FetchError
from monitor.pipeline.trial import Trial, try_feed
from monitor.web import desk as desk_module
from monitor.workers import Workers
from tests.newsroom import Item, Newspaper
from tests.web.conftest import served
from tests.web.support import NOW, Desk, matcher
from tests.web.test_access import Closed, closed

__all__ = ["closed"]  # a fixture

LIST = """
watchlist: harbour
entities:
  - {id: sikka, type: organization, name: Sikka Harbour Trading, aliases: [Sikka]}
  - {id: nobody, type: person, name: Nobody Named Here}
"""
BOUNDARY = "----desk"


def multipart(**fields: str) -> tuple[bytes, dict[str, str]]:
    parts = []
    for name, value in fields.items():
        file = '; filename="../../etc/passwd"\r\nContent-Type: text/yaml' if name == "file" else ""
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    body = "".join(parts) + f"--{BOUNDARY}--\r\n"
    return body.encode(), {"Content_Type": f"multipart/form-data; boundary={BOUNDARY}"}


def test_a_text_is_screened_against_the_lists_in_use(desk: Desk) -> None:
    asked = {"id": "kyc-7", "text": "两家银行与俄罗斯石油公司有往来. Rosneft PJSC denied it.", "lang": "zh"}
    (found,) = desk.post_json("/api/v1/screen", asked).json["items"]
    assert (found["article"], found["entity"], found["watchlist"]) == ("kyc-7", "rosneft", "russia-energy")
    for mention in found["mentions"]:
        assert asked["text"][mention["start"] : mention["end"]] == mention["surface"]
    assert desk.post_json("/api/v1/screen", asked | {"watchlists": ["iran"]}).json["items"] == []
    assert len(desk.store.hits()) == 5, "nothing is stored"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"text": "x" * 1_000_001}, 400),
        ({"text": "x", "lang": "x" * 36}, 400),
        ({"text": "x", "txet": "y"}, 400),
        ({"text": "x" * 4_100_000}, 413),
        ({"text": ""}, 200),
    ],
)
def test_what_is_screened_is_bounded(desk: Desk, asked: dict[str, str], status: int) -> None:
    assert desk.post_json("/api/v1/screen", asked).status == status


def test_a_few_at_a_time(desk: Desk, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(url: str) -> Trial:
        inside.set()
        go_on.wait(20)
        raise FetchError("gone")

    monkeypatch.setattr(desk_module, "HEAVY", 1)
    with served(tmp_path / "other.db", [], read_feed=slow) as other:
        first = threading.Thread(target=lambda: other.post_json("/api/v1/feeds/test", {"url": "https://a.example/"}))
        first.start()
        assert inside.wait(20)
        refused = other.post_json("/api/v1/screen", {"text": "x"})
        assert (refused.status, refused.headers["retry-after"]) == (429, "5")
        assert other.post("/watchlists/try", {"list": "Sikka"}).status == 429
        go_on.set()
        first.join()
        assert other.post_json("/api/v1/screen", {"text": "x"}).status == 200


def test_a_list_is_tried_on_stored_articles(desk: Desk) -> None:
    answer = desk.post_json("/api/v1/watchlists/try", {"list": LIST}).json
    assert (answer["articles"], answer["hits"], answer["whole"]) == (5, 1, True)
    (name,) = answer["names"]
    assert (name["entity"], name["name"], name["articles"]) == ("sikka", "Sikka", 1)
    assert name["examples"][0]["sentence"].startswith("Two tankers chartered")
    page = desk.post("/watchlists/try", {"list": LIST, "days": "90"}).text
    assert "<mark>Sikka</mark>" in page
    assert "1 hit in 5 articles" in page
    assert "the last 90 days" in page
    assert "2 names" not in desk.ask("/lists").text, "nothing is stored"


def test_a_list_may_be_bare_names_or_a_file(desk: Desk) -> None:
    assert "<mark>Sikka</mark>" in desk.post("/watchlists/try", {"list": "Nobody Named\n\n  Sikka  \n"}).text
    body, headers = multipart(list="", days="7", file=LIST)
    answer = desk.ask("/watchlists/try", "POST", body, **headers)
    assert answer.status == 200
    assert "<mark>Sikka</mark>" in answer.text


SECRETS = "watchlist: x\nsource: ofac-sdn\nfile: ../../../../etc/passwd\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no names"),
        (SECRETS, "cannot be tried here"),
        ("watchlist: x\nentities:\n  - {nmae: Y}\n", "list:3"),
        ("watchlist: x\nentities: [" + "[" * 200, "list"),
        ("a: &a [x,x,x,x,x,x,x,x]\nwatchlist: x\nentities: [*a,*a,*a]\n", "list"),
        ("!!!\n", "list:1"),
        ("\n".join(f"Firm {n}" for n in range(6000)), "at most 5,000"),
    ],
)
def test_a_list_that_cannot_be_tried_says_why_and_no_path(desk: Desk, text: str, said: str) -> None:
    page = desk.post("/watchlists/try", {"list": text})
    assert page.status == 400
    assert said in page.text
    answer = desk.post_json("/api/v1/watchlists/lint", {"list": text})
    assert answer.status == 400
    assert said in answer.json["error"]
    assert "/tmp" not in page.text + answer.text
    assert "root:" not in page.text


def test_names_are_judged(desk: Desk) -> None:
    items = desk.post_json("/api/v1/watchlists/lint", {"list": "watchlist: x\nentities: [{name: Ltd}]"}).json["items"]
    assert [one["rule"] for one in items] == ["legal-form"]
    page = desk.ask("/watchlists/russia-energy/names")
    assert page.status == 200
    assert "5 names" in page.text
    assert desk.ask("/watchlists/nowhere/names").status == 404


@pytest.mark.parametrize("private", [True, False])
def test_a_feed_is_tested_and_not_stored(tmp_path: Path, private: bool) -> None:
    workers = Workers(max_workers=1)
    client = Client(user_agent="t", timeout=10, max_bytes=100_000, allow_private=private)

    def read(url: str) -> Trial:
        return try_feed(client, workers, matcher(), url, now=NOW, usual=900.0)

    paper = Newspaper()
    paper.feeds["world"] = [
        Item("Lavrov <b>in Ankara</b>", "Sergei Lavrov was there.", "/1"),
        Item("Harbour wins prize"),
    ]
    try:
        with served(tmp_path / "monitor.db", [], read_feed=read) as desk:
            page = desk.post("/feeds/test", {"url": f"{paper.url}/world"})
            answer = desk.post_json("/api/v1/feeds/test", {"url": f"{paper.url}/world"})
            if private:
                assert "2 entries" in page.text
                assert "Sergei Viktorovich Lavrov" in page.text
                assert [len(entry["hits"]) for entry in answer.json["entries"]] == [1, 0]
            else:
                assert (page.status, answer.status) == (400, 400)
                assert "private" in answer.json["error"]
                assert not paper.requests, "the guard stands before the request"
            assert desk.store.feeds() == []
            for url in ("file:///etc/passwd", "gopher://x", "javascript:alert(1)", ""):
                assert desk.post("/feeds/test", {"url": url}).status == 400
                assert desk.post_json("/api/v1/feeds/test", {"url": url}).status == 400
    finally:
        paper.close()
        client.close()
        workers.close()


def test_only_analysts_have_things_looked_at(closed: Closed) -> None:
    for path, asked in (("screen", {"text": "x"}), ("watchlists/try", {"list": "Sikka"}), ("feeds/test", {"url": "x"})):
        assert closed.desk.post_json(f"/api/v1/{path}", asked, Authorization=closed.token("vera", path)).status == 403
    cookie, csrf = closed.enter("dana")
    body, headers = multipart(csrf=csrf, list="Sikka")
    assert closed.desk.ask("/watchlists/try", "POST", body, Cookie=cookie, **headers).status == 200
    body, headers = multipart(csrf="guessed", list="Sikka")
    assert closed.desk.ask("/watchlists/try", "POST", body, Cookie=cookie, **headers).status == 403
    broken = {"Content_Type": "multipart/form-data"}
    assert closed.desk.ask("/watchlists/try", "POST", body, Cookie=cookie, **broken).status == 403
