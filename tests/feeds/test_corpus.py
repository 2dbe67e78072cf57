"""Over thousands of real feeds and of other parsers' test documents, where they are at hand (MONITOR_SHARED_DATA)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from monitor.errors import ParseError
from monitor.feeds import identity
from monitor.feeds.entries import text_of
from monitor.feeds.parse import parse_feed
from monitor.links import canonical
from monitor.model.articles import Entry
from monitor.model.feeds import KnownEntry
from tests.shared import shared

FEWER = {
    "rss_incomplete_cdata.xml": "its one entry breaks off in the title",
    "entry_content_xml_lang_blank_3.xml": "the same entry twice",
    "atom10_arbitrary_element.xml": "the same entry twice",
    "atom10_title.xml": "the same entry twice",
    "duplicate-entries-all.xml": "the same entries several times",
    "missing-self.xml": "the same entry twice",
    "source-entry.xml": "an entry inside an entry's source is none",
    "entry_id_duplicate_value.xml": "the same entry twice",
    "valid_email_addresses.xml": "entries that say nothing but an author",
    "rss10_contentItems.xml": "content:item is no item",
}
"""Documents in which we find fewer entries than an XML parser counts items, and why that is right."""

DIFFERENT = {
    "bozo_linenoise.xml": "bytes of no encoding: a guess against a guess",
    "entry_content_and_summary.xml": "we keep the longer one",
    "item_description_and_summary.xml": "we keep the longer one",
    "item_summary_and_description.xml": "we keep the longer one",
    "http_entry_id_base_content_location.xml": "an id is kept as written, not resolved",
    "http_entry_id_base_docuri.xml": "an id is kept as written, not resolved",
    "entry_content_xml_lang_blank_3.xml": "the same entry twice, kept once",
    "entity_in_doctype.xml": "a document's own entities are never expanded: bombs are made of them",
    "item_description_not_a_doctype.xml": "`<!' <a href>` is read as a declaration",
    "acceptable_element_command.xml": "an element we take for text",
    "acceptable_element_keygen.xml": "an element we take for text",
    "item_content_encoded_script_nested_cdata.xml": "a leftover of a CDATA in a CDATA",
}
"""Documents whose expectation, written for feedparser, is not ours, and why."""

FRAMES = re.compile(r"_i?frame\.xml$")
"""A frame is a block of its own, an inline frame's fallback is not seen."""


def documents(part: str) -> list[Path]:
    return sorted(path for path in shared("feeds", *part.split("/")).rglob("*") if path.is_file())


def sample(paths: list[Path], share: int) -> list[Path]:
    """Every `share`th: the same ones each time."""
    return paths[::share]


