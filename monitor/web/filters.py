"""What is asked for, as it stands in the URL: read and checked by FastAPI, written into links again by templates."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.model.alerts import DeliveryState
from monitor.model.matches import Disposition
from monitor.model.watchlists import Severity

MAX_ID = 2**63 - 1
"""What a database's integer holds."""

MOST = 1000
"""Items on one page of the API."""


def _given(value: object) -> object:
    """An empty field of a form asks for nothing in particular."""
    return None if value == "" else value


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("outside the calendar") from error


Given = BeforeValidator(_given)
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[Line | None, Given]
Row = Annotated[int, Field(ge=1, le=MAX_ID)]
Since = Annotated[datetime, AfterValidator(_utc)]


class Query(BaseModel):
    """Any query of ours can be written as a link. Keys that we do not know are left alone."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    def url(self, path: str, **changes: object) -> str:
        """The address under `path` with some values changed, or added, or (None) left away."""
        values = {**self.model_dump(mode="json"), **changes}
        if isinstance(since := getattr(self, "since", None), datetime) and since.time() == time():
            values["since"] = since.date().isoformat()
        given = {key: value for key, value in values.items() if value not in (None, "")}
        return f"{path}?{urlencode(given)}" if given else path


class HitFilter(Query):
    watchlist: Text = None
    entity: Text = Field(None, description="An entity's id.")
    severity: Annotated[Severity | None, Given] = None
    feed: Text = None
    lang: Text = Field(None, description="BCP 47, as the article has it.")
    disposition: Annotated[Disposition | Literal["any"] | None, Given] = None
    since: Annotated[Since | None, Given] = Field(None, description="Found at or after this time (UTC).")
    q: Text = Field(None, description="Words in names, title or sentences.")
    suppressed: Annotated[bool | None, Given] = Field(None, description="Whether a suppression keeps it from people.")

    @property
    def narrowed(self) -> bool:
        """Whether anything but the disposition is asked for."""
        filters = set(HitFilter.model_fields) - {"disposition"}
        return bool(self.model_dump(include=filters, exclude_none=True))


class Queue(HitFilter):
    """The page of hits."""

    before: Annotated[Row | None, Given] = None
    done: Annotated[Row | None, Given] = None  # the hit that was just decided


class HitPage(HitFilter):
    before: Row | None = Field(None, description="The `next` of the page before.")
    limit: int = Field(100, ge=1, le=MOST)


class DeliveryFilter(Query):
    state: Annotated[DeliveryState | None, Given] = None
    before: Annotated[Row | None, Given] = Field(None, description="The `next` of the page before.")


class DeliveryPage(DeliveryFilter):
    limit: int = Field(100, ge=1, le=MOST)


class EntityPage(Query):
    watchlist: Text = None
    before: Annotated[str | None, Given] = Field(None, max_length=2000, description="The `next` of the page before.")
    limit: int = Field(100, ge=1, le=MOST)


class Roll(Query):
    """The page of entities."""

    q: Text = None
    watchlist: Text = None


class Silencing(Query):
    """The page of silences; what a new one is to be about, where a link says so."""

    watchlist: Text = None
    entity: Text = None
    feed: Text = None
    text: Text = None


class ListChanges(Query):
    watchlist: Text = None
    limit: int = Field(100, ge=1, le=MOST)


class Trail(Query):
    """The page of the audit trail."""

    before: Annotated[Since | None, Given] = None


def number(text: str) -> int | None:
    """A row's number as the database may hold it, else None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= MAX_ID else None
