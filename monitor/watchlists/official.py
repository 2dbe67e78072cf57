"""What readers of publishers' files share: names gathered, records collected, faults told or the file refused. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from monitor.errors import SourceError
from monitor.model.packed import Gathering
from monitor.model.watchlists import Entity, Name, NameKind, Watchlist
from monitor.watchlists.spellings import apart, is_abbreviation

MAX_BYTES = 200_000_000
MAX_PROBLEMS = 1000
MAX_NAME = 1000
"""Code points. What is longer is a note in the wrong place."""
MAX_NAMES = 5_000
"""Of one record. The longest on a real list, a group with all its spellings, has a few hundred."""

LICENCES = {
    "ofac-sdn": "work of the US government, in the public domain",
    "ofac-consolidated": "work of the US government, in the public domain",
    "us-csl": "work of the US government, in the public domain",
    "us-dpl": "work of the US government, in the public domain",
    "un": "published by the UN to be applied; its site's terms: https://www.un.org/en/about-us/terms-of-use",
    "eu": "© European Union; free to use when the source is named (https://commission.europa.eu/legal-notice_en)",
    "uk": "Open Government Licence v3.0: free to use when the source is named",
    "ch-seco": "published by the Swiss Confederation to be applied; terms: https://www.admin.ch/gov/en/start/terms-and-conditions.html",
    "ca-sema": "Open Government Licence – Canada: free to use when the source is named",
}
"""By the list's own name. OpenSanctions' stands apart: it is the one that business may not use without asking."""

LICENCE_OPENSANCTIONS = "OpenSanctions' data is CC BY-NC 4.0: business use needs a licence of theirs (https://www.opensanctions.org/licensing/)"

TOLERATED = 20
"""Faulty records that are told and skipped whatever the size of the list; more than a tenth of them refuse it."""


class Collector:
    """The records of one file as they are read."""

    def __init__(self, path: Path, form: str, *, max_bytes: int = MAX_BYTES) -> None:
        self.path = path
        self.form = form
        self.problems: list[str] = []
        self.entities = Gathering()
        self.ids: set[str] = set()
        if path.stat().st_size > max_bytes:
            raise SourceError(f"{path}: {path.stat().st_size} bytes; at most {max_bytes} are read")

    def problem(self, line: int | None, message: str) -> None:
        """A record that is skipped. Raises SourceError when there are too many."""
        place = f":{line}" if line else ""
        self.problems.append(f"{self.path}{place}: {message}; record skipped")
        if len(self.problems) > MAX_PROBLEMS:
            raise SourceError(
                f"{self.path}: not understood as {self.form}: {self.problems[0]}, and {MAX_PROBLEMS} more"
            )

    def add(self, line: int | None, entity: Entity | None, what: str = "", *, alone: bool = False) -> None:
        """Take a record; None, one without a name or id, and an id that is taken, are told.

        alone: that no other has its id is known, and it need not be remembered.
        """
        if entity is None or not entity.id or not entity.names:
            self.problem(line, what or "no id or no name")
        elif len(entity.names) > MAX_NAMES:
            self.problem(line, f"{entity.id} has more than {MAX_NAMES:,} names")
        elif entity.id in self.ids:
            self.problem(line, f"the id {entity.id} stands here a second time")
        else:
            if not alone:
                self.ids.add(entity.id)
            self.entities.add(entity)

    def watchlist(self, id: str, title: str, *, licence: str = "") -> Watchlist:
        """The list. Raises SourceError when there is nothing in it, or too much was not understood."""
        read = len(self.entities) + len(self.problems)
        if not len(self.entities) or len(self.problems) > max(TOLERATED, read // 10):
            first = f", the first: {self.problems[0]}" if self.problems else ""
            raise SourceError(
                f"{self.path}: not understood as {self.form}: {len(self.entities)} records read, "
                f"{len(self.problems)} problems{first}"
            )
        with self.path.open("rb") as file:
            version = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        return Watchlist(
            id=id,
            title=title,
            entities=self.entities.sealed(),
            version=version,
            origin=str(self.path),
            licence=licence or LICENCES.get(id, ""),
            problems=tuple(self.problems),
        )


def too_many(path: Path, line: int, id: str) -> SourceError:
    """Rows beyond rows of one record: the file is not read to its end for that."""
    return SourceError(f"{path}:{line}: more than {MAX_NAMES:,} names of one record ({id[:40]}); no list has such")


def names(primary: str, others: Iterable[tuple[str, NameKind]] = (), *, several: bool = True) -> tuple[Name, ...]:
    """The primary name and the others, each once, without those that hold no letter; () when the primary does not.

    Of more than MAX_NAMES one more than that, for the record to be refused. several: whether one field may hold several
    names (`spellings.apart`), which it then gives all; publishers that give every name a field of its own mean brackets
    as part of it: VTB BANK (AUSTRIA) AG.
    """
    found: dict[str, Name] = {}
    for text, kind in [(primary, NameKind.PRIMARY), *others]:
        text = clean(text)
        if any(character.isalnum() for character in text) and len(text) <= MAX_NAME:
            first, *further = apart(text) if several else (text,)
            found.setdefault(first, Name(first, kind))
            for one in further:
                also = NameKind.WEAK if is_abbreviation(one) else NameKind.ALIAS if kind is NameKind.PRIMARY else kind
                found.setdefault(one, Name(one, also))
        elif kind is NameKind.PRIMARY:
            return ()
        if len(found) > MAX_NAMES:
            break
    return tuple(found.values())


def clean(text: str | None) -> str:
    """NFC, white space single, ends trimmed."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text or "")).strip()


def once(values: Iterable[str]) -> tuple[str, ...]:
    """In their order, each once, without empty ones; what many records have, a programme or country, is held once."""
    return _shared(tuple(dict.fromkeys(value for value in values if value)))


@lru_cache(maxsize=50_000)
def _shared(values: tuple[str, ...]) -> tuple[str, ...]:
    return values


def born(written: Iterable[str]) -> tuple[str, ...]:
    """Dates of birth as 1945-12-12, 1945-12 or 1945 where they are sure; others ("circa 1945") as they are written."""
    return once(_born(clean(text)) for text in written)[:20]


def _born(text: str) -> str:
    if match := re.fullmatch(r"00/(\d\d)/(\d{4})", text):  # the UK's: the day is not known, or neither is the month
        return match[2] if match[1] == "00" else f"{match[2]}-{match[1]}"
    for form, short in (
        ("%d %b %Y", "%Y-%m-%d"),
        ("%d/%m/%Y", "%Y-%m-%d"),
        ("%b %Y", "%Y-%m"),
        ("%Y-%m-%d", "%Y-%m-%d"),
    ):
        try:
            return datetime.strptime(text[:20], form).strftime(short)  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return text[:60]


def day(text: str | None) -> date | None:
    """A listing date written 2025-02-21, 21/02/2025 or 2025-02-21T…; None for anything else."""
    text = (text or "").strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None
