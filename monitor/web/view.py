"""What templates show of hits: sentences cut at their marks, points with their sign, links only where they are safe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from monitor.alerts.render.clean import clean, http_link, one_line
from monitor.alerts.times import MONTHS, say_duration, say_time
from monitor.model.matches import HitRecord, Match

_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `marked`: it reads like the watched name."""

    text: str
    marked: bool
    other: bool = False  # like another watched name, not the one that the page is about


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the article with every mention that stands in it."""

    field: str  # "title" or "text"
    pieces: tuple[Piece, ...]
    matches: tuple[Match, ...]  # by offset


def sentences(record: HitRecord) -> list[Sentence]:
    """All distinct sentences, in the article's order but for the one that says it best, which comes first."""
    together: dict[tuple[str, str], list[Match]] = {}
    for match in record.hit.matches:
        together.setdefault((match.mention.field, match.snippet.text), []).append(match)
    best = lead(record)
    others = [_sentence(matches) for matches in together.values()]
    return [best, *(one for one in others if one.matches != best.matches)]


def lead(record: HitRecord) -> Sentence:
    """The sentence of the highest score, in the text if a name is there at all: the title is shown anyway."""
    matches = record.hit.matches
    body = [match for match in matches if match.mention.field == "text"] or list(matches)
    best = max(body, key=lambda match: match.score)
    return _sentence([match for match in body if match.snippet.text == best.snippet.text])


def _sentence(matches: Iterable[Match]) -> Sentence:
    ordered = tuple(sorted(matches, key=lambda match: (match.snippet.start, match.snippet.end)))
    text = ordered[0].snippet.text
    marks = [(match.snippet.start, match.snippet.end) for match in ordered]
    return Sentence(ordered[0].mention.field, _pieces(text, marks), ordered)


SHOWN = 200_000
"""Code points of a text that are shown; the longest articles have a tenth of them."""


def paragraphs(text: str, record: HitRecord, beside: Iterable[HitRecord]) -> tuple[tuple[Piece, ...], ...]:
    """The text with every mention of the hit marked, and those of other hits that are about the same text."""
    text = text[:SHOWN]
    spans = [(start, end, False) for start, end in _spans(text, record)]
    spans += [(start, end, True) for one in beside for start, end in _spans(text, one)]
    found: list[tuple[Piece, ...]] = []
    position = 0
    for line in text.split("\n"):
        here = [(max(start - position, 0), min(end - position, len(line)), other) for start, end, other in spans]
        if line.strip():
            found.append(_cut(line, sorted(mark for mark in here if mark[0] < mark[1])))
        position += len(line) + 1
    return tuple(found)


def _spans(text: str, record: HitRecord) -> list[tuple[int, int]]:
    """Where the hit's mentions stand in this text; an edited text may not have them there any more."""
    mentions = [match.mention for match in record.hit.matches if match.mention.field == "text"]
    return [(one.start, one.end) for one in mentions if text[one.start : one.end] == one.surface]


def _pieces(text: str, marks: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    return _cut(text, [(start, end, False) for start, end in marks])


def _cut(text: str, marks: Iterable[tuple[int, int, bool]]) -> tuple[Piece, ...]:
    """Cut at the marks before anything is cleaned away, so that offsets hold. Marks that overlap are joined."""
    pieces: list[Piece] = []
    position = 0
    for start, end, other in marks:
        start = max(start, position)
        if start < end:
            pieces += [Piece(clean(text[position:start]), False), Piece(clean(text[start:end]), True, other)]
            position = end
    pieces.append(Piece(clean(text[position:]), False))
    return tuple(piece for piece in pieces if piece.text)


def points(value: float) -> str:
    """`+92`, `−4.5`, "" for a remark that gives none."""
    return f"{value:+.1f}".removesuffix(".0").replace("-", "−") if value else ""


def language(code: str) -> str:
    """A BCP 47 tag fit for `lang=`, else ""."""
    return code if _LANG.fullmatch(code) else ""


def short_time(moment: datetime | None, now: datetime) -> str:
    """`09:17` today, `23 Nov, 09:17` this year, else with the year; UTC as every time here."""
    if moment is None:
        return "never"
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment.day} {MONTHS[moment.month - 1]}{year}, {moment:%H:%M}"


def ago(moment: datetime, now: datetime) -> str:
    """`3 min ago`, in the largest unit; `in 3 min` for what is to come."""
    largest = say_duration(abs(now - moment)).split(" ")
    words = " ".join(largest[:2])
    if abs(now - moment) < timedelta(seconds=1):
        return "now"
    return f"{words} ago" if moment <= now else f"in {words}"


def lasting(seconds: float) -> str:
    """`20 min`, `3 h 10 min`."""
    return say_duration(timedelta(seconds=min(seconds, 1e9)))


def entity_path(watchlist: str, id: str) -> str:
    """The page of an entity; publishers' ids have blanks, slashes and brackets in them."""
    return f"/entities/{quote(watchlist, safe='')}/{quote(id, safe='')}"


__all__ = [
    "Piece",
    "Sentence",
    "ago",
    "entity_path",
    "http_link",
    "language",
    "lasting",
    "lead",
    "one_line",
    "paragraphs",
    "points",
    "say_time",
    "sentences",
    "short_time",
]
