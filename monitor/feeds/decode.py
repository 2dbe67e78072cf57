"""Bytes of a feed to text, and text that is nearly XML to XML. Pure."""

from __future__ import annotations

import re
from html.entities import html5

from monitor import charsets

_XML_DECLARATION = re.compile(r"<\?xml\b[^>]{0,1000}\?>", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})""")
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

_PROLOGUE = 50_000
"""Code points within which a document's first element begins."""

_ROOT = re.compile(
    r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex|channel|[a-z][a-z0-9]*:(?:feed|RDF|urlset))[\s>]", re.IGNORECASE
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]{0,1000}(?:\[.*?\]\s{0,100})?>", re.IGNORECASE | re.DOTALL)

_UNSEEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 does not allow
_ENTITY = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document, without byte order mark. Never fails: what cannot be read becomes U+FFFD.

    content_type: of the HTTP answer, "" when there was none. The document is believed first: it knows its author.
    """
    labels = [m[1].decode() for m in [_XML_CHARSET.match(body[:1000])] if m]
    labels += [m[1] for m in [_HEADER_CHARSET.search(content_type[:1000])] if m]
    return charsets.decode(body, labels)


def mend(text: str) -> str:
    """XML as far as it goes: characters that XML forbids, HTML's entities and bare ampersands are made lawful.

    A parser that stops at `&nbsp;` or at a stray control character is spared its slow and lossy second attempt. What
    stands before the first element is dropped (the text has no encoding any more, PHP's warnings are no news) and with
    it every entity of the document's own making: no feed needs them, and bombs are made of them. CDATA is left alone
    but for its characters. Linear in time.
    """
    text = _UNSEEN.sub(" ", text)
    start = _ROOT.search(text, 0, _PROLOGUE)
    text = text[start.start() :] if start else _without_doctype(text.lstrip())
    pieces = []
    position = 0
    while (begin := text.find("<![CDATA[", position)) >= 0:
        end = text.find("]]>", begin)
        if end < 0:
            break
        pieces += [_ENTITY.sub(_lawful, text[position:begin]), text[begin : end + 3]]
        position = end + 3
    return "".join([*pieces, _ENTITY.sub(_lawful, text[position:])])


def _without_doctype(text: str) -> str:
    declaration = _XML_DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    doctype = _DOCTYPE.search(text, 0, _PROLOGUE)
    return text[: doctype.start()] + text[doctype.end() :] if doctype else text


def _lawful(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        return " " if number > 0x10FFFF or _UNSEEN.match(chr(number)) else found[0]
    if name in _XML_ENTITIES:
        return found[0]
    return html5.get(name, f"&amp;{name}")
