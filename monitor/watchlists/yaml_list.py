"""Hand-written watchlists: our own YAML, read into entities. Pure.

The keys are those of the outward contract (docs/watchlists.md); unknown ones are refused with the nearest known key.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from typing import Annotated, Literal

from anyascii import anyascii
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from monitor.model.settings import Identifier, Strict, Text, Texts
from monitor.model.watchlists import Entity, EntityType, Name, NameKind, Owner, Severity, Watchlist
from monitor.strictyaml import Document, FileProblems, Problem, validate

MAX_NAME = 500
"""Code points; the longest name on an official list has about 350."""


def _clean(value: object) -> object:
    """Names without surrounding or doubled white space and without control characters."""
    if isinstance(value, str):
        value = re.sub(r"\s+", " ", unicodedata.normalize("NFC", value)).strip()
        if not value:
            raise ValueError("is empty")
        if len(value) > MAX_NAME:
            raise ValueError(f"has {len(value)} characters; a name has at most {MAX_NAME}")
        if not any(character.isalnum() for character in value):
            raise ValueError("has no letter or digit")
    return value


def _entity_id(value: str) -> str:
    """Publishers' ids carry spaces and brackets; what would break a line of a listing is refused."""
    if not 0 < len(value) <= 200 or not value.isprintable() or value != value.strip():
        raise ValueError("not an id: 1 to 200 printable characters, no space at either end")
    return value


EntityId = Annotated[Text, AfterValidator(_entity_id)]
NameText = Annotated[Text, BeforeValidator(_clean)]
NameTexts = Annotated[tuple[NameText, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
Threshold = Annotated[float, Field(ge=50, le=100)]


class OwnerRow(Strict):
    """Who is said to own an entity."""

    name: NameText
    share: Annotated[float, Field(gt=0, le=100)] | None = Field(None, description="Per cent.")
    id: str = Field("", description="`watchlist/id`, where the owner is itself on a list.")
    source: str = Field("", description="Who says so: a link.")


Owners = Annotated[tuple[OwnerRow, ...], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)]


class Beside(Strict):
    """What may be said of any record, one's own or a publisher's."""

    owned_by: Owners = Field((), description="Stated ownership: shown, never concluded from.")
    same_as: Texts = Field((), description="`watchlist/id` of who is the same on other lists.")
    distinct: Texts = Field((), description="`watchlist/id` of who is not, however much alike.")
    context: Texts = Field((), description="Words that strengthen a mention when they stand near it.")
    exclude: Texts = Field((), description="Phrases that are not this entity.")
    threshold: Threshold | None = None
    severity: Severity | None = None
    notes: str = ""
    aliases: NameTexts = ()
    weak_aliases: NameTexts = Field((), description="Names that only count beside a stronger sign.")


class EntityRow(Beside):
    """One entity as written."""

    name: NameText = Field(description="The main name, as the list or the firm itself writes it.")
    id: EntityId = Field("", description="Stable id; made from the name when left out.", validate_default=False)
    type: EntityType = EntityType.UNKNOWN
    countries: Texts = Field((), description="ISO 3166-1 alpha-2 codes.")
    programmes: Texts = ()
    identifiers: dict[str, Text] = Field({}, description="For example lei, imo, isin, ticker, ofac.")
    listed: date | None = Field(None, description="When it was listed, YYYY-MM-DD.")
    url: str = Field("", description="The public source of this record.")


class Defaults(Strict):
    threshold: Threshold | None = None
    severity: Severity = Severity.MEDIUM


class Filter(Strict):
    """Which records of an official list: every given condition must hold (include), or any (exclude)."""

    types: Annotated[tuple[EntityType, ...], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)] = ()
    programmes: Texts = ()
    countries: Texts = ()
    ids: Texts = ()
    topics: Texts = Field((), description="Why it is listed, where the list says so: sanction, export.control …")


SOURCES = ("ofac-sdn", "ofac-consolidated", "us-csl", "un", "eu", "uk", "ch-seco", "ca-sema", "opensanctions")


