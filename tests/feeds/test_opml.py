import pytest

from monitor.errors import ParseError
from monitor.feeds.opml import feed_id, read_opml, write_opml
from monitor.model.settings import FeedSource

EXPORT = b"""<?xml version="1.0"?>
<opml version="1.0"><body>
  <outline text="Energy">
    <outline type="rss" text="Harbour &amp; Tide" xmlUrl="https://harbour.example/rss"/>
    <outline type="rss" title="Harbour & Tide" xmlUrl="https://harbour.example/other"/>
    <outline type="rss" text="Twice" xmlUrl="https://harbour.example/rss"/>
    <outline type="rss" text="Local" xmlUrl="file:///etc/passwd"/>
  </outline>
</body></opml>"""


def test_a_reader_export_with_a_bare_ampersand_is_read_and_odd_rows_are_told() -> None:
    feeds, problems = read_opml(EXPORT)
    assert [(feed.id, feed.url) for feed in feeds] == [
        ("harbour-tide", "https://harbour.example/rss"),
        ("harbour-tide-2", "https://harbour.example/other"),
    ]
    assert problems == [
        "line 6: https://harbour.example/rss is listed twice",
        "line 7: 'file:///etc/passwd' is not an http(s) address",
    ]


def test_what_is_written_is_read_back() -> None:
    feeds = [FeedSource(id="a", url="https://a.example/?x=1&y=2", title='The "A" <Post>')]
    read, problems = read_opml(write_opml(feeds).encode())
    assert not problems
    assert [(feed.url, feed.title) for feed in read] == [("https://a.example/?x=1&y=2", 'The "A" <Post>')]


@pytest.mark.parametrize("document", [b"", b"<html><body>no</body></html>", b"\x00\x01", b"{}"])
def test_what_is_no_opml_is_refused(document: bytes) -> None:
    with pytest.raises(ParseError, match="not an OPML file"):
        read_opml(document)


def test_external_entities_are_not_read() -> None:
    bomb = b"""<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>
    <opml><body><outline text="&x;" xmlUrl="https://a.example/"/></body></opml>"""
    feeds, _ = read_opml(bomb)
    assert [feed.title for feed in feeds] == [""]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Новости", "feed"), ("https://www.ft.example/rss?x=1", "ft-example-rss-x-1"), ("Zürich", "zurich")],
)
def test_ids_are_plain(title: str, expected: str) -> None:
    assert feed_id(title, []) == expected
