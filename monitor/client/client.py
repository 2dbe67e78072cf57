"""GET and POST with a total deadline, a cap on size, a guard for private networks, and manners."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import IO

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout
from urllib3.util.request import ACCEPT_ENCODING

from monitor.client.body import Body
from monitor.client.connections import Errand, errand, pools
from monitor.client.deadline import Deadline
from monitor.client.explain import cause, explained, late
from monitor.client.politeness import Politeness
from monitor.client.response import REDIRECTS, Response, status_error
from monitor.client.room import LARGE, Room
from monitor.client.urls import Target, redirected, target
from monitor.errors import FetchError
from monitor.spool import Spooled

MAX_REDIRECTS = 10

PATIENCE = 60.0
"""Seconds that a request waits for its turn at a host. Longer, and the threads that wait would be missed elsewhere."""

IDLE = 8
"""Connections to one host that are kept for later, at most."""

CHUNK = 65536
"""Bytes decompressed at a time: what a compression bomb can make of one read."""

ANYWHERE = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})
"""Headers that may follow a redirect to another origin: every other one may be a credential."""

ENCODINGS = frozenset({"", "identity", "x-gzip", *ACCEPT_ENCODING.split(",")})


class Client:
    """Shared by any number of threads. Keeps connections alive, and no cookies; reads no proxy or netrc settings.

    timeout: seconds for one whole get or post, redirects and body included; waiting for a turn at a host does not
    count. max_bytes: of a body, decompressed. allow_private: whether loopback and private addresses may be fetched
    from. per_host: requests to one host at a time; min_gap: seconds between the starts of two. proxy: URL of an HTTP
    proxy; it is then the proxy that looks names up, so that the guard sees addresses only where URLs hold them.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        timeout: float,
        max_bytes: int,
        allow_private: bool = False,
        per_host: int = 1,
        min_gap: float = 0.0,
        proxy: str = "",
    ) -> None:
        self.user_agent = user_agent
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.allow_private = allow_private
        self._proxy = proxy
        self._per_host = per_host
        self._politeness = Politeness(per_host, min_gap)
        self._pools: urllib3.PoolManager | None = None
        self._room = Room()
        self._live: set[Deadline] = set()
        self._closed = False
        self._lock = threading.Lock()

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        max_bytes: int | None = None,
        check: Callable[[str], None] | None = None,
        into: IO[bytes] | None = None,
        spool: bool = False,
        leg: Leg | None = None,
        stay: bool = False,
    ) -> Response:
        """The answer at the end of all redirects, if it is 2xx or 304.

        A user name and password in `url` are sent as Basic authorization; like `headers` that may be credentials they
        are not sent to another origin. `check` is told each URL before it is asked for, and ends the get by raising.
        into: a file that the body is written to as it comes; the answer's own is then empty.
        spool: a large body goes into a file of its own, which is there for as long as the caller is `holding`.
        stay: only one host is asked; a redirect to another raises Elsewhere, with the leg that goes on there.
        Raises FetchError, with `status` where the server answered otherwise.
        """
        first = self._request("GET", url, headers, timeout=timeout, max_bytes=max_bytes, into=into, spool=spool)
        asked, left, trail = (leg.asked, leg.left, [*leg.trail]) if leg else (first, first.timeout, [])
        while True:
            if check:
                check(asked.target.url)
            response, spent = self._turn(asked, left)
            left -= spent
            here = asked.target
            if response.status not in REDIRECTS or "location" not in response.headers:
                break
            there = redirected(here, response.headers["location"])
            if there.url == here.url or there.url in (seen for _, seen in trail):
                raise FetchError(f"{here.where}: redirect loop", retryable=False, status=response.status)
            trail.append((response.status, there.url))
            if len(trail) > MAX_REDIRECTS:
                raise FetchError(f"{here.where}: more than {MAX_REDIRECTS} redirects", retryable=False)
            if left <= 0:
                raise late(here, asked.timeout)
            asked = asked.towards(there)
            if stay and there.host != here.host:
                raise Elsewhere(Leg(asked, left, tuple(trail)))
        if 200 <= response.status < 300 or response.status == 304:
            return replace(response, redirects=tuple(trail))
        raise status_error(here.where, response.status, response.headers, datetime.now(UTC))

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None, *, timeout: float | None = None
    ) -> Response:
        """The answer, whatever its status; a redirect is not followed. Raises FetchError when there is none."""
        asked = self._request("POST", url, headers, body=body, timeout=timeout)
        return self._turn(asked, asked.timeout)[0]

    def holding(self) -> AbstractContextManager[None]:
        """To be around a get and all that is done with its answer: bounds how much of large answers is in memory.

        One that finds no room within its timeout raises FetchError, and may be asked for again.
        """
        return self._room.holding()

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """End every request in hand, and refuse more; callable from any thread, and more than once."""
        with self._lock:
            self._closed = True
            live, kept, self._pools = list(self._live), self._pools, None
        self._politeness.close()
        for deadline in live:
            deadline.cut("closed")
        if kept:
            kept.clear()

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        *,
        body: bytes | None = None,
        timeout: float | None = None,
        max_bytes: int | None = None,
        into: IO[bytes] | None = None,
        spool: bool = False,
    ) -> _Request:
        here = target(url)
        authorization = {"authorization": here.authorization} if here.authorization else {}
        sent = authorization | {name.lower(): value for name, value in (headers or {}).items()}
        return _Request(method, here, sent, body, timeout or self.timeout, max_bytes or self.max_bytes, into, spool)

    def _turn(self, asked: _Request, left: float) -> tuple[Response, float]:
        """One request, within `left` seconds from when its turn has come; its answer, and the seconds it took."""
        where = asked.target.where
        with self._politeness.turn(asked.target.host, PATIENCE) as got:
            if not got and not self._closed:
                raise FetchError(f"{where}: too many requests were waiting for it ({PATIENCE:g} s)")
            started = time.monotonic()
            with self._deadline(asked, left) as deadline:
                response = self._exchange(asked, deadline)
                if deadline.over:  # the end of a body that was cut short looks like any other
                    raise TimeoutError
            return response, time.monotonic() - started

    @contextmanager
    def _deadline(self, asked: _Request, left: float) -> Iterator[Deadline]:
        """One that `close()` and the connection know of; every failure within it becomes a FetchError."""
        where = asked.target.where
        with Deadline(left) as deadline:
            with self._lock:
                if self._closed:
                    raise FetchError(f"{where}: not asked, for the client is closed")
                self._live.add(deadline)
            token = errand.set(Errand(deadline, self.allow_private))
            try:
                yield deadline
            except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                if deadline.over == "closed":
                    raise FetchError(f"{where}: broken off, for the client was closed") from error
                if deadline.over or cause(error, TimeoutError, urllib3.exceptions.TimeoutError):
                    raise late(asked.target, asked.timeout) from error
                raise explained(asked.target, error) from error
            finally:
                errand.reset(token)
                with self._lock:
                    self._live.discard(deadline)

    def _exchange(self, asked: _Request, deadline: Deadline) -> Response:
        try:
            answer = self._ask(asked, deadline)
        except (urllib3.exceptions.ProtocolError, OSError):
            # The server gave up a kept connection at the moment it was used again; asking twice is harmless for GET.
            if not deadline.reused or deadline.over or asked.method != "GET":
                raise
            answer = self._ask(asked, deadline)
        read = False
        try:
            body: bytes | Spooled = b""
            if asked.method != "GET" or answer.status not in REDIRECTS:
                body = self._read(answer, asked, deadline)
                read = True
            headers = {name.lower(): value for name, value in answer.headers.itermerged()}
            if isinstance(body, Spooled):
                return Response(answer.status, headers, b"", asked.target.url, spooled=body)
            return Response(answer.status, headers, body, asked.target.url)
        finally:
            if not read:
                answer.close()  # never drained: a redirect's or a bomb's body can be endless
            answer.release_conn()

    def _ask(self, asked: _Request, deadline: Deadline) -> urllib3.response.HTTPResponse:
        with self._lock:
            if self._pools is None:
                self._pools = pools(idle_per_host=min(self._per_host, IDLE), proxy=self._proxy)
            manager = self._pools
        answer: urllib3.response.HTTPResponse = manager.urlopen(  # type: ignore[assignment]
            asked.method,
            asked.target.url,
            body=asked.body,
            headers={
                "accept": "*/*",
                **asked.headers,
                "user-agent": self.user_agent,
                "accept-encoding": ACCEPT_ENCODING,
            },
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=Timeout(deadline.left()),
        )
        return answer

    def _read(self, answer: urllib3.response.HTTPResponse, asked: _Request, deadline: Deadline) -> bytes | Spooled:
        where, max_bytes = asked.target.where, asked.max_bytes
        encodings = {name.strip().lower() for name in answer.headers.get("content-encoding", "").split(",")}
        if unknown := encodings - ENCODINGS:
            raise FetchError(f"{where}: compressed as {sorted(unknown)[0][:20]!r}, which was not asked for")
        too_large = FetchError(f"{where}: larger than {max_bytes} bytes", retryable=False, status=answer.status)
        stated = answer.headers.get("content-length", "")
        if encodings <= {"", "identity"} and stated.isascii() and stated.isdigit() and int(stated[:20]) > max_bytes:
            raise too_large
        body = Body(asked.into, self._room.spool if asked.spool else None)
        while chunk := answer.read(CHUNK, decode_content=True):
            size = body.size + len(chunk)
            if size > max_bytes:
                raise too_large
            if size > LARGE and asked.into is None and not self._room.take(deadline.left()):
                raise FetchError(f"{where}: a large answer, while others as large are being read")
            body.write(chunk)
        return body.taken()


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: Target
    headers: Mapping[str, str]  # lower-case names
    body: bytes | None
    timeout: float  # seconds, of the whole
    max_bytes: int
    into: IO[bytes] | None = None
    spool: bool = False

    def towards(self, there: Target) -> _Request:
        """The request for where a redirect leads; credentials are left behind when that is another origin."""
        same = there.origin == self.target.origin
        kept = {name: value for name, value in self.headers.items() if same or name in ANYWHERE}
        return replace(self, target=there, headers=kept)


@dataclass(frozen=True, slots=True)
class Leg:
    """The rest of a get that was redirected to another host: who asks it may be another process than who was led."""

    asked: _Request
    left: float  # seconds
    trail: tuple[tuple[int, str], ...]  # as in Response.redirects

    @property
    def host(self) -> str:
        return self.asked.target.host


class Elsewhere(Exception):
    """A get that was to stay at one host was led to another."""

    def __init__(self, leg: Leg) -> None:
        super().__init__(leg)
        self.leg = leg
