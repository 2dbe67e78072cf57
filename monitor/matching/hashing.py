"""Hashes of many words at once, and of the words cut out of them. Pure.

A word c₀c₁… hashes to Σ mix(cᵢ)·Bⁱ mod 2⁶⁴, so that the hash of any part of any word, of a word without one of its
letters, and of two words written as one follow from prefix sums. Equal strings have equal hashes; different ones may,
so whatever is found by hash is verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_B = np.uint64(0x9E6C63D0876A9A47)
_B_INVERSE = np.uint64(pow(0x9E6C63D0876A9A47, -1, 1 << 64))
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@cache
def _powers(base: int, upto: int) -> Hashes:
    found = np.full(upto, base, np.uint64)
    found[0] = 1
    return np.multiply.accumulate(found)


def _power_tables(count: int) -> tuple[Hashes, Hashes]:
    """Bⁱ and B⁻ⁱ for i < count at least."""
    size = max(1 << 12, 1 << (count - 1).bit_length())
    return _powers(int(_B), size), _powers(int(_B_INVERSE), size)


class Ragged:
    """Many words in one array of code points."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
        self.lengths: Ints = np.fromiter(map(len, words), np.int64, len(words))
        self.ends: Ints = np.cumsum(self.lengths)
        self.starts: Ints = self.ends - self.lengths
        self._power, self._inverse = _power_tables(len(self.codes) + 2)
        mixed = (self.codes + np.uint64(1)) * _SPREAD
        mixed ^= mixed >> np.uint64(32)
        mixed *= _MIX
        self._sums = np.zeros(len(mixed) + 1, np.uint64)
        np.cumsum(mixed * self._power[: len(mixed)], out=self._sums[1:])

    def whole(self) -> Hashes:
        """The hash of each word."""
        return self.cut(self.starts, self.ends)

    def cut(self, begins: Ints, ends: Ints) -> Hashes:
        """The hashes of what stands between these places of the code points."""
        found: Hashes = (self._sums[ends] - self._sums[begins]) * self._inverse[begins]
        return found

    def powers(self) -> Hashes:
        """By word Bⁿ for its n letters: hash(left + right) = hash(left) + powers(left) · hash(right)."""
        return self._power[self.lengths]

    def shortened(self, chosen: Ints) -> tuple[Ints, Hashes]:
        """Of the chosen words each one whole and without any one of its letters: (place among the words, hash)."""
        count = self.lengths[chosen]
        word = np.repeat(chosen, count)
        within = np.arange(len(word)) - np.repeat(np.cumsum(count) - count, count)
        start, end = self.starts[word], self.ends[word]
        at = start + within
        sums = self._sums
        hashes = ((sums[at] - sums[start]) + (sums[end] - sums[at + 1]) * _B_INVERSE) * self._inverse[start]
        return np.concatenate([word, chosen]), np.concatenate(
            [hashes, self.cut(self.starts[chosen], self.ends[chosen])]
        )

    def letters(self) -> Hashes:
        """Which letters each word has, as bits (several letters share one)."""
        if not len(self.codes):
            return np.zeros(len(self.words), np.uint64)
        bits = np.uint64(1) << (self.codes & np.uint32(63)).astype(np.uint64)
        found = np.bitwise_or.reduceat(bits, np.minimum(self.starts, len(bits) - 1))
        found[self.lengths == 0] = 0
        return found


class HashTable:
    """Values by hash; many may share one. A bitmap tells most of the absent ones at once."""

    def __init__(self, hashes: Hashes, values: NDArray[np.int32]) -> None:
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._values = hashes[order], values[order]
        self._shift = np.uint64(64 - max(12, (32 * len(hashes)).bit_length()))
        self._bits = np.zeros(1 << (61 - int(self._shift)), np.uint8)
        place = (hashes * _SPREAD) >> self._shift
        np.bitwise_or.at(self._bits, place >> np.uint64(3), (1 << (place & np.uint64(7))).astype(np.uint8))

    def maybe(self, hashes: Hashes) -> Ints:
        """The places of the hashes that may be in the table."""
        place = (hashes * _SPREAD) >> self._shift
        bytes_ = self._bits[place >> np.uint64(3)]
        return np.flatnonzero((bytes_ >> (place & np.uint64(7)).astype(np.uint8)) & np.uint8(1))

    def find(self, hashes: Hashes) -> tuple[Ints, NDArray[np.int32]]:
        """Every (place among the hashes, value)."""
        some = self.maybe(hashes)
        if not len(some) or not len(self._hashes):
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        wanted = hashes[some]
        left = np.searchsorted(self._hashes, wanted)
        there = self._hashes[np.minimum(left, len(self._hashes) - 1)] == wanted
        some, wanted, left = some[there], wanted[there], left[there]
        right = np.searchsorted(self._hashes, wanted, side="right")
        places, which = expanded(left, right)
        return some[which], self._values[places]


def expanded(begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Every number from begins[i] up to ends[i], and the i it comes from."""
    count = ends - begins
    which = np.repeat(np.arange(len(count)), count)
    return np.arange(len(which)) + np.repeat(begins - (np.cumsum(count) - count), count), which


def distinct(numbers: Ints) -> Ints:
    """The numbers, ascending, each once (a few times faster than `numpy.unique`)."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
