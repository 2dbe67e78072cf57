"""What words of the news were found to be, kept in a file beside the compiled lists: by one process for all others.

A word of the news is held against all names once, which takes a hundred times as long as reading it. Processes that
screen side by side, and those that come later, need not do so again. The file is only added to, a block at a time and
each in one write: writes with O_APPEND do not mix (POSIX), so that nobody waits. What a killed process left half
written is skipped. The file holds words and numbers; nothing in it is executed.
"""

from __future__ import annotations

import logging
import os
import stat
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.matching.hashing import Ints, expanded
from monitor.matching.neighbours import Relations

log = logging.getLogger(__name__)

MOST = 16_000_000
"""Bytes of a file from which nothing is added: 250,000 words of news in eleven languages, the common ones first, when
they are held against 45,000 names. In memory they take three times as much."""

MARK = b"\xf5words\x00\x01"
"""Begins each block; its first byte is in no UTF-8."""

_HEAD = struct.Struct("<8sIIII")  # mark, forms, relations, bytes of the forms, checksum of what follows


class Wordbook:
    """One such file, of one vocabulary of names. For one thread at a time, and any number of processes.

    words: how many the vocabulary has. Nothing that fails raises: what cannot be read is found anew.
    """

    def __init__(self, path: Path, words: int) -> None:
        self.path = path
        self._words = words
        self._read_to = 0  # bytes
        self._own: set[int] = set()  # where blocks begin that this process has written
        self._places: dict[str, int] = {}  # of forms that have not been asked for yet, in the columns
        self._begins = np.zeros(1, np.int64)
        self._columns = _Columns(np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0))
        self._broken = False

    def look(self, forms: Sequence[str]) -> tuple[Relations, list[int]]:
        """The relations of those of the forms that are known, and the places of the others. Each is told once."""
        self._take_in()
        places = np.array([self._places.pop(form, -1) for form in forms], np.int64)
        known = np.flatnonzero(places >= 0)
        source, which = expanded(self._begins[places[known]], self._begins[places[known] + 1])
        word, code, value = self._columns
        found = Relations(known[which], word[source], code[source], value[source])
        return found, np.flatnonzero(places < 0).tolist()

    def note(self, forms: Sequence[str], found: Relations) -> None:
        """Add what these forms were found to be, for others."""
        if self._broken or self._read_to >= MOST or not forms:
            return
        text = "\n".join(forms).encode("utf-8", "surrogatepass")
        counts = np.bincount(found.query, minlength=len(forms)).astype("<u4")
        columns = (counts, found.word.astype("<i4"), found.code, found.value.astype("<f8"))
        rest = text + b"".join(column.tobytes() for column in columns)
        head = _HEAD.pack(MARK, len(forms), len(found.word), len(text), zlib.crc32(rest))
        try:
            descriptor = self._open(os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                written = os.write(descriptor, head + rest)
                self._own.add(os.lseek(descriptor, 0, os.SEEK_CUR) - written)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            self._give_up(error)

    def _take_in(self) -> None:
        """Read what has come since the last time."""
        if self._broken:
            return
        try:
            descriptor = self._open(os.O_RDONLY)
            try:
                size = min(os.fstat(descriptor).st_size, 2 * MOST)
                data = os.pread(descriptor, size - self._read_to, self._read_to) if size > self._read_to else b""
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            self._give_up(error)
            return
        blocks = []
        at = 0
        while (begin := data.find(MARK, at)) >= 0:
            at, block = self._block(data, begin)
            if block is not None:
                if self._read_to + begin not in self._own:
                    blocks.append(block)
            elif data.find(MARK, begin + 1) < 0:  # perhaps it is being written
                at = begin
                break
        self._read_to += at
        self._add(blocks)

    def _block(self, data: bytes, begin: int) -> tuple[int, _Block | None]:
        """Where the block that begins here ends, and what it holds; None where it is not whole."""
        start = begin + _HEAD.size
        if start > len(data):
            return begin + 1, None
        _, forms, relations, size, checksum = _HEAD.unpack_from(data, begin)
        end = start + size + 4 * forms + 13 * relations
        if end > len(data) or zlib.crc32(data[start:end]) != checksum:
            return begin + 1, None
        words = data[start : start + size].decode("utf-8", "surrogatepass").split("\n")
        counts = np.frombuffer(data, "<u4", forms, start + size).astype(np.int64)
        at = start + size + 4 * forms
        related = np.frombuffer(data, "<i4", relations, at)
        codes = np.frombuffer(data, np.int8, relations, at + 4 * relations)
        values = np.frombuffer(data, "<f8", relations, at + 5 * relations)
        sound = len(words) == forms and counts.sum() == relations
        if not sound or (relations and not 0 <= related.min() <= related.max() < self._words):
            log.warning("%s: a block of it is of another vocabulary", self.path)
            return end, ([], counts[:0], _Columns(related[:0], codes[:0], values[:0]))
        return end, (words, counts, _Columns(related, codes, values))

    def _add(self, blocks: list[_Block]) -> None:
        if not blocks:
            return
        place = len(self._begins) - 1
        for words, _, _ in blocks:
            self._places.update((form, place + number) for number, form in enumerate(words))
            place += len(words)
        counts = np.concatenate([counts for _, counts, _ in blocks])
        self._begins = np.concatenate([self._begins, self._begins[-1] + np.cumsum(counts)])
        columns = zip(self._columns, *(some for *_, some in blocks), strict=True)
        self._columns = _Columns(*map(np.concatenate, columns))

    def _open(self, flags: int) -> int:
        """Raises OSError, ValueError for a file that others may have written."""
        more = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(self.path, flags | more, 0o600)
        try:
            found = os.fstat(descriptor)
            only_mine(found, "the file")
            if not stat.S_ISREG(found.st_mode):
                raise ValueError("it is no file")
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        log.warning("words are not kept for other processes: %s: %s", self.path, error)


class _Columns(NamedTuple):
    """Relations, as in `Relations`."""

    word: NDArray[np.int32]
    code: NDArray[np.int8]
    value: NDArray[np.float64]


_Block = tuple[list[str], Ints, _Columns]
"""Forms, how many relations each has, and these."""


def only_mine(found: os.stat_result, what: str) -> None:
    """Raises ValueError for what others own or can write: they could put other names there."""
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        raise ValueError(f"{what} is somebody else's")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ValueError(f"{what} can be written by others")
