"""A page's bytes to the article's text. Pure, and run in a worker: a page may be made to keep a parser busy.

trafilatura finds the article among menus, adverts and related links; what it cannot know is decided here: the
encoding, what the page itself says about being kept or paid for, and whether what came is an article at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from monitor.articles.marks import BOT_CHECKS, BOT_TITLES, CONSENT, PAYWALLS
from monitor.articles.prune import prune
from monitor.charsets import decode
from monitor.errors import ParseError
from monitor.htmltext import plain_text
from monitor.languages import identify, language_of

THIN = 60
"""Words below which a text is hardly a whole article; the briefest agency notes have about as many."""

TEASER = 250
"""Words below which a page that says it must be paid for has shown its teaser only."""

SEEN = 20_000
"""Code points of a page's visible text in which the words of walls are looked for."""

LONGEST = 3_000_000
"""Code points of a page that are read: twice the largest that was measured."""

_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "an archive or office document"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a compressed file"),
)
_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})


@dataclass(frozen=True, slots=True)
class Page:
    """What was read of a page. `problem`: why the text may not be the whole article, "" when nothing says so."""

    title: str
    text: str  # plain text, a line for each paragraph; "" when there is none
    lang: str = ""  # BCP 47: as the page states it, unless its words clearly say otherwise; "" when nothing tells
    problem: str = ""
    keep: bool = True  # False: the page says noarchive; its text is screened and forgotten


def refuse_other_types(body: bytes, content_type: str) -> None:
    """Raises ParseError for what is no HTML, by its type or by its first bytes."""
    for start, kind in _KINDS:
        if body.startswith(start):
            raise ParseError(f"not a web page but {kind}")
    stated = content_type.partition(";")[0].strip().lower()
    if stated not in _HTML_TYPES:
        raise ParseError(f"not a web page but {stated[:60]}")
    if not body.strip():
        raise ParseError("the page is empty")


def extract_page(body: bytes, content_type: str = "") -> Page:
    """The article of a page. Raises ParseError where there is no page."""
    refuse_other_types(body, content_type)
    html = _decode(body, content_type)[:LONGEST]
    import trafilatura  # half a second that only the workers need to spend

    tree = trafilatura.load_html(html)
    if tree is None:
        text = plain_text(html)
        return _judged(Page("", text, identify(text)), html, paid=False)
    title, lang, keep = _title(tree), _lang(tree), not _forbids_keeping(tree)
    paid = _must_be_paid(tree)
    if paid:  # the whole text often stands there for search engines; what readers do not see is not taken
        for script in tree.xpath("//script[@type='application/ld+json']"):
            script.getparent().remove(script)
    prune(tree)
    text = trafilatura.extract(tree, include_comments=False) or ""
    return _judged(Page(title, text, language_of(f"{title}\n{text}", lang), keep=keep), html, paid=paid)


def _judged(page: Page, html: str, *, paid: bool) -> Page:
    """The page with what is wrong about it. The texts of walls are dropped: they are nobody's article."""
    words = count_words(page.text)
    if words >= TEASER:
        return page
    title = page.title.lower()
    seen = plain_text(html)[:SEEN].lower()
    if any(mark in title for mark in BOT_TITLES) or any(mark in seen for mark in BOT_CHECKS):
        return replace(page, text="", problem="bot check: the site shows this program no article")
    if words < THIN and any(mark in seen for mark in CONSENT):
        return replace(page, text="", problem="consent page: the site shows no article before cookies are agreed to")
    if paid or any(mark in seen for mark in PAYWALLS):
        return replace(page, problem=f"paywall: only {words} words seen")
    if not page.text:
        return replace(page, problem="no article text found")
    return replace(page, problem=f"only {words} words seen") if words < THIN else page


def count_words(text: str) -> int:
    """Words; where a script puts no blanks between them (Chinese, Japanese, Thai …), every two characters are one."""
    unspaced = sum(1 for c in text if "\u0e00" <= c <= "\u0eff" or "\u3040" <= c <= "\u9fff" or c >= "\U00020000")
    return len(re.findall(r"[^\W\u0e00-\u0eff\u3040-\u9fff\U00020000-\U0003ffff]+", text)) + unspaced // 2


def _decode(body: bytes, content_type: str) -> str:
    head = body[:10_000].decode("latin-1")
    labels = [found[1] for text in (content_type, head) if (found := _CHARSET.search(text))]
    html = decode(body, labels)
    declaration = _XML_DECLARATION.match(html)  # it would contradict what was just found
    return html[declaration.end() :] if declaration else html


def _title(tree: Any) -> str:
    for path in ("//meta[@property='og:title']/@content", "//h1", "//title"):
        for found in tree.xpath(path)[:1]:
            title = " ".join((found if isinstance(found, str) else found.text_content()).split())
            if title:
                return title[:1000]
    return ""


def _lang(tree: Any) -> str:
    paths = (
        "/html/@lang",
        "/html/@*[name()='xml:lang']",
        "//meta[@property='og:locale']/@content",
        "//meta[translate(@http-equiv,'CONTELAGU','contelagu')='content-language']/@content",
    )
    for path in paths:
        for found in tree.xpath(path)[:1]:
            lang = found.strip().replace("_", "-")
            if _LANG.fullmatch(lang):
                return str(lang)
    return ""


def _forbids_keeping(tree: Any) -> bool:
    """`noarchive` for all robots (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag)."""
    for content in tree.xpath("//meta[translate(@name,'ROBTS','robts')='robots']/@content"):
        if "noarchive" in re.split(r"[\s,]+", content.lower()):
            return True
    return False


def _must_be_paid(tree: Any) -> bool:
    """As schema.org and Open Graph have pages say it."""
    for tier in tree.xpath("//meta[@property='article:content_tier']/@content"):
        if tier.strip().lower() in ("locked", "metered"):
            return True
    return any(
        str(item.get("isAccessibleForFree", "")).strip().lower() == "false"
        for script in tree.xpath("//script[@type='application/ld+json']")
        for item in _objects(script.text or "")
    )


def _objects(written: str) -> Iterator[dict[str, Any]]:
    """Every object within a JSON text; none if it is none."""
    try:
        stack = [json.loads(written[:1_000_000], strict=False)]
    except (ValueError, RecursionError):
        return
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack += value.values()
        elif isinstance(value, list):
            stack += value
