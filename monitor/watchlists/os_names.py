"""OpenSanctions' names.txt: every name on a line of its own, and nothing else; also any other plain list of names.

Format: https://www.opensanctions.org/docs/bulk/. Which names belong together is not told: names that differ in case,
accents, script or punctuation alone are taken as one entity, all others as entities of their own, of unknown type.
By format description and samples only: a file of prose or of any other form is refused.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from monitor.errors import SourceError
from monitor.model.watchlists import Entity, EntityType, NameKind, Watchlist
from monitor.watchlists.official import LICENCE_OPENSANCTIONS, MAX_NAME, MAX_NAMES, Collector, names, too_many
from monitor.watchlists.yaml_list import made_id

FORM = "OpenSanctions' names.txt"
MAX_LINE = 1_000_000
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
    shared = _shared(path)
    spelt: dict[str, dict[str, None]] = {}  # of those that several lines have
    for number, text in _lines(path):
        if len(text) > MAX_NAME or not any(character.isalnum() for character in text):
            collector.problem(number, "no name")
            continue
        key = made_id(text)
        if key in spelt:
            spelt[key][text] = None
            if len(spelt[key]) > MAX_NAMES:
                raise too_many(path, number, key)
            continue
        if hash(key) in shared:
            spelt[key] = {text: None}
        collector.add(number, Entity("opensanctions", key, EntityType.UNKNOWN, names(text)), alone=True)

    def with_spellings(entity: Entity) -> Entity:
        texts = list(spelt.get(entity.id, ()))
        if len(texts) < 2:
            return entity
        return replace(entity, names=names(texts[0], [(text, NameKind.ALIAS) for text in texts[1:]]))

    if spelt:
        collector.entities.revise(with_spellings)
    return collector.watchlist("opensanctions", "OpenSanctions (names)", licence=LICENCE_OPENSANCTIONS)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        number = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE:
                raise SourceError(f"{path}:{number}: a line of more than {MAX_LINE:,} characters; no name is that long")
            if text := line.strip():
                yield number, text


def _shared(path: Path) -> frozenset[int]:
    """The hashes of keys that several lines have: of millions of names the keys themselves would fill the memory."""
    keys = array("q", (hash(made_id(text)) for _, text in _lines(path) if len(text) <= MAX_NAME))
    hashes = np.frombuffer(keys, np.int64) if keys else np.zeros(0, np.int64)
    hashes = np.sort(hashes)
    return frozenset(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
