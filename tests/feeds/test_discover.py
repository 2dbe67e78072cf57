from __future__ import annotations

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.client import Client
from monitor.errors import FetchError
from monitor.feeds.discover import discover, feed_links
from tests.client.servers import Asked, answer, serve

PAGE = """<!doctype html><html><head><title>The Tide</title><base href="/en/">
<link rel="stylesheet" href="rss.css"><link rel="alternate" hreflang="ru" href="/ru/">
<link rel="alternate" type="application/rss+xml" title="Comments" href="comments/feed">
<link rel="Alternate" type="application/atom+xml; charset=utf-8" title="Ships &amp; owners" href="atom.xml">
<link rel="alternate" type="application/json+oembed" href="/oembed">
</head><body><a href="https://other.example/dead/rss">RSS <b>of another</b></a><a href="/feedback">Write to us</a>
<a href="javascript:rss()">x</a><a href="http://[broken/rss">y</a></body></html>"""


def rss(title: str) -> bytes:
    return f"<rss version='2.0'><channel><title>{title}</title></channel></rss>".encode()


def site(**pages: bytes) -> object:
    def talk(connection: socket.socket, asked: Asked) -> None:
        page = pages.get(asked.path.strip("/").replace("/", "_").replace(".", "_") or "home")
        connection.sendall(answer("404 Not Found") if page is None else answer(body=page))

    return talk


def test_a_page_names_its_feeds_comments_last() -> None:
    assert feed_links(PAGE, "https://tide.example/en/home") == [
        ("https://tide.example/en/atom.xml", "Ships & owners"),
        ("https://other.example/dead/rss", "RSS of another"),
        ("https://tide.example/en/comments/feed", "Comments"),
    ]


def test_only_what_is_a_feed_is_found(client: Client) -> None:
    page = PAGE.replace("https://other.example", "").encode()
    with serve(site(home=page, en_atom_xml=rss("Ships"), en_comments_feed=page)) as server:  # type: ignore[arg-type]
        assert discover(client, server.url) == [(server.url + "/en/atom.xml", "Ships")]


def test_the_address_of_a_feed_is_its_own_answer(client: Client) -> None:
    with serve(site(feed=rss("The Tide"))) as server:  # type: ignore[arg-type]
        assert discover(client, server.url + "/feed") == [(server.url + "/feed", "The Tide")]


def test_a_page_that_names_none_is_asked_at_the_usual_paths(client: Client) -> None:
    with serve(site(home=b"<html><body>Hello</body></html>", feed_xml=rss("Hidden"))) as server:  # type: ignore[arg-type]
        assert discover(client, server.url) == [(server.url + "/feed.xml", "Hidden")]


def test_nothing_found_is_no_error_and_no_answer_is(client: Client) -> None:
    with serve(site(home=b"<html><body>Hello</body></html>")) as server:  # type: ignore[arg-type]
        assert discover(client, server.url) == []
        with pytest.raises(FetchError, match="404"):
            discover(client, server.url + "/nowhere")


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="<>/=\"'&;ahreflinkrsbaetp \0é", max_size=300), st.text(max_size=20))
def test_any_page_is_survived(html: str, url: str) -> None:
    for where, _ in feed_links(html, url):
        assert where.startswith(("http://", "https://"))
