"""One conditional request for one feed: the room's only effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.client import Client, Leg
from monitor.client.response import retry_after
from monitor.errors import FetchError
from monitor.model.feeds import Validators
from monitor.spool import Spooled

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
NOT_MODIFIED = 304

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


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
    moved: str = ""  # where the feed has moved for good (301, 308); "" where it has not
    spooled: Spooled | None = None  # the document, where that was asked for and it is large; `body` is then empty


def fetch_feed(
    client: Client, url: str, validators: Validators, *, leg: Leg | None = None, stay: bool = False, spool: bool = False
) -> Fetched:
    """Ask for the feed, unless it is as it was when these validators came. An answer that it is, is a success.

    leg, stay, spool: as in `Client.get`, which raises Elsewhere then.

    Raises FetchError for every answer that is neither that nor a document.
    """
    headers = {"Accept": ACCEPT}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    response = client.get(url, headers=headers, leg=leg, stay=stay, spool=spool)
    unchanged = response.status == NOT_MODIFIED
    if unchanged and validators == Validators():
        raise FetchError("answered 304 Not Modified to a first request: the server's cache is broken", status=304)
    before = validators if unchanged else Validators()
    return Fetched(
        unchanged=unchanged,
        body=b"" if unchanged else response.body,
        content_type=response.headers.get("content-type", ""),
        url=response.url,
        validators=Validators(
            etag=response.headers.get("etag", before.etag),
            last_modified=response.headers.get("last-modified", before.last_modified),
        ),
        status=response.status,
        retry_after=retry_after(response.headers, datetime.now(UTC)),
        fresh=_fresh(response.headers),
        moved=response.moved_to,
        spooled=None if unchanged else response.spooled,
    )


def _fresh(headers: Mapping[str, str]) -> float | None:
    """Cache-Control's max-age, or Expires counted from the answer's own Date: servers' clocks differ from ours."""
    control = headers.get("cache-control", "")
    if found := _MAX_AGE.search(control):
        return float(found[1])
    if control:
        return None
    try:
        until, sent = (parsedate_to_datetime(headers.get(name, "")) for name in ("expires", "date"))
        return max((until - sent).total_seconds(), 0.0)
    except (ValueError, TypeError):  # missing, `0`, or one with a zone and one without
        return None
