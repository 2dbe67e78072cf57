"""Bytes of a feed to text, and text that is nearly XML to XML. Pure.

Encodings are declared wrongly more often than not, and one byte that does not fit its encoding must not turn a whole
feed into nonsense. So the bytes are believed before the labels: a byte order mark, then UTF-8 that reads without
error or nearly so, then whatever else is declared, then a guess.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from html.entities import html5

from charset_normalizer import from_bytes

GUESS_BYTES = 50_000
"""What a guess looks at: enough letters to tell, few enough to be fast."""

_BAD_SHARE = 0.4
"""Up to this share of characters that do not read, among those outside ASCII, a text is UTF-8 whatever its labels say.
Of news in eleven other encodings, at least 0.72 of them did not (the least in Korean)."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BARE_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)

_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What publishers mean by a label, as browsers read it (https://encoding.spec.whatwg.org/#names-and-labels)."""

_GUESSES = """utf_8 cp1251 koi8_r cp1252 cp1250 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874
    gb18030 big5hkscs cp932 euc_jp cp949""".split()  # noqa: SIM905
"""What feeds are written in; left to itself, the guesser finds Macintosh and DOS alphabets in short texts."""

_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
)
"""Python's codecs that no feed is written in; some take quadratic time."""

_XML_DECLARATION = re.compile(r"<\?xml\b[^>]{0,1000}\?>", re.IGNORECASE)
_MARKUP = re.compile(rb"<[^<>]{0,500}>")
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

    content_type: of the HTTP answer, "" when there was none.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body.decode(charset, "replace").removeprefix("\ufeff")
    for start, charset in _BARE_WIDE:
        if body.startswith(start):
            return body.decode(charset, "replace")
    declared = list(_declared(body, content_type))
    if b"\x1b" in body:  # ISO 2022 hides other alphabets in what reads as ASCII
        for charset in declared:
            if charset.startswith("iso2022"):
                return body.decode(charset, "replace")
    with suppress(UnicodeError):
        return body.decode("utf-8")
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") <= _BAD_SHARE * sum(not c.isascii() for c in text):
        return text
    for charset in declared:
        if charset != "utf-8":
            with suppress(UnicodeError):
                return body.decode(charset)
    return _guess(body, declared)


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """The codecs that the document and its header name, the document first: it knows its author."""
    labels = [m[1].decode() for m in [_XML_CHARSET.match(body[:1000])] if m]
    labels += [m[1] for m in [_HEADER_CHARSET.search(content_type[:1000])] if m]
    for label in labels:
        try:
            name = codecs.lookup(label.lower()).name.replace("-8859-", "8859-")
            b"".decode(name)  # refuses what is no encoding of text
        except LookupError:
            continue
        if name not in _NO_CHARSETS:
            yield _WIDER.get(name, name)


def _guess(body: bytes, declared: list[str]) -> str:
    """Decode by what the bytes look like, or else by the label that they do not quite fit."""
    words = b" ".join(word for word in _MARKUP.sub(b" ", body[: 20 * GUESS_BYTES]).split() if not word.isascii())
    best = from_bytes(words[:GUESS_BYTES], cp_isolation=_GUESSES, preemptive_behaviour=False).best()
    charset = best.encoding if best else next((name for name in declared if name != "utf-8"), "utf-8")
    return body.decode(charset, "replace")


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