class WatchlistFile(Strict):
    """A watchlist file: entities of its own, or an official list by its `source`."""

    watchlist: Identifier = Field(description="The list's id; shown in alerts.")
    title: str = ""
    defaults: Defaults = Defaults()
    entities: tuple[EntityRow, ...] | None = None
    source: Literal[SOURCES] | None = None  # type: ignore[valid-type]
    url: str = ""
    file: str = ""
    refresh: Literal["hourly", "daily", "weekly"] = "daily"
    include: Filter = Filter()
    exclude: Filter = Filter()
    overlay: dict[str, Beside] = Field({}, description="By the publisher's id: what is said beside its record.")

    @model_validator(mode="after")
    def _one_of_both(self) -> WatchlistFile:
        if (self.entities is None) == (self.source is None):
            raise ValueError("a watchlist has either `entities:` or `source:`")
        if self.overlay and self.source is None:
            raise ValueError("`overlay:` stands beside `source:`; entities of your own are written as they are to be")
        return self


def parse(document: Document) -> WatchlistFile:
    """The file as written. Raises FileProblems."""
    if not isinstance(document.data, dict):
        raise FileProblems([Problem(document.path, 1, 1, "a watchlist starts with `watchlist: some-id`")])
    return validate(WatchlistFile, document)


def to_watchlist(row: WatchlistFile, document: Document) -> Watchlist:
    """The list of a file with `entities`. Raises FileProblems for ids that are taken twice."""
    entities: list[Entity] = []
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for number, written in enumerate(row.entities or ()):
        entity = _entity(row.watchlist, written)
        if entity.id in places:
            first, _ = document.position(("entities", places[entity.id]))
            made = "" if written.id else ", made from its name,"
            problems.append(
                document.problem(
                    ("entities", number),
                    f"the id {entity.id!r}{made} is that of the entity on line {first}; give one of them another `id:`",
                )
            )
        places.setdefault(entity.id, number)
        entities.append(entity)
    if problems:
        raise FileProblems(problems)
    return Watchlist(
        id=row.watchlist,
        title=row.title or row.watchlist,
        entities=tuple(entities),
        threshold=row.defaults.threshold,
        severity=row.defaults.severity,
        version=hashlib.sha256(document.text.encode()).hexdigest()[:16],
        origin=str(document.path),
    )


def _entity(watchlist: str, row: EntityRow) -> Entity:
    texts = [(row.name, NameKind.PRIMARY)]
    texts += [(alias, NameKind.ALIAS) for alias in row.aliases] + [(weak, NameKind.WEAK) for weak in row.weak_aliases]
    names: dict[str, Name] = {}
    for text, kind in texts:
        names.setdefault(text, Name(text, kind))  # written twice: the stronger kind stands first and is kept
    return Entity(
        watchlist=watchlist,
        id=row.id or made_id(row.name),
        type=row.type,
        names=tuple(names.values()),
        countries=tuple(country.lower() for country in row.countries),
        programmes=row.programmes,
        identifiers=tuple(row.identifiers.items()),
        context=row.context,
        exclude=row.exclude,
        threshold=row.threshold,
        severity=row.severity,
        listed=row.listed,
        notes=row.notes,
        url=row.url,
        owned_by=owners(row.owned_by),
        same_as=row.same_as,
        distinct=row.distinct,
    )


def owners(rows: tuple[OwnerRow, ...]) -> tuple[Owner, ...]:
    return tuple(Owner(row.name, row.share, row.id, row.source) for row in rows)


def made_id(name: str) -> str:
    """A stable id made from a name: ASCII letters and digits, joined by hyphens."""
    slug = re.sub(r"[^a-z0-9]+", "-", anyascii(name).casefold()).strip("-")[:80].strip("-")
    return slug or hashlib.sha256(name.encode()).hexdigest()[:12]


def looks_like_ours(head: str) -> bool:
    """Whether the beginning of a text file is a watchlist of this format."""
    return re.search(r"^(\ufeff)?(watchlist|entities)\s*:", head, re.MULTILINE) is not None


__all__ = ["SOURCES", "WatchlistFile", "looks_like_ours", "made_id", "parse", "to_watchlist"]
