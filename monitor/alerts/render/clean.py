"""Text from outside, made fit for any medium. Escaping for one medium is that medium's business."""

from __future__ import annotations

from urllib.parse import urlsplit

_BIDI_CONTROLS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_LINE_BREAKING = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]

_TABLE: dict[int, str | None] = {
    **dict.fromkeys(_LINE_BREAKING, " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # lone surrogates cannot be encoded
    **dict.fromkeys([*_BIDI_CONTROLS, 0xFEFF], None),  # they reorder what a reader sees around them
}


def clean(text: str) -> str:
    """One line without control characters, line breaks, bidi controls and surrogates. Joiners (Persian) stay."""
    return text.translate(_TABLE)


def clean_lines(text: str) -> str:
    """`clean`, line by line; no blank lines at the ends."""
    return "\n".join(clean(line).rstrip() for line in text.splitlines()).strip("\n")


def one_line(text: str, limit: int = 1000) -> str:
    """`clean`, runs of white space as one space, cut to at most `limit` code points."""
    return cut(" ".join(clean(text).split()), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, the last of which is then `…`."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"[:limit]


def http_link(url: str) -> str:
    """`url` if a person may be sent there by a click: absolute http(s) without white space or userinfo; else ""."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # "http://[" is no address
        return ""
    return url if good and url == clean(url) and not any(character.isspace() for character in url) else ""
