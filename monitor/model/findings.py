"""What a look at an installation found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    OK = "ok"
    WATCH = "watch"  # works, but somebody should look at it
    BROKEN = "broken"  # something is missed, or will be, until it is mended


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    area: str  # "clock", "disk", "database", "lists", "feeds", "channels", "service", "versions"
    grade: Grade
    said: str  # one line
    mend: str = ""  # what to do about it; "" where nothing is to be done
