"""HTML to the plain text that is screened: feeds' titles and summaries, files, pages that extraction cannot read.

Written for fragments of unknown quality: what might be text stays text (a stray `<`, `<Rosneft>`, an unclosed
`<script>`), since a name that is dropped here is never found. Each character is looked at a bounded number of times,
whatever the markup, which the standard library's parser does not promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_BLOCKS = frozenset(
    """address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption
    figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup option
    p pre search section select summary table tbody textarea tfoot thead title tr ul""".split()  # noqa: SIM905
)
_CELLS = frozenset({"td", "th", "img", "button", "input", "iframe", "object", "video", "audio", "embed", "rt", "rp"})
_INLINE = frozenset(
    """a abbr acronym applet area b base basefont bdi bdo big blink canvas cite code col colgroup data datalist del dfn
    em font frame i ins kbd label link map mark marquee math meta meter nobr noembed noframes noscript output param
    picture portal progress q ruby s samp script slot small source span strike strong style sub sup svg template time
    track tt u var wbr xmp""".split()  # noqa: SIM905
)
_HIDDEN = frozenset({"script", "style", "template", "svg", "iframe", "noembed", "noframes", "object"})
"""Elements whose content no reader sees; left out whole where they are closed."""

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:_-]*)")
_TAG_REST = re.compile(r"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+>""")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")  # no character, and unescape() fails on thousands of digits
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BREAK = "\x1e"  # one of the unprintable, so it cannot stand in the text itself


def plain_text(html: str) -> str:
    """The text of an HTML document or fragment: entities decoded, tags dropped, a line for each block.

    White space is collapsed within a line, empty lines are left out, control characters and lone surrogates become
    spaces. Plain text comes out as it is, but for its white space. Linear in time.
    """
    html = _LONG_NUMBER.sub(" ", _UNPRINTABLE.sub(" ", html))
    pieces: list[str] = []
    for text, tag in _runs(html):
        pieces.append(text)
        pieces.append(_BREAK if tag in _BLOCKS else " " if tag in _CELLS else "")
    lines = (" ".join(line.split()) for line in unescape("".join(pieces).replace("]]>", "")).split(_BREAK))
    return "\n".join(line for line in lines if line)


def _runs(html: str) -> Iterator[tuple[str, str]]:
    """Runs of text, each with the name of the tag that ends it ("" for comments and the end)."""
    missing: set[str] = set()  # what was looked for up to the end in vain, so that nothing is looked for twice
    position = start = 0
    while (position := html.find("<", position)) >= 0:
        tag, after = _markup(html, position, missing)
        if after <= position:
            position += 1
            continue
        yield html[start:position], tag
        position = start = after
    yield html[start:], ""


def _markup(html: str, start: int, missing: set[str]) -> tuple[str, int]:
    """The name of the tag that begins at `start` and where it ends; `start` itself when it is text after all."""
    if html.startswith("<!--", start):
        return "", _past(html, "-->", start + 2, missing) or start  # `<!-->` is a whole comment
    if html.startswith("<![CDATA[", start):
        return "", start + 9  # feeds wrap text in it twice
    if html.startswith(("<!", "<?"), start):
        return "", _past(html, ">", start, missing) or start
    named = _NAME.match(html, start)
    if not named:
        return "", start
    name = named[1].lower()
    end = _tag_end(html, named.end(), missing)
    known = name in _BLOCKS or name in _CELLS or name in _INLINE or "-" in name or ":" in name
    if not end or not (known or html[named.end() : end - 1].strip(" /\n\t")):
        return name, start  # `<Rosneft>` is not HTML
    if name in _HIDDEN and html[start + 1] != "/":
        return name, _past_element(html, name, end, missing) or end
    return name, end


def _tag_end(html: str, start: int, missing: set[str]) -> int:
    """Past the `>` of the tag whose name ends at `start`; 0 if it never comes.

    Quoted values may hold a `>`. When a scan that minds the quotes has run to the end of the document once, the rest
    of the document is read without minding them.
    """
    if "quotes" not in missing:
        if rest := _TAG_REST.match(html, start):
            return rest.end()
        missing.add("quotes")
    return _past(html, ">", start, missing)


def _past_element(html: str, name: str, start: int, missing: set[str]) -> int:
    if name in missing:
        return 0
    closing = re.compile(rf"</{name}", re.IGNORECASE).search(html, start)
    end = _past(html, ">", closing.end(), missing) if closing else 0
    if not end:
        missing.add(name)
    return end


def _past(html: str, mark: str, start: int, missing: set[str]) -> int:
    if mark in missing:
        return 0
    found = html.find(mark, start)
    if found < 0:
        missing.add(mark)
        return 0
    return found + len(mark)
