"""Every medium: the evidence is in it, and nothing that the news say can act on it."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block, HeaderBlock, RichTextBlock

from monitor.alerts.render import DISCLAIMER, render_console, render_email, render_slack, render_webhook
from monitor.alerts.render.clean import clean, http_link, one_line
from monitor.alerts.render.slack import BLOCKS, FALLBACK, TOTAL, escape
from monitor.alerts.render.webhook import webhook_body
from monitor.model.alerts import Delivery, DeliveryKind
from monitor.model.matches import Field, HitRecord, Match, Mention, Snippet
from monitor.model.serial import hit_json
from monitor.model.watchlists import Severity
from tests.alerts.support import (
    ARABIC,
    BASE,
    CHINESE,
    EVERY_LANGUAGE,
    HIT_KINDS,
    LAVROV,
    LUKOIL,
    MINISTER,
    NOW,
    RICH,
    ROSNEFT,
    RUSSIAN,
    delivery,
    record,
)

SENDER = "Watchlist monitor <watch@example.org>"
DIGEST, SUMMARY = DeliveryKind.DIGEST, DeliveryKind.SUMMARY


def mailed(one: Delivery) -> EmailMessage:
    """The mail after a trip through the wire."""
    sent = render_email(one, base_url=BASE, now=NOW, sender=SENDER).as_bytes()
    back = email.message_from_bytes(sent, policy=email.policy.default)
    assert isinstance(back, EmailMessage)
    return back


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def slack(one: Delivery) -> dict[str, Any]:
    return render_slack(one, base_url=BASE, now=NOW)


class Page(HTMLParser):
    """The text that a reader sees, and every tag and link in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.links, self._hidden = "", set[str](), list[str](), False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._hidden = tag in ("style", "title")
        self.links += [value or "" for key, value in attrs if key in ("href", "src", "action")]
        assert not any(key.startswith("on") for key, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


def texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "url") and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(node, list):
        for child in node:
            yield from texts(child)


def check_blocks(payload: dict[str, Any]) -> None:
    """Slack's own models, and the limits that they do not know."""
    assert 1 <= len(payload["blocks"]) <= BLOCKS
    for raw in payload["blocks"]:
        block = Block.parse(raw)
        assert block is not None
        block.validate_json()
        assert isinstance(block, HeaderBlock | RichTextBlock) or raw["type"] == "context"
    assert payload["blocks"][0]["type"] == "header"
    assert len(payload["blocks"][0]["text"]["text"]) <= 150
    assert sum(len(text) for text in texts(payload["blocks"])) <= TOTAL
    assert all(texts_ and len(texts_) <= 3000 for texts_ in texts(payload["blocks"]))
    assert 0 < len(payload["text"]) <= FALLBACK + 100
    assert "<" not in payload["text"]


@pytest.mark.parametrize("one", EVERY_LANGUAGE, ids=lambda one: one.article.lang + one.hit.entity.id)
@pytest.mark.parametrize("kind", HIT_KINDS)
def test_every_message_carries_name_sentence_article_and_disclaimer(kind: DeliveryKind, one: HitRecord) -> None:
    sent = delivery(one, kind=kind)
    mail = mailed(sent)
    html = Page(part(mail, "html"))
    blocks = "".join(texts(slack(sent)["blocks"]))
    for text in (
        part(mail, "plain"),
        html.text + " ".join(html.links),
        slack(sent)["text"].replace("&amp;", "&"),
        blocks,
        render_console(sent, base_url=BASE, now=NOW),
    ):
        for wanted in (one.hit.entity.name, one.hit.best.snippet.text, one.article.url, one.article.title, DISCLAIMER):
            assert wanted in text
    assert part(mail, "plain").rstrip().endswith(DISCLAIMER)
    assert html.text.rstrip().endswith(DISCLAIMER)
    assert f"{BASE}/hits/{one.id}" in html.links
    data = json.loads(webhook_body(render_webhook(sent, base_url=BASE, now=NOW)))["data"]
    assert data["hits"] == [hit_json(one) | {"page": f"{BASE}/hits/{one.id}"}]


def test_the_mails_headers() -> None:
    mail = mailed(delivery(RICH))
    assert mail["Subject"] == (
        "Rosneft PJSC (russia-energy, 97): Indian refiner halts Russian crude as tankers turn away"
    )
    assert mail["From"] == SENDER
    assert mail["To"] == "desk@example.org"
    assert mail["Message-ID"] == "<dlv_00000007@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<desk-mail.alerts.example.org>"
    assert mail["List-Unsubscribe"] == "<mailto:watch@example.org?subject=unsubscribe%20desk-mail>"
    assert mail["Date"] == "Mon, 23 Nov 2026 09:17:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"


@given(st.lists(st.text("абвгд éß的公司سفن", min_size=1, max_size=20), min_size=1, max_size=6).map(" ".join))
def test_a_subject_in_any_script_arrives_as_it_was(title: str) -> None:
    mail = mailed(delivery(record(title=title)))
    assert mail["Subject"] == f"Rosneft PJSC (russia-energy, 97): {one_line(title) or '(no title)'}"
    assert mail["To"] == "desk@example.org"


