from __future__ import annotations

import gzip
import json
import pickle
import random
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.feeds.entries import MAX_ENTRIES, MAX_TEXT, MAX_TITLE
from monitor.feeds.parse import MAX_PROBLEMS, ParsedFeed, parse_feed

DATA = Path(__file__).parent / "data"
DOCUMENTS = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
URL = "https://origin.example/feeds/x"


def parse(document: str | bytes) -> ParsedFeed:
    return parse_feed(document.encode() if isinstance(document, str) else document, "", URL)


def said(parsed: ParsedFeed) -> dict[str, Any]:
    """What was understood, without what is empty: the form of the .expected.json beside each document."""
    entries = [
        {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in asdict(entry).items()
            if value
        }
        for entry in parsed.entries
    ]
    whole = {**asdict(parsed), "entries": entries, "problems": list(parsed.problems)}
    return {key: value for key, value in whole.items() if value}


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_feed_says_what_is_expected_of_it(path: Path) -> None:
    expected = json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))
    assert said(parse(path.read_bytes())) == expected


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_was_parsed_can_leave_its_process(path: Path) -> None:
    parsed = parse(path.read_bytes())
    assert pickle.loads(pickle.dumps(parsed)) == parsed  # noqa: S301 - our own


def test_labels_do_not_decide_what_a_document_is() -> None:
    body = (DATA / "atom10.xml").read_bytes()
    assert len(parse_feed(body, "text/html; charset=koi8-r", URL).entries) == 2
    assert len(parse_feed(gzip.compress(body), "application/gzip", URL).entries) == 2


