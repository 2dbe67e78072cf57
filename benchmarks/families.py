"""A process and all below it: what they hold in memory and have used of the processor. Linux's /proc, proc(5)."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """This process and all below it."""
    found = [pid]
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has ended meanwhile
            for child in map(int, listed.read_text().split()):
                found += family(child)
    return found


def held(pid: int) -> int:
    """Bytes that a family holds, what they share counted once (Pss)."""
    return sum(_pss(one) for one in family(pid))


def seconds(pid: int, *, but: Collection[int] = ()) -> float:
    """Of the processor, by a family and by those of it that have ended and were waited for; `but` these processes."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = 0.0
    for one in family(pid):
        if one not in but:
            with suppress(OSError):
                fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
                used += sum(map(int, fields[11:15])) / ticks
    return used


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
