"""What the API takes and gives, described for its OpenAPI page. The objects themselves are made in `model.serial`.

The models document; they do not filter: a key that is added there is sent, and a test holds that it is described here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from monitor.model.alerts import DeliveryKind, DeliveryState
from monitor.model.feeds import FeedState
from monitor.model.matches import Disposition
from monitor.model.matches import Field as ArticleField
from monitor.model.watchlists import EntityType, Severity
from monitor.web.bodies import MAX_LIST
from monitor.web.filters import MAX_ID

Json = dict[str, Any]
Id = Annotated[int, Path(ge=1, le=MAX_ID)]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Score = Annotated[float, Field(ge=0, le=100)]


class Asked(BaseModel):
    """A body that we take: a key that we do not know is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Fault(BaseModel):
    error: str = Field(description="One sentence: what is wrong, and how to mend it.")


class Mention(BaseModel):
    field: ArticleField
    start: int = Field(description="Code points: `field[start:end] == surface`.")
    end: int
    surface: str
    name: str = Field(description="The list's name that it was read as.")
    score: Score


class ArticleRef(BaseModel):
    id: int
    title: str
    url: str
    feed: str
    published: datetime | None
    first_seen: datetime
    lang: str
    story: int = Field(description="Near-identical articles share a story.")


class Owner(BaseModel):
    name: str
    share: float | None
    id: str | None
    source: str | None
    relation: str = Field(description="As the list says it: `owned by`, `linked to` and the like.")
    said: str


class Found(BaseModel):
    """An entity found in a text that is not stored: one line of `monitor screen`."""

    article: str
    entity: str
    watchlist: str
    type: EntityType
    name: str
    score: Score
    mentions: list[Mention]
    explanation: str
    severity: Severity
    sentence: str
    list_version: str
    matcher_version: str


class Proposal(BaseModel):
    """A decision that waits for a second person."""

    disposition: Disposition
    who: str
    at: datetime
    reason: str


class Suppressed(BaseModel):
    """Why nobody is told of a hit."""

    suppression: int
    who: str
    reason: str


class Hit(BaseModel):
    id: int
    entity: str = Field(description="The entity's id on its watchlist.")
    entity_name: str
    watchlist: str
    score: Score
    severity: Severity
    disposition: Disposition
    article: ArticleRef
    mentions: list[Mention]
    explanation: str
    type: EntityType
    countries: list[str]
    programmes: list[str]
    listed: str | None
    record_url: str
    attribution: str | None = Field(None, description="Whose data the record is, where terms ask for being named.")
    sentence: str
    found_at: datetime
    list_version: str
    matcher_version: str
    rescreened: bool
    subject: str
    linked: list[str]
    owned_by: list[Owner]
    born: list[str]
    proposed: Proposal | None = None
    suppressed: Suppressed | None = None


class Outcome(BaseModel):
    hit: int
    outcome: str = Field(description="`decided`, `proposed`, `changed` (it was not as `from` says) or `missing`.")


class DecidedHit(Hit):
    copies: list[Outcome] | None = Field(None, description="The other hits, where `copies` was asked for.")


class Delivery(BaseModel):
    id: int
    channel: str
    recipient: str
    state: DeliveryState
    attempts: int
    next_attempt: datetime | None
    last_error: str
    hits: list[int]
    kind: DeliveryKind
    uid: str
    created: datetime
    sent_at: datetime | None
    note: str
    reasons: list[str]
    title: str | None


class Verdict(BaseModel):
    hit: int
    at: datetime
    channel: str = Field(description='"": any.')
    told: str | None = Field(description="How the channel was told; null where it was not.")
    reason: str
    deliveries: list[int]


class Feed(BaseModel):
    id: str
    url: str
    state: FeedState
    last_polled: datetime | None
    last_success: datetime | None
    failures: int
    last_error: str
    entries: int
    title: str
    tags: list[str]
    next_poll: datetime | None
    moved_to: str
    moved_since: datetime | None
    moved: bool