def test_mails_about_one_subject_thread_and_others_do_not() -> None:
    first, second, other = (mailed(delivery(r, id=n)) for n, r in enumerate([record(), CHINESE, RUSSIAN]))
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    assert other["References"] != first["References"]


def test_a_mail_says_why_and_what_the_list_says() -> None:
    for text in (part(mailed(delivery(RICH)), "plain"), Page(part(mailed(delivery(RICH)), "html")).text):
        for wanted in ("whose legal form may be left out", "RUSSIA-EO14024", "2025-10-22", "23 Nov 2026, 08:39 UTC"):
            assert wanted in text
    assert "https://ofac.treasury.gov/recent-actions/20251022" in Page(part(mailed(delivery(RICH)), "html")).links


def test_all_of_a_names_mentions_in_a_sentence_are_marked() -> None:
    sentence = "Rosneft said that Rosneft would not sell."
    base = record(sentence=sentence)
    second = replace(base.hit.best, score=90.0, snippet=Snippet(sentence, 18, 25))
    twice = replace(base, hit=replace(base.hit, matches=(base.hit.best, second)))
    html = part(mailed(delivery(twice)), "html")
    assert len(re.findall(r"<mark[^>]*>Rosneft</mark>", html)) == 2


def test_a_summary_holds_every_hit_grouped_by_entity() -> None:
    hits = [record(n, (ROSNEFT, LUKOIL, LAVROV)[n % 3], title=f"Story number {n}", story=n) for n in range(1, 61)]
    mail = mailed(delivery(*hits, kind=SUMMARY))
    assert mail["Subject"] == "Summary: 60 hits on 3 names: LUKOIL OAO, Sergei Viktorovich Lavrov, Rosneft PJSC"
    html = Page(part(mail, "html"))
    for one in hits:
        assert one.article.title in part(mail, "plain")
        assert one.article.title in html.text
        assert f"{BASE}/hits/{one.id}" in html.links
    assert "References" not in mail


def test_slack_says_how_many_hits_did_not_fit() -> None:
    hits = [record(n, title=f"Story number {n}", story=n) for n in range(1, 301)]
    payload = slack(delivery(*hits, kind=SUMMARY))
    check_blocks(payload)
    text = "\n".join(texts(payload["blocks"]))
    shown = sum(f"Story number {n}" in re.findall(r"Story number \d+", text) for n in range(1, 301))
    assert f"{300 - shown} more hits" in text
    assert f"{BASE}/hits" in text
    assert shown >= 20
    assert payload["blocks"][-1]["elements"][0]["text"] == DISCLAIMER


def test_a_late_message_says_so() -> None:
    late = delivery(attempts=4, created=NOW - timedelta(hours=15))
    assert "15 h late" in part(mailed(late), "plain")
    assert "15 h late" in "".join(texts(slack(late)["blocks"]))
    assert "late:" not in part(mailed(delivery()), "plain")


def test_without_a_base_url_there_are_no_links_to_pages() -> None:
    html = render_email(delivery(), base_url="", now=NOW, sender=SENDER).get_body(("html",))
    assert html is not None
    assert Page(html.get_content()).links == ["https://news.example.com/energy/tankers-turn-away"] * 2 + [ROSNEFT.url]
    check_blocks(render_slack(delivery(), base_url="", now=NOW))


EVIL = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "Rosneft\r\nBcc: everyone@example.org\r\n\r\nhello",
    "=?utf-8?q?Rosneft=0D=0ABcc:_everyone@example.org?=",
    "Роснефть =?utf-8?b?Ug0KQmNjOiB4QGV4YW1wbGUub3Jn?= =?us-ascii?q?a=0D=0A=0D=0Abody?=",
    "<!channel> <https://evil.example|click> @here & *bold* _it_ `code` ~no~ :smile:",
    "\u202egnitirw\u202c \u2066isolated\u2069 \u200flrm",
    "{{ message }} {% for x in y %} ${HOME} %s {0}",
    '" autofocus onfocus="alert(1)',
    "a" * 5000,
    "&" * 5000,
    "\x00\x1b[31mred\x1b[0m\x07\u2028\u2029\x85\ud800",
    "",
]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("kind", HIT_KINDS)
def test_outside_text_never_acts(evil: str, kind: DeliveryKind) -> None:
    bad = hostile(evil, evil, evil, evil)
    check_everything(delivery(bad, MINISTER, kind=kind))


def hostile(sentence: str, title: str, name: str, url: str, *, field: Field = "text") -> HitRecord:
    """A hit all of whose outside texts are what a bad feed or list says."""
    base = record()
    entity = replace(ROSNEFT, names=(replace(ROSNEFT.names[0], text=name),), programmes=(sentence,), url=url)
    middle = len(sentence) // 2
    match = Match(Mention(field, 0, middle, sentence[:middle]), entity.names[0], 90.0, (), Snippet(sentence, 0, middle))
    hit = replace(base.hit, entity=entity, matches=(match,), explanation=title)
    return replace(base, hit=hit, article=replace(base.article, title=title, url=url))