def counted(body: bytes) -> int:
    """Items by a parser that knows nothing of feeds."""
    try:
        root = etree.fromstring(body, etree.XMLParser(recover=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return 0
    tags = [node.tag for node in root.iter() if isinstance(node.tag, str)] if root is not None else []
    return sum(re.split("[}:]", tag)[-1].lower() in ("item", "entry") for tag in tags)


def misses(paths: list[Path]) -> dict[str, tuple[int, object]]:
    found: dict[str, tuple[int, object]] = {}
    for path in paths:
        body = path.read_bytes()
        try:
            got: object = len(parse_feed(body, "", "https://origin.example/").entries)
        except ParseError as error:
            got = str(error)
        if counted(body) and (not isinstance(got, int) or got < counted(body)):
            found[path.name.rpartition("__")[2]] = (counted(body), got)
    return found


def test_every_item_of_real_feeds_is_found() -> None:
    assert misses(documents("real")) == {}
    assert misses(sample(documents("timeseries"), 10)) == {}


def test_items_are_found_wherever_an_xml_parser_counts_some() -> None:
    assert misses(sample(documents("edge-cases"), 7)).keys() <= FEWER.keys()


@pytest.mark.soak
def test_items_are_found_in_the_whole_collection() -> None:
    assert misses(documents("edge-cases") + documents("timeseries")).keys() == FEWER.keys()


def expectations(path: Path) -> Iterator[tuple[list[Any], Any]]:
    """(path into the parsed feed, value) of each `==` in a document's `Expect:` comment."""
    comment = re.search(r"Expect:\s*(.*?)\s*-->", path.read_bytes().decode("utf-8", "replace"), re.DOTALL)
    try:
        tree = ast.parse(" ".join(comment[1].split()), mode="eval").body if comment else ast.Constant(None)
    except SyntaxError:
        return
    if isinstance(tree, ast.UnaryOp):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            try:
                value = ast.literal_eval(node.comparators[0])
            except ValueError:
                continue
            where: list[Any] = []
            left: ast.expr = node.left
            while isinstance(left, ast.Subscript | ast.Attribute):
                where.insert(0, ast.literal_eval(left.slice) if isinstance(left, ast.Subscript) else left.attr)
                left = left.value
            if isinstance(left, ast.Name) and left.id == "entries" and len(where) > 1:
                yield where, value


def understood(entry: Entry, where: list[Any], value: Any) -> tuple[Any, Any] | None:
    """(ours, theirs) as far as the two can be compared."""
    match where[1:]:
        case ["title"] | ["title_detail", "value"]:
            return entry.title, text_of(value).replace("\n", " ")
        case ["summary" | "description"] | ["summary_detail", "value"] | ["content", _, "value"]:
            return entry.summary, text_of(value)
        case ["link"]:
            return entry.url, value
        case ["id" | "guid"]:
            return entry.guid, value
        case ["published_parsed" | "created_parsed"]:
            return entry.published, datetime(*value[:6], tzinfo=UTC)
        case ["updated_parsed"]:
            return entry.updated, datetime(*value[:6], tzinfo=UTC)
    return None


def compared(paths: list[Path]) -> tuple[int, dict[str, object]]:
    """How many expectations agree, and the documents whose do not."""
    agree, differ = 0, {}
    for path in paths:
        name = path.name.rpartition("__")[2]
        for where, value in expectations(path):
            text = path.read_bytes().decode("utf-8", "replace")
            base = re.search(r"Header:\s*Content-Location:\s*(\S+)", text, re.IGNORECASE)
            label = re.search(r"Header:\s*Content-type:\s*(.*)", text, re.IGNORECASE)
            url = base[1] if base else f"http://127.0.0.1:8097/tests/{path.name}"
            entries = parse_feed(path.read_bytes(), label[1] if label else "", url).entries
            pair = understood(entries[where[0]], where, value) if where[0] < len(entries) else ("missing", value)
            if pair is None:
                continue
            if pair[0] == pair[1]:
                agree += 1
            elif not FRAMES.search(name):
                differ[name] = pair
    return agree, differ


def test_what_feedparsers_own_tests_expect_is_understood() -> None:
    agree, differ = compared(sample(documents("edge-cases/feedparser"), 5))
    assert differ.keys() <= DIFFERENT.keys(), differ
    assert agree > 100


@pytest.mark.soak
def test_what_all_of_feedparsers_own_tests_expect_is_understood() -> None:
    agree, differ = compared(documents("edge-cases/feedparser"))
    assert differ.keys() <= DIFFERENT.keys(), differ
    assert agree > 780


@pytest.mark.parametrize("paper", ["bbc", "cnn", "nytimes", "smh"])
def test_successive_editions_of_a_newspaper_make_one_article_of_each(paper: str) -> None:
    """No article of the later edition that has the id or link and headline of an earlier one is new."""
    known: dict[str, KnownEntry] = {}
    seen: set[tuple[str, str]] = set()
    made = 0
    for path in sample(documents(f"timeseries/{paper}"), 4):
        entries = parse_feed(path.read_bytes(), "", "https://origin.example/").entries
        before = dict(known)
        for entry, own in zip(entries, identity.keys(entries), strict=True):
            decision = identity.decide(entry, own, before)
            if (canonical(entry.url), entry.title) in seen:
                assert decision.known, entry
            if decision.known is None:
                made += 1
            article = decision.known.article if decision.known else made
            stands = KnownEntry(article, identity.digest(entry), datetime(2020, 4, 22, tzinfo=UTC))
            known |= dict.fromkeys(own, stands)
        seen |= {(canonical(entry.url), entry.title) for entry in entries}
    assert 0 < made <= len({link for link, _ in seen})