class Silence(BaseModel):
    id: int
    watchlist: str
    entity: str
    feed: str
    text: str
    starts: datetime
    ends: datetime
    in_force: bool
    who: str
    reason: str


class ListUse(BaseModel):
    watchlist: str
    version: str
    hits: int


class Change(BaseModel):
    watchlist: str
    entity: str
    name: str
    kind: str = Field(description="`added`, `removed` or `changed`.")
    at: datetime
    programmes: list[str]
    old_name: str | None
    names_added: list[str]
    names_dropped: list[str]
    programmes_added: list[str]
    programmes_dropped: list[str]
    title: str = Field(description="Of the watchlist.")
    url: str | None
    severity: Severity


class Counted(BaseModel):
    watchlist: str
    entity: str
    name: str
    hits: int
    open: int
    dismissed: int
    noise: float | None = Field(description="Share of what was decided that was dismissed, 0–1; null: none decided.")
    last: datetime


class NameUse(BaseModel):
    name: str
    kind: str
    hits: int = Field(description="0: it never matched.")
    dismissed: int
    noise: float | None
    last: datetime | None


class Remark(BaseModel):
    watchlist: str
    entity: str
    name: str
    rule: str
    message: str


class Decision(Asked):
    disposition: Disposition
    reason: str = Field("", max_length=2000, description="Why; kept with the decision.")
    who: str = Field(
        "", max_length=200, description="Who decided, as they say themselves; users who log in are named anyway."
    )
    from_: Disposition | None = Field(
        None, alias="from", description="What the hit must be now; else nothing is done, and the answer is 409."
    )
    copies: bool = Field(False, description="Also the hits of the same entity in the story's other articles.")


class Decisions(Asked):
    hits: list[Annotated[int, Field(ge=1, le=MAX_ID)]] = Field(min_length=1, max_length=1000)
    disposition: Disposition
    reason: str = Field("", max_length=2000)
    who: str = Field("", max_length=200)
    from_: Disposition = Field(alias="from", description="What each hit must be now; others are left as they are.")


class TextToScreen(Asked):
    text: str = Field(max_length=MAX_LIST)
    title: str = Field("", max_length=10_000)
    lang: str = Field("", max_length=35, description="BCP 47, where it is known.")
    id: str = Field("", max_length=200, description="Comes back as `article`.")
    watchlists: list[Line] | None = Field(None, max_length=100, description="Of these lists only.")


class ListToJudge(Asked):
    list: str = Field(
        max_length=MAX_LIST, description="A watchlist in YAML, a publisher's file, or a name on each line."
    )


class ListToTry(ListToJudge):
    days: int = Field(30, ge=1, le=3650, description="How far back.")


class FeedToTry(Asked):
    url: str = Field(min_length=1, max_length=2000)


class NewSilence(Asked):
    """One condition at least; all that are given must hold."""

    watchlist: Line = ""
    entity: Line = Field("", description="`id` or `watchlist/id`.")
    feed: Line = ""
    text: Line = Field("", description="Words that the title or a sentence of the hit has.")
    hours: float = Field(gt=0, le=24 * 366, description="How long, from now.")
    reason: str = Field(min_length=1, max_length=1000)
    who: str = Field("", max_length=200)


def said(model: Any, description: str = "") -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that answers with this."""
    return {200: {"model": model, **({"description": description} if description else {})}}


REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Fault, "description": "Something was asked that cannot be meant."},
    401: {"model": Fault, "description": "Nobody is logged in, and no token was given, where there are users."},
    403: {"model": Fault, "description": "The role does not suffice, or the request comes from another site."},
    404: {"model": Fault, "description": "There is no such row."},
    503: {"model": Fault, "description": "The database does not answer."},
}
BUSY: dict[int | str, dict[str, Any]] = {
    429: {"model": Fault, "description": "Others are at it; `Retry-After` says when to come again."},
}
UNTAGGED: dict[int | str, dict[str, Any]] = {304: {"description": "It is what If-None-Match names."}}