def test_a_feed_without_news_is_a_feed() -> None:
    assert parse(rss()).entries == ()
    assert parse('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>').title == "T"
    assert parse('{"version": "https://jsonfeed.org/version/1", "items": []}').entries == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "an empty body, not a feed"),
        (b" \n\t\xef\xbb\xbf ", "an empty body, not a feed"),
        (b"<!doctype html><html><body>Welcome</body></html>", "an HTML page, not a feed"),
        (
            b"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html xmlns='y'><head/></html>",
            "an HTML page",
        ),
        (b"<head><title>Just a moment...</title></head><body><item>no</item></body>", "an HTML page"),
        (b'{"error": "not found"}', "JSON that is no JSON Feed"),
        (b"[1, 2, 3]", "JSON that is no JSON Feed"),
        (b'{"items": [{"sku": 7}]}', "JSON that is no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "JSON that cannot be read"),
        (b"[" * 200_000, "JSON"),
        (b"%PDF-1.7 ...", "a PDF file, not a feed"),
        (b"\x1f\x8b\x08 not really", "a compressed file that is damaged"),
        (b"<opml version='2.0'><body/></opml>", "a document of <opml>, neither RSS, Atom"),
        (b"404 page not found", "no feed: it begins with '404 page not found'"),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", "a sitemap of 1 pages but no news"),
        (
            b"<sitemapindex><sitemap><loc>https://a.example/n.xml</loc></sitemap></sitemapindex>",
            "https://a.example/n.xml",
        ),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as raised:
        parse(body)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_packed_bomb_is_refused() -> None:
    with pytest.raises(ParseError, match="more than 20000000 bytes"):
        parse(gzip.compress(b" " * 30_000_000))


def test_a_broken_entry_costs_no_other() -> None:
    broken = "<title>Half <b>open</title><link>http://[bad</link><pubDate>32.13.2025</pubDate>"
    parsed = parse(rss("<title>Before</title>", broken, "<title>After & all</title>"))
    assert [entry.title for entry in parsed.entries] == ["Before", "Half open", "After & all"]
    assert parsed.problems


def test_one_bad_byte_leaves_the_other_names_readable() -> None:
    body = rss("<title>Роснефть \udcd1 Лукойл</title>").encode("utf-8", "surrogateescape")
    assert parse_feed(body, "text/xml; charset=iso-8859-1", URL).entries[0].title == "Роснефть \ufffd Лукойл"


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.name in ("rss20.xml", "truncated.xml")], ids=str)
def test_cut_anywhere_the_entries_before_are_whole(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    whole = {entry: text.index("</item>", text.index(entry.summary[-12:])) for entry in parse(text).entries}
    rng = random.Random(1)
    for at in sorted(rng.sample(range(text.index("<item>"), len(text) - 40), 60)):
        parsed = parse(text[:at])
        got = {(entry.title, entry.summary, entry.url) for entry in parsed.entries}
        assert got >= {(e.title, e.summary, e.url) for e, end in whole.items() if end + len("</item>") <= at}
        assert parsed.problems


def test_exact_repetitions_count_once_and_others_are_all_kept() -> None:
    same, other = "<title>A</title><link>https://a.example/</link>", "<title>B</title><link>https://a.example/</link>"
    assert len(parse(rss(same, other, same)).entries) == 2
    assert len(parse(rss("<guid>1</guid>", "<guid>2</guid>", "<guid>1</guid>")).entries) == 2


def test_a_guid_that_is_no_address_is_no_link() -> None:
    entries = parse(rss("<guid>tag:1</guid>", "<guid>https://a.example/1</guid>", "<guid>77</guid>")).entries
    assert [entry.url for entry in entries] == ["", "https://a.example/1", ""]


def test_long_and_many_are_cut_and_told() -> None:
    long = parse(rss(f"<title>{'t' * 900} {'u ' * 900}</title><description>{'word ' * 100_000}</description>"))
    assert (len(long.entries[0].title), len(long.entries[0].summary)) == (MAX_TITLE, MAX_TEXT)
    assert "text cut" in long.problems[0]
    many = parse(json.dumps({"items": [{"title": f"n{n}", "date_published": "?"} for n in range(MAX_ENTRIES + 5)]}))
    assert len(many.entries) == MAX_ENTRIES
    assert len(many.problems) == MAX_PROBLEMS + 1
    assert many.problems[-1] == f"and {MAX_ENTRIES + 1 - MAX_PROBLEMS} more problems"


def test_a_flood_of_entries_is_cut_before_it_is_read_and_told() -> None:
    parsed = parse(rss(*(f"<guid>{n}</guid>" for n in range(MAX_ENTRIES + 3))))
    assert len(parsed.entries) == MAX_ENTRIES
    assert parsed.entries[-1].guid == str(MAX_ENTRIES - 1)
    assert parsed.problems == (f"only the first {MAX_ENTRIES} entries were read, 3 left out",)


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(20_000))
HOSTILE = {
    "entities in entities": f"<!DOCTYPE rss [{BOMB}]>{rss('<title>&a9;</title>')}",
    "one long entity": f'<!DOCTYPE rss [<!ENTITY a "{"x" * 99_000}">]>{rss("<title>" + "&a;" * 30_000 + "</title>")}',
    "a file of this machine": f'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>{rss("<title>&a;</title>")}',
    "escaped comments": rss("<description>" + "&lt;!--" * 50_000 + "</description>"),
    "comments": rss("<description><![CDATA[" + "<!--" * 80_000 + "]]></description>"),
    "tags never closed": rss("<description><![CDATA[" + "<b>" * 100_000 + "]]></description>"),
    "half tags": rss("<description><![CDATA[" + "<a " * 100_000 + "]]></description>"),
    "an author without an end": rss("<author>" + "a" * 300_000 + "</author>"),
    "keywords": rss(
        "<media:keywords xmlns:media='http://search.yahoo.com/mrss/'>" + "a,b," * 75_000 + "</media:keywords>"
    ),
    "attributes": f"<rss version='2.0'><channel><item {ATTRIBUTES}/></channel></rss>",
    "declarations": "<?xml " * 50_000,
    "doctypes": "<!DOCTYPE a" * 25_000 + rss(),
    "spaces": " " * 300_000 + rss("<title>x</title>"),
    "a date without an end": rss("<pubDate>" + "1 Jan " * 50_000 + "</pubDate>"),
    "ampersands": rss("<title>" + "&" * 300_000 + "</title>"),
    "deep sitemap": "<urlset>" + "<url>" * 60_000,
    "numbers": '{"items": [' + "1" * 300_000 + "]}",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_attackers_send_is_read_or_refused_before_any_deadline(name: str) -> None:
    """Each took feedparser's defaults many seconds, or all the memory there is, or is of that kind."""
    try:
        parsed = parse(HOSTILE[name])
    except ParseError:
        return
    assert sum(len(entry.title) + len(entry.summary) for entry in parsed.entries) < 1_000_000
    assert "root:" not in repr(parsed)


PIECES = st.sampled_from(
    """<item> </item> <title> </title> <link> ]]> <![CDATA[ <!-- --> & &# &lt; < > " <?xml ?> <!DOCTYPE <entry>
    xmlns:a='b' <a:b> \0 \ufeff é </rss> { } [ "items" """.split(" ")  # noqa: SIM905
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_mutation_of_a_feed_is_read_or_refused(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(DOCUMENTS)).read_bytes()
    for _ in range(data.draw(st.integers(0, 6))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.sampled_from([0, 0, 1, 5, 200, 10_000])))
        put = data.draw(PIECES.map(str.encode) | st.binary(max_size=4) | st.just(body[:300]))
        body = body[:start] + put + body[end:]
    try:
        parsed = parse_feed(
            body, data.draw(st.sampled_from(["", "text/xml; charset=utf-16", "text/html; charset=big5"])), URL
        )
    except ParseError:
        return
    assert len(parsed.problems) <= MAX_PROBLEMS + 1
    for entry in parsed.entries:
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))
        assert len(entry.title) <= MAX_TITLE
        f"{entry.title}{entry.summary}{entry.guid}{entry.url}{entry.lang}".encode()
        assert "\0" not in f"{entry.title}{entry.summary}{entry.guid}{entry.url}{entry.lang}"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500), st.text(max_size=30))
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    with suppress(ParseError):
        assert len(parse_feed(body, content_type, URL).entries) <= MAX_ENTRIES
