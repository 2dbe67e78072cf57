"""What is written together with a word though it is none of it: Korean particles, Arabic and Hebrew prefixes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.matching import tables
from monitor.matching.text import fold

LEFT = 2
"""Letters that must be left of a word."""


@tables.once
def _affixes() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Script → (prefixes, suffixes)."""
    return {
        script: (tuple(map(fold, row.get("prefixes", ()))), tuple(map(fold, row.get("suffixes", ()))))
        for script, row in tables.read("affixes.yaml").items()
        if script != "sources"
    }


_RANGES = (("hebrew", "\u0590", "\u05ff"), ("arabic", "\u0600", "\u077f"), ("hangul", "\u1100", "\u11ff"))


def stripped(word: str) -> Iterator[str]:
    """The folded word without each prefix or suffix that it may have."""
    first = word[:1]
    if first < "\u0590" or first > "\u11ff":
        return
    script = next((script for script, low, high in _RANGES if low <= first <= high), "")
    prefixes, suffixes = _affixes().get(script, ((), ()))
    for prefix in prefixes:
        if len(word) >= len(prefix) + LEFT and word.startswith(prefix):
            yield word[len(prefix) :]
    for suffix in suffixes:
        if len(word) >= len(suffix) + LEFT and word.endswith(suffix):
            yield word[: -len(suffix)]