def check_everything(one: Delivery) -> None:
    mail = mailed(one)
    assert mail["Bcc"] is None
    assert sorted(set(mail.keys())) == sorted(set(mailed(replace(one, alerts=delivery(MINISTER).alerts)).keys()))
    assert not re.search(r"[\r\n\x00-\x1f\u202a-\u202e\u2066-\u2069]", mail["Subject"])
    html = Page(part(mail, "html"))
    assert not html.tags & {"script", "img", "iframe", "form", "object", "svg", "base", "link"}
    assert all(re.match(r"https?://", link) for link in html.links)
    console = render_console(one, base_url=BASE, now=NOW)
    for text in (html.text, part(mail, "plain"), console):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
    check_blocks(slack(one))
    everything = json.dumps(slack(one), ensure_ascii=False)
    assert "<!" not in everything
    assert "<http" not in everything
    json.loads(webhook_body(render_webhook(one, base_url=BASE, now=NOW)))


anything = st.one_of(
    st.text(max_size=400),
    st.sampled_from(EVIL),
    st.from_regex(r"(=\?(utf-8|us-ascii)\?q\?[a-z_]*(=0D=0A){0,2}[A-Za-z]{0,4}:[a-z_]*\?= ?){1,3}", fullmatch=True),
    st.text("<>&|*_`\r\n\u202e ab", max_size=4000),
)


@settings(max_examples=100, deadline=None)
@given(anything, anything, anything, anything, st.sampled_from(HIT_KINDS), st.sampled_from(["title", "text"]))
def test_nothing_at_all_acts(sentence: str, title: str, name: str, url: str, kind: DeliveryKind, field: Field) -> None:
    check_everything(delivery(hostile(sentence, title, name, url, field=field), ARABIC, kind=kind))


@given(st.text("&<>;amp lt", max_size=60), st.integers(1, 60))
def test_slack_text_is_escaped_and_never_cut_inside_an_entity(text: str, limit: int) -> None:
    out = escape(text, limit)
    assert len(out) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)|[<>]", out)
    plain = out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert plain == text or (plain.endswith("…") and text.startswith(plain[:-1]))


@given(st.text(), st.integers(0, 50))
def test_one_line_is_one_short_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    line.encode()


def test_persian_joiners_stay() -> None:
    assert clean("می‌خواهند") == "می‌خواهند"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://news.example.com/a?b=c&d=é", True),
        ("http://127.0.0.1:8000/hits/1", True),
        ("javascript:alert(1)", False),
        ("https://user:pass@example.com/", False),
        ("https://news.example.com@evil.example/", False),
        ("https://exa mple.com/", False),
        ("https://example.com/\u202egpj", False),
        ("//example.com/x", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, good: bool) -> None:
    assert http_link(url) == (url if good else "")


def test_an_unsafe_address_is_shown_but_not_linked() -> None:
    mail = mailed(delivery(record(url="javascript:alert(document.cookie)")))
    html = Page(part(mail, "html"))
    assert not any("javascript" in link for link in html.links)
    assert "javascript:alert(document.cookie)" in part(
        mailed(delivery(record(url="javascript:alert(document.cookie)"))), "plain"
    )


def test_the_webhooks_envelope() -> None:
    body = render_webhook(delivery(record(), MINISTER, kind=DIGEST), base_url=BASE, now=NOW)
    assert body["type"] == "hit.digest"
    assert body["timestamp"] == "2026-11-23T09:17:00+00:00"
    assert [hit["entity"] for hit in body["data"]["hits"]] == ["rosneft", "lavrov"]
    later = render_webhook(delivery(record(), MINISTER, kind=DIGEST, attempts=3), base_url=BASE, now=NOW + timedelta(1))
    assert later == body


def test_the_console_block() -> None:
    assert render_console(delivery(), base_url=BASE, now=NOW) == (
        "HIGH 97  Rosneft PJSC (russia-energy)\n"
        '    "Two tankers chartered by Rosneft turned back from Sikka on Sunday night, port agents said."\n'
        "    Indian refiner halts Russian crude as tankers turn away\n"
        "    harbour-gazette, 23 Nov 2026, 08:39 UTC\n"
        "    https://news.example.com/energy/tankers-turn-away\n"
        "    why: “Rosneft” is the first word of “Rosneft PJSC”, whose legal form may be left out (+92)\n"
        "    why: “crude” and “refiner” stand near it (+5)\n"
        "    https://watch.example.org/hits/1\n"
        "    A hit is a lead, not a finding; no hit is not clearance."
    )


def test_the_worst_comes_first() -> None:
    worst = record(9, LUKOIL, severity=Severity.CRITICAL, score=90)
    text = render_console(delivery(record(), MINISTER, worst, kind=SUMMARY), base_url=BASE, now=NOW)
    assert [line.split()[0] for line in text.splitlines() if line[0] != " "] == ["CRITICAL", "HIGH", "LOW"]
