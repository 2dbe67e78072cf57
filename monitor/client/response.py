"""What a server answered, and what its answer means. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from monitor.errors import FetchError
from monitor.spool import Spooled

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
TEMPORARY = frozenset({408, 425, 429})  # the 4xx that say "later"; all 5xx do


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer."""

    status: int
    headers: Mapping[str, str]  # lower-case names; repeated ones joined by ", "
    body: bytes  # decompressed; empty where it went into a file
    url: str  # of the last hop, without fragment, user name and password
    redirects: tuple[tuple[int, str], ...] = ()  # (status, URL it led to), in order
    spooled: Spooled | None = None  # the body, where that was asked for and it is large; `body` is then empty

    @property
    def moved_to(self) -> str:
        """Where the resource has moved for good: the end of the leading permanent redirects; "" if it has not."""
        moved = ""
        for status, url in self.redirects:
            if status not in PERMANENT:
                break
            moved = url
        return moved


def status_error(where: str, status: int, headers: Mapping[str, str], now: datetime) -> FetchError:
    """The error that an answer other than 2xx or 304 stands for."""
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    return FetchError(
        f"{where} answered {status}{phrase}",
        retryable=status in TEMPORARY or status >= 500,
        status=status,
        retry_after=retry_after(headers, now),
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a `retry-after` header asks for (RFC 9110: a number or a date); None without one or if it is odd."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:10])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
