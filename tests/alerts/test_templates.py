"""A person's own templates, and the preview."""

from __future__ import annotations

import json

import pytest

from monitor.alerts.preview import preview
from monitor.alerts.render import render_console, render_email, render_slack
from monitor.alerts.sample import template_problems
from monitor.model.settings import (
    AppriseChannel,
    AtomChannel,
    Channel,
    ConsoleChannel,
    EmailChannel,
    SlackChannel,
    WebhookChannel,
)
from tests.alerts.support import BASE, NOW, RICH, delivery, record
from tests.alerts.test_render import check_blocks, texts

SHORT = "{% for hit in message.hits %}{{ hit.name }}: {{ hit.sentence }}\n{% endfor %}{{ message.lines | join(' ') }}"
HTML = "<p>{{ message.hits[0].name if message.hits else message.headline }}</p>"


def test_a_persons_template_takes_the_place_of_ours() -> None:
    own = (("console.txt.j2", SHORT), ("email.html.j2", HTML))
    said = render_console(delivery(RICH), base_url=BASE, now=NOW, own=own)
    assert said == f"Rosneft PJSC: {RICH.hit.best.snippet.text}"
    mail = render_email(delivery(RICH), base_url=BASE, now=NOW, sender="m@example.org", own=own)
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert html.get_content().strip() == "<p>Rosneft PJSC</p>"
    assert "Why it matched" in text.get_content(), "what has no template of theirs stays ours"


def test_what_the_news_say_is_escaped_in_their_html_too() -> None:
    evil = record(title="<img src=x onerror=alert(1)>")
    own = (("email.html.j2", "{{ message.headline }}"),)
    mail = render_email(delivery(evil), base_url=BASE, now=NOW, own=own)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()


def test_slack_says_their_text_literally() -> None:
    own = (("slack.txt.j2", "*{{ message.headline }}* <!channel>\n" + "x" * 20_000),)
    payload = render_slack(delivery(RICH), base_url=BASE, now=NOW, own=own)
    check_blocks(payload)
    said = "".join(texts(payload["blocks"]))
    assert "*Rosneft PJSC (russia-energy, 97)" in said
    assert "<!channel>" not in said
    assert "lead, not a finding" in said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ message.hits[0].nmae }}", "has no attribute 'nmae'"),
        ("{% for %}", "line 1"),
        ("{{ message.hits[0].name }}", "kind notice"),
        ("{{ message.__class__.__mro__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "/etc/passwd"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% for n in range(99999999) %}{% endfor %}", "Range too big"),
    ],
)
def test_a_fault_shows_before_it_is_needed_and_loses_no_alert(source: str, said: str) -> None:
    own = (("console.txt.j2", source),)
    [(name, problem)] = template_problems(own)
    assert name == "console.txt.j2"
    assert said in problem
    if "kind notice" not in said:
        assert render_console(delivery(RICH), base_url=BASE, now=NOW, own=own) == render_console(
            delivery(RICH), base_url=BASE, now=NOW
        )


def test_good_templates_have_no_problems() -> None:
    assert template_problems((("console.txt.j2", SHORT), ("email.html.j2", HTML), ("slack.txt.j2", SHORT))) == []


MAIL = EmailChannel.model_validate({"id": "m", "type": "email", "host": "h", "from": "m@example.org", "to": "a@x.org"})
CHANNELS: list[Channel] = [
    ConsoleChannel(id="c", type="console"),
    MAIL,
    SlackChannel(id="s", type="slack"),
    WebhookChannel(id="w", type="webhook", url="https://cases.example.org"),
    AtomChannel(id="f", type="atom", path="hits.xml"),
    AppriseChannel.model_validate({"id": "p", "type": "apprise", "url": "json://localhost"}),
]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda one: one.type)
def test_every_medium_can_be_looked_at(channel: Channel) -> None:
    shown = preview(channel, RICH, base_url=BASE, now=NOW)
    assert "Rosneft" in shown
    assert RICH.article.url in shown
    assert "Northwind Example Shipping" in preview(channel, None, base_url=BASE, now=NOW)
    if channel.type in ("slack", "webhook"):
        json.loads(shown)


def test_mail_is_shown_with_its_headers_or_as_a_page() -> None:
    assert preview(MAIL, RICH, base_url=BASE, now=NOW).startswith("Subject: Rosneft PJSC")
    assert preview(MAIL, RICH, base_url=BASE, now=NOW, html=True).lstrip().startswith("<!DOCTYPE html>")
