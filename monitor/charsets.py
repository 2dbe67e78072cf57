"""Bytes to text, by what they are rather than by what they are called. Pure.

Encodings are declared wrongly more often than not, and one byte that does not fit its encoding must not turn a whole
document into nonsense. So the bytes are believed before the labels: a byte order mark, then UTF-8 that reads without
error, then UTF-8 that is declared and reads nearly without error, then whatever else is declared, then a guess.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

GUESS_BYTES = 50_000
"""What a guess looks at: enough letters to tell, few enough to be fast."""

_BAD_SHARE = 0.2
"""Above this share of characters that do not read among those outside ASCII, "UTF-8" is taken for a wrong label. A
text of another encoding is above a half, a UTF-8 text with words cut in mid-character far below a tenth."""

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

_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
)
"""Python's codecs that no document is written in; some take quadratic time."""


def decode(body: bytes, labels: Iterable[str]) -> str:
    """The text of a document that is called `labels` (the one to be believed first stands first), without byte order
    mark. Never fails: unknown labels are ignored, what cannot be read becomes U+FFFD.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body.decode(charset, "replace").removeprefix("\ufeff")
    for start, charset in _BARE_WIDE:
        if body.startswith(start):
            return body.decode(charset, "replace")
    declared = list(_codecs(labels))
    if b"\x1b" in body:  # ISO 2022 hides other alphabets in what reads as ASCII
        for charset in declared:
            if charset.startswith("iso2022"):
                return body.decode(charset, "replace")
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if not bad or ("utf-8" in declared and bad <= _BAD_SHARE * sum(not c.isascii() for c in text)):
        return text
    for charset in declared:
        if charset != "utf-8":
            try:
                return body.decode(charset)
            except UnicodeError:
                continue
    return _guess(body, declared)


def _codecs(labels: Iterable[str]) -> Iterator[str]:
    for label in labels:
        try:
            name = codecs.lookup(label.lower()).name.replace("-8859-", "8859-")
            bytes(4).decode(name, "replace")  # refuses what is no encoding of text
        except (LookupError, ValueError):
            continue
        if name not in _NO_CHARSETS:
            yield _WIDER.get(name, name)


def _guess(body: bytes, declared: list[str]) -> str:
    """Decode by what the bytes look like, or else by the label that they do not quite fit."""
    at = next((i for i, byte in enumerate(body) if byte > 127), 0)
    start = max(0, at - GUESS_BYTES // 10)
    best = from_bytes(body[start : start + GUESS_BYTES]).best()
    charset = best.encoding if best else next((name for name in declared if name != "utf-8"), "utf-8")
    return body.decode(charset, "replace")
