"""Whether two texts are nearly the same: sketches of their three-word runs, after Broder's minhash. Pure.

A text is known by its smallest hashes of such runs. Two sketches tell what share of the runs of both texts together
stands in both; where the texts are short, as headlines with their summaries are, exactly. Figures must be the same:
"day 297 of the war" is not "day 298", and today's share prices are not yesterday's.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from hashlib import blake2b

RUN = 3
"""Words of a run."""

SIZE = 48
"""Hashes that are kept; of a text with fewer runs, all."""

PROBES = 8
"""The smallest of them, by which texts that may be near are looked up. Of two texts that share six runs in ten, one in
two thousand pairs has none in common."""

FEWEST = 15
"""Runs that a text must have: fewer are a headline, and headlines are alike by chance."""

NEAR = 0.6
"""Share of common runs from which texts tell the same. Of 19,301 entries of 2022, those of different feeds and at most
three days apart that share 0.4 or more were copies without exception once their figures had to be the same (without
that, pairs at 0.74 were not): what is between is the margin."""

_FIGURES = re.compile(r"\d+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\U00020000-\U0003ffff]")
"""Scripts that put no blanks between words: there every character counts as one."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text."""

    figures: int  # a hash of the numbers in it
    hashes: tuple[int, ...]  # of runs, the smallest first; below 2**63

    @property
    def probes(self) -> tuple[int, ...]:
        return self.hashes[:PROBES]


def sketch(words: str) -> Sketch | None:
    """The sketch of a normalised text (`stories.normalised`); None where it is too short to tell."""
    tokens = [token for word in words.split() for token in (word if _UNSPACED.search(word) else (word,))]
    runs = {" ".join(tokens[n : n + RUN]) for n in range(len(tokens) - RUN + 1)}
    if len(runs) < FEWEST:
        return None
    figures = _hash(" ".join(sorted(set(_FIGURES.findall(words)))))
    return Sketch(figures, tuple(sorted(map(_hash, runs))[:SIZE]))


def near(one: Sketch, other: Sketch) -> float:
    """The estimated share of runs that both have, 0–1; 0 where their figures differ."""
    if one.figures != other.figures:
        return 0.0
    both, either = set(one.hashes) & set(other.hashes), sorted({*one.hashes, *other.hashes})
    if len(one.hashes) == SIZE or len(other.hashes) == SIZE:
        either = either[:SIZE]  # beyond, one of them was cut
    return len(both.intersection(either)) / len(either)


def pack(made: Sketch) -> bytes:
    return struct.pack(f">{len(made.hashes) + 1}Q", made.figures, *made.hashes)


def unpack(packed: bytes) -> Sketch:
    figures, *hashes = struct.unpack(f">{len(packed) // 8}Q", packed)
    return Sketch(figures, tuple(hashes))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
