"""URLs as they are asked for: one reading of each, whatever tricks it was written with. Pure."""

from __future__ import annotations

import contextlib
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from monitor.errors import FetchError

LONGEST = 8192  # characters; what RFC 9110 asks servers to support
_PARTS = re.compile(r"(https?)://([^/?#]*)([^#]*)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was found fit to be fetched. It has no fragment, and its user name and password stand apart."""

    scheme: str
    host: str  # lower case, IDNA; without brackets
    port: int
    url: str
    authorization: str = ""  # the value of an Authorization header

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)

    @property
    def where(self) -> str:
        """What messages call it: the host, and its port if unusual; paths may hold secrets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str) -> Target:
    """Raises FetchError for what is no http or https URL, or reads differently to different programs."""
    url = url.strip()
    if len(url) > LONGEST:
        raise _bad(f"the URL is {len(url)} characters long (at most {LONGEST})")
    parts = _PARTS.fullmatch(url.partition("#")[0])
    if not parts:
        raise _bad("not an http or https URL")
    scheme, authority, rest = parts[1].lower(), parts[2], parts[3]
    userinfo, _, place = authority.rpartition("@")
    if _UNSAFE.search(authority) or "@" in userinfo or not place:
        raise _bad("the URL's host cannot be read one way only")
    try:
        parsed = parse_url(f"{scheme}://{place}{_escaped(rest)}")
    except LocationParseError:
        raise _bad("the URL's host is not a valid name") from None
    host = (parsed.host or "").strip("[]").rstrip(".")
    port = _PORTS[scheme] if parsed.port is None else parsed.port
    if not host or port == 0:
        raise _bad("the URL names no host or port")
    made = Target(scheme, host, port, parsed.url)
    if userinfo:
        pair = ":".join(unquote(part) for part in userinfo.split(":", 1))
        made = replace(made, authorization="Basic " + b64encode(pair.encode()).decode("ascii"))
    return made


def redirected(start: Target, location: str) -> Target:
    """Where a Location header leads. Raises FetchError; a user name that the redirect brings along is refused."""
    # Servers send UTF-8 there, which http.client has read as Latin-1.
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        joined = urljoin(start.url, location.strip())
    except ValueError:
        raise _bad(f"{start.where} redirects to what is no URL") from None
    found = target(joined)
    if found.authorization:
        raise _bad(f"{start.where} redirects to a URL with a user name in it")
    return found


def _escaped(rest: str) -> str:
    """Blanks and backslashes after the host are the path's, whoever reads it."""
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", rest)


def _bad(message: str) -> FetchError:
    return FetchError(message, retryable=False)
