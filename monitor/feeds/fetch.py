"""One conditional request for one feed: the room's only effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from monitor.errors import FetchError
from monitor.model.feeds import Validators

if TYPE_CHECKING:
    from monitor.client import Client, Response

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
NOT_MODIFIED = 304

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_FINAL = frozenset({400, 401, 403, 404, 405, 406, 410, 414, 451})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a feed's server answered: a document, or that the one we have still stands."""

    unchanged: bool
    body: bytes
    content_type: str
    url: str  # where the document was found, after redirects
    validators: Validators  # for the next request
    status: int
    retry_after: float | None = None  # seconds that the server asked to be left alone
    fresh: float | None = None  # seconds for which, by Cache-Control or Expires, nothing changes
    moved: str = ""  # the feed's new address, where every redirect on the way was permanent (301, 308)


def fetch_feed(client: Client, url: str, validators: Validators) -> Fetched:
    """Ask for the feed, unless it is as it was. Raises FetchError for every answer that is neither."""
    headers = {"Accept": ACCEPT}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    response = client.get(url, headers=headers)
    retry_after = seconds_asked(response.headers)
    conditional = bool(validators.etag or validators.last_modified)
    if response.status == NOT_MODIFIED and conditional:
        return _fetched(response, validators, retry_after)
    if response.status != HTTPStatus.OK:
        raise FetchError(
            f"{url}: {_words(response.status)}",
            retryable=response.status not in _FINAL,
            status=response.status,
            retry_after=retry_after,
        )
    return _fetched(response, Validators(), retry_after)


def _fetched(response: Response, before: Validators, retry_after: float | None) -> Fetched:
    headers = response.headers
    return Fetched(
        unchanged=response.status == NOT_MODIFIED,
        body=b"" if response.status == NOT_MODIFIED else response.body,
        content_type=headers.get("content-type", ""),
        url=response.url,
        validators=Validators(
            etag=headers.get("etag", before.etag), last_modified=headers.get("last-modified", before.last_modified)
        ),
        status=response.status,
        retry_after=retry_after,
        fresh=_fresh(headers),
    )


def seconds_asked(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, whether it is written as a number or as a date (counted from the answer's own Date)."""
    raw = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,10}", raw):
        return float(raw)
    until, now = _date(raw), _date(headers.get("date", ""))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def _fresh(headers: Mapping[str, str]) -> float | None:
    control = headers.get("cache-control", "")
    if found := _MAX_AGE.search(control):
        return float(found[1])
    until, now = _date(headers.get("expires", "")), _date(headers.get("date", ""))
    return max((until - now).total_seconds(), 0.0) if until and now and not control else None


def _date(raw: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else None


def _words(status: int) -> str:
    """`HTTP 404 Not Found`; a number that nobody defined stands alone."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
