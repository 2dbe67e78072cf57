"""How this process keeps and lets go of memory: for services and commands that remember much."""

from __future__ import annotations

import contextlib
import ctypes
import gc

LARGE = 262_144
"""Bytes from which an allocation is a mapping of its own, and goes back to the system when it is freed."""

YOUNG, MIDDLE, OLD = 50_000, 20, 100
"""Thresholds of the garbage collector, `gc.set_threshold`."""

KEPT = 128_000_000
"""Bytes that bulk screening keeps of what it has freed, for its next block."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # mallopt(3)
_MAPPED = 32 << 20  # bytes: the most that glibc takes for the latter


def give_back() -> None:
    """Let every large piece of memory return to the system; for processes of many threads that read large documents.

    glibc begins so, but raises its own threshold to the size of what is freed, up to 32 MB: later bodies then lie in
    its threads' arenas, which keep their pages. Measured with 108 hostile feeds polled at once by 128 threads
    (benchmarks/hostile.py): at most 368–396 MB as it comes, 256–324 MB with the threshold held. Does nothing where
    the C library has no such setting.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)


def trim() -> None:
    """Let go of what is free already, of small pieces too: after a large document, which is made into very many.

    Also now and then in a service: what is free between small pieces that are kept is otherwise never given back. Takes
    a few milliseconds. Does nothing where the C library has no such call.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def keep_freed() -> None:
    """Let memory that is free again stay with the process: bulk screening needs as much for its next block.

    As it comes, the columns of each block go back to the system and are taken from it anew: 2 million page faults in
    70,596 texts, 150,000 with this; of the processor's time 72–75 s and 68–72, and the same memory at most.
    Does nothing where the C library has no such setting.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, _MAPPED)
        library.mallopt(_M_TRIM_THRESHOLD, KEPT)


def collect_rarely() -> None:
    """Let the garbage collector look through objects less often: what bulk screening remembers is not garbage.

    Python's own thresholds are for programs that keep little. Measured on 23,532 texts against 45,000 names: 52.8 s
    with them, 45.7 with these, 44.8 without a collector, and the same memory in all three.
    Not for the service: beside hostile feeds, failed requests are garbage, and it would hold 30 MB more.
    """
    gc.set_threshold(YOUNG, MIDDLE, OLD)
