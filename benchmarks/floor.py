"""The floor of every speed figure: what merely looking at a text costs."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"\w+")


def floor(text: str) -> set[str]:
    """The text's words: NFKD, combining marks removed, casefold, `\\w+`, into a set. Nothing else."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join([c for c in decomposed if not unicodedata.combining(c)]) if not decomposed.isascii() else decomposed
    return set(WORD.findall(bare.casefold()))
