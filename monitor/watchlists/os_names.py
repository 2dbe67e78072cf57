"""OpenSanctions' names.txt: every name on a line of its own, and nothing else; also any other plain list of names.

Format: https://www.opensanctions.org/docs/bulk/. Which names belong together is not told: names that differ in case,
accents, script or punctuation alone are taken as one entity, all others as entities of their own, of unknown type.
By format description and samples only: a file of prose or of any other form is refused.
"""

from __future__ import annotations

from pathlib import Path

from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.official import LICENCE_OPENSANCTIONS, MAX_NAME, Collector, names
from monitor.watchlists.yaml_list import made_id

FORM = "OpenSanctions' names.txt"
_MARKUP = set("<>{}[]|=;#*\ufffd")
_CELLS = (',"', '",', "-0-", ",,")


def looks_like_it(head: str) -> bool:
    """Several lines, each of which could be a name: short, no markup, not beginning like the rest of a sentence."""
    lines = [line.strip() for line in head.splitlines()[:-1] or [head]]
    lines = [line for line in lines if line]
    return len(lines) > 1 and all(_could_be_a_name(line) for line in lines)


def _could_be_a_name(line: str) -> bool:
    letter = next((character for character in line if character.isalpha()), "")
    words = line.split()
    return (
        bool(letter)
        and len(line) <= 250
        and len(words) <= 25
        and line.isprintable()
        and not _MARKUP & set(line)
        and not any(sign in line for sign in _CELLS)
        and not (line[-1] in ".!?:" and sum(word.islower() and len(word) > 3 for word in words) > 2)
        and not (letter.islower() and letter.isascii() and len(words) > 2)
    )


def read(path: Path) -> Watchlist:
    """The list. Raises SourceError when it is not understood."""
    collector = Collector(path, FORM)
    found: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if not text:
                continue
            if len(text) > MAX_NAME or not any(character.isalnum() for character in text):
                collector.problem(number, "no name")
                continue
            key = made_id(text)
            found.setdefault(key, []).append(text)
            lines.setdefault(key, number)
    for key, texts in found.items():
        written = names(texts[0], [(text, NameKind.ALIAS) for text in texts[1:]])
        collector.add(lines[key], Entity("opensanctions", key, EntityType.UNKNOWN, written))
    return collector.watchlist("opensanctions", "OpenSanctions (names)", licence=LICENCE_OPENSANCTIONS)
