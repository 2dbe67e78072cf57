"""Watchlists, entities and their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property


class EntityType(StrEnum):
    PERSON = "person"
    ORGANIZATION = "organization"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    UNKNOWN = "unknown"


class NameKind(StrEnum):
    PRIMARY = "primary"
    ALIAS = "alias"
    WEAK = "weak"  # counts only beside a stronger sign; official lists call it a weak or low-quality a.k.a.


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (low) … 3 (critical)."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entity, exactly as its list writes it."""

    text: str
    kind: NameKind = NameKind.PRIMARY

    @property
    def script(self) -> str:
        """The script of its first letter ("LATIN", "CYRILLIC", "ARABIC", "CJK", "HANGUL" …), "" without letters.

        It is the first word of the letter's Unicode name.
        """
        for character in self.text:
            if character.isalpha():
                return unicodedata.name(character, "").partition(" ")[0]
        return ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is said to own an entity, or to be tied to it otherwise: shown beside it, never concluded from."""

    name: str
    share: float | None = None  # per cent; None where it is not said
    id: str = ""  # `watchlist/id`, where the owner is itself on a list
    source: str = ""  # who says so: a link, or the list
    relation: str = ""  # the list's own word where it says other or less than "owned by": "linked to"

    @property
    def label(self) -> str:
        """What a person reads before `said`."""
        return "Stated relation" if self.relation else "Stated ownership"

    @property
    def said(self) -> str:
        """In words: `50 % by Example Trust (ofac-sdn/17022), source https://…`."""
        first = self.relation or (f"{self.share:g} % by" if self.share is not None else "by")
        share = f", {self.share:g} %" if self.relation and self.share is not None else ""
        where = f" ({self.id})" if self.id else ""
        return f"{first} {self.name}{share}{where}" + (f", source {self.source}" if self.source else "")


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, organization, vessel or aircraft on a watchlist, keyed by (watchlist, id)."""

    watchlist: str
    id: str
    type: EntityType
    names: tuple[Name, ...]  # the primary name first; never empty
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, lower case, as far as the list gives them so
    programmes: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()  # (kind, value): ("imo", "9131539")
    context: tuple[str, ...] = ()  # words that strengthen a mention when they stand near it
    exclude: tuple[str, ...] = ()  # phrases that are not this entity
    threshold: float | None = None  # 0–100; None: the watchlist's
    severity: Severity | None = None  # None: the watchlist's
    listed: date | None = None
    notes: str = ""
    url: str = ""  # the publisher's page or the public source of the record
    born: tuple[str, ...] = ()  # 1945-12-12, 1945-12 or 1945, or as the list writes what is less sure; of a ship: built
    topics: tuple[str, ...] = ()  # why it is listed, where a list says so in such words: "sanction", "role.pep"
    owned_by: tuple[Owner, ...] = ()  # as stated
    same_as: tuple[str, ...] = ()  # `watchlist/id` of who is the same on other lists …
    distinct: tuple[str, ...] = ()  # … and of who is not, however much alike
    subject: str = ""  # `watchlist/id` of the first of those that are the same; "" when it is alone
    linked: tuple[str, ...] = ()  # with whom, and why, in words

    @property
    def key(self) -> tuple[str, str]:
        return (self.watchlist, self.id)

    @property
    def name(self) -> str:
        """The primary name."""
        return self.names[0].text


@dataclass(frozen=True)
class Watchlist:
    """A named list of entities, as read from one file or one publisher's set of files."""

    id: str
    entities: Sequence[Entity]  # a tuple; long lists are packed (`monitor.model.packed`)
    title: str = ""
    threshold: float | None = None  # 0–100; None: the setting matching.threshold
    severity: Severity = Severity.MEDIUM
    version: str = ""  # hex digest of the content it was read from
    origin: str = ""  # the file's path or the publisher's URL
    licence: str = ""  # terms worth telling, "" where there are none
    problems: tuple[str, ...] = field(default=())  # records skipped, one line each with its position

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        return {entity.id: entity for entity in self.entities}
