"""Dates as feeds write them. Pure.

Libraries guess where this one does not: `2016/6/29` was read as November, an epoch as the year 1794, Moscow time as
UTC. What is not understood is None, and the caller keeps the words beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No feed tells news of other times: what falls outside was misread or mistyped."""

_MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        (
            "jan янв січ gen ene ιαν sty led",
            "feb fév fev фев лют φεβ lut úno",
            "mar mär mrz мар бер μαρ μάρ bře",
            "apr avr abr апр кві απρ kwi dub",
            "may mai mag maj mei май мая тра μαϊ μάι kvě",
            "jun juin giu июн чер ιουν ιούν cze",
            "jul juil lug июл лип ιουλ ιούλ lip",
            "aug août aou ago авг сер αυγ αύγ sie srp",
            "sep set сен вер σεπ wrz zář",
            "oct okt ott out окт жов οκτ paź říj",
            "nov ноя лис νοε νοέ",
            "dec déc dez dic дек гру δεκ gru pro",
        ),
        start=1,
    )
    for prefix in prefixes.split()
}
"""Beginnings of the months' names in the languages of the feeds we met, English first."""

_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120, "eet": 120, "sast": 120, "cat": 120, "eest": 180, "msk": 180, "мск": 180, "trt": 180, "ast": -240,
    "adt": -180, "est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "gst": 240, "pkt": 300, "ist": 330, "npt": 345,
    "ict": 420, "wib": 420, "hkt": 480, "sgt": 480, "myt": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570,
    "aest": 600, "acdt": 630, "aedt": 660, "nzst": 720, "nzdt": 780, "brt": -180, "art": -180, "clt": -240,
}  # fmt: skip
"""Minutes east of UTC. A letter code that is missing here is read as UTC: wrong by hours, not by days."""

_TIME = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,12})?)?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"(?P<zone>[+\-−]\d{1,2}(?::?\d{2})?|[^\W\d_]{1,5}\b(?:[+\-]\d{1,2}(?::?\d{2})?)?)?"
_WHEN = rf"(?:(?:T|[,\s]|\bat\b|\bв\b|-){{1,4}}{_TIME}\s*\(?{_ZONE})?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?{_WHEN}", re.IGNORECASE
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
    rf"\s*{_ZONE}$",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"(?:[^\W\d_]{{2,15}}\.?,?\s*)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º)?[\s-]+(?:de\s+)?(?P<name>[^\W\d_]{{3,15}})\.?,?"
    rf"[\s-]+(?:de\s+)?(?P<year>\d{{4}}|\d{{2}})\b{_WHEN}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?:[^\W\d_]{{2,15}}\.?,?\s+)?(?P<name>[^\W\d_]{{3,15}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
    rf"(?:(?P<year>\d{{4}})\b{_WHEN}|"
    rf"{_TIME.replace('P<', 'P<c')}\s*(?:(?P<czone>[A-Z]{{1,5}})\s+)?(?P<cyear>\d{{4}})\b)",
    re.IGNORECASE,
)
_DOTTED = re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})\b{_WHEN}", re.IGNORECASE)
_CHARACTERS = re.compile(
    rf"(?P<year>\d{{4}})\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日일]{_WHEN}", re.IGNORECASE
)
_FORMS = (_YEAR_FIRST, _COMPACT, _DAY_FIRST, _MONTH_FIRST, _DOTTED, _CHARACTERS)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")


def parse_date(raw: str) -> datetime | None:
    """The moment in UTC, or None where the words are not understood or fall outside EARLIEST … LATEST.

    A date alone is its midnight; a time without a zone is taken for UTC. Days before months only where dots say so:
    `03/04/2024` may be either, and is not understood.
    """
    raw = " ".join(raw[:100].split())
    try:
        moment = _epoch(raw) if _EPOCH.fullmatch(raw) else _written(raw)
    except (ValueError, OverflowError):
        return None
    return moment if moment and EARLIEST <= moment < LATEST else None


def _epoch(raw: str) -> datetime:
    number = float(raw)
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)


def _written(raw: str) -> datetime | None:
    found = next((found for form in _FORMS if (found := form.match(raw))), None)
    if not found:
        return None
    part = {key.removeprefix("c"): value for key, value in found.groupdict().items() if value is not None}
    month = _month(part["name"]) if "name" in part else int(part["month"])
    if not month:
        return None
    year = int(part["year"])
    if year < 100:
        year += 2000 if year < 69 else 1900  # as RFC 2822 and POSIX have it
    hour = int(part.get("hour", 0))
    if half := part.get("half", "")[:1].lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    day = datetime(year, month, int(part.get("day", 1)), tzinfo=_zone(part.get("zone", "")))
    time = timedelta(hours=hour, minutes=int(part.get("minute", 0)), seconds=int(part.get("second", 0)))
    if time > timedelta(days=1):
        return None
    return (day + time).astimezone(UTC)


def _month(name: str) -> int:
    name = name.casefold()
    return next((_MONTHS[name[:length]] for length in (4, 3) if name[:length] in _MONTHS), 0)


def _zone(zone: str) -> timezone:
    letters = zone.rstrip("0123456789:+-−").casefold()
    digits = zone[len(letters) :].replace("−", "-").replace(":", "")
    minutes = _ZONES.get(letters, 0)
    if digits:
        hours, rest = (digits[1:3], digits[3:]) if len(digits) > 4 else (digits[1:-2], digits[-2:])
        if len(digits) <= 3:
            hours, rest = digits[1:], "0"
        minutes += (-1 if digits[0] == "-" else 1) * (int(hours) * 60 + int(rest or 0))
    return timezone(timedelta(minutes=minutes))
