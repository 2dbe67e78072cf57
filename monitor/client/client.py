"""GET and POST with a total deadline, a cap on size, a guard for private networks, and manners."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import urllib3
from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead, LocationParseError
from urllib3.util import Timeout
from urllib3.util.request import ACCEPT_ENCODING

from monitor.client.connections import Errand, Refused, Unresolved, errand, pools
from monitor.client.deadline import Deadline
from monitor.client.politeness import Politeness
from monitor.client.response import REDIRECTS, Response, status_error
from monitor.client.urls import Target, redirected, target
from monitor.errors import FetchError

MAX_REDIRECTS = 10

PATIENCE = 60.0
"""Seconds that a request waits for its turn at a host. Longer, and the threads that wait would be missed elsewhere."""

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
    ) -> Response:
        """The answer at the end of all redirects, if it is 2xx or 304.

        A user name and password in `url` are sent as Basic authorization; like `headers` that may be credentials they
        are not sent to another origin. Raises FetchError, with `status` where the server answered otherwise.
        """
        here, left = target(url), timeout or self.timeout
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if here.authorization:
            sent.setdefault("authorization", here.authorization)
        trail: list[tuple[int, str]] = []
        while True:
            response, spent = self._turn("GET", here, None, sent, left, max_bytes or self.max_bytes)
            left -= spent
            if response.status in REDIRECTS and "location" in response.headers:
                there = redirected(here, response.headers["location"])
                if there.url == here.url or there.url in (seen for _, seen in trail):
                    raise FetchError(f"{here.where}: redirect loop", retryable=False, status=response.status)
                trail.append((response.status, there.url))
                if len(trail) > MAX_REDIRECTS:
                    raise FetchError(f"{here.where}: more than {MAX_REDIRECTS} redirects", retryable=False)
                if left <= 0:
                    raise self._late(here, timeout or self.timeout)
                if there.origin != here.origin:
                    sent = {name: value for name, value in sent.items() if name in ANYWHERE}
                here = there
                continue
            if 200 <= response.status < 300 or response.status == 304:
                return Response(response.status, response.headers, response.body, here.url, tuple(trail))
            raise status_error(here.where, response.status, response.headers, datetime.now(UTC))

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None, *, timeout: float | None = None
    ) -> Response:
        """The answer, whatever its status; a redirect is not followed. Raises FetchError when there is none."""
        here = target(url)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if here.authorization:
            sent.setdefault("authorization", here.authorization)
        return self._turn("POST", here, body, sent, timeout or self.timeout, self.max_bytes)[0]

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

    def _turn(
        self, method: str, here: Target, body: bytes | None, headers: dict[str, str], timeout: float, max_bytes: int
    ) -> tuple[Response, float]:
        """One request when its turn has come; its answer, and the seconds it took."""
        with self._politeness.turn(here.host, PATIENCE) as got:
            if not got and not self._closed:
                raise FetchError(f"{here.where}: too many requests were waiting for it ({PATIENCE:g} s)")
            started = time.monotonic()
            with self._errand(here, timeout) as deadline:
                response = self._exchange(method, here, body, headers, deadline, max_bytes)
                if deadline.over:  # the end of a body that was cut short looks like any other
                    raise TimeoutError
            return response, time.monotonic() - started

    @contextmanager
    def _errand(self, here: Target, timeout: float) -> Iterator[Deadline]:
        """A deadline that `close()` knows of, known in turn to the connection; every failure becomes a FetchError."""
        with Deadline(timeout) as deadline:
            with self._lock:
                if self._closed:
                    raise FetchError(f"{here.where}: not asked, for the client is closed")
                self._live.add(deadline)
            token = errand.set(Errand(deadline, self.allow_private))
            try:
                yield deadline
            except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                if deadline.over == "closed":
                    raise FetchError(f"{here.where}: broken off, for the client was closed") from error
                if deadline.over or _cause(error, TimeoutError, urllib3.exceptions.TimeoutError):
                    raise self._late(here, timeout) from error
                raise _explained(here, error) from error
            finally:
                errand.reset(token)
                with self._lock:
                    self._live.discard(deadline)

    def _exchange(
        self,
        method: str,
        here: Target,
        body: bytes | None,
        headers: dict[str, str],
        deadline: Deadline,
        max_bytes: int,
    ) -> Response:
        all_headers = {"accept": "*/*", **headers, "user-agent": self.user_agent, "accept-encoding": ACCEPT_ENCODING}
        try:
            answer = self._ask(method, here, body, all_headers, deadline)
        except (urllib3.exceptions.ProtocolError, OSError):
            # The server gave up a kept connection at the moment it was used again; asking twice is harmless for GET.
            if not deadline.reused or deadline.over or method != "GET":
                raise
            answer = self._ask(method, here, body, all_headers, deadline)
        whole = False
        try:
            received = {name.lower(): value for name, value in answer.headers.items()}
            content = b"" if method == "GET" and answer.status in REDIRECTS else _read(answer, here, max_bytes)
            whole = answer.status not in REDIRECTS
            return Response(answer.status, received, content, here.url)
        finally:
            if not whole:
                answer.close()  # never drained: a redirect's or a bomb's body can be endless
            answer.release_conn()

    def _ask(
        self, method: str, here: Target, body: bytes | None, headers: dict[str, str], deadline: Deadline
    ) -> urllib3.BaseHTTPResponse:
        with self._lock:
            if self._pools is None:
                self._pools = pools(idle_per_host=min(self._per_host, 8), proxy=self._proxy)
            manager = self._pools
        return manager.urlopen(
            method,
            here.url,
            body=body,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=Timeout(deadline.left()),
        )

    @staticmethod
    def _late(here: Target, timeout: float) -> FetchError:
        return FetchError(f"{here.where}: no complete answer within {timeout:g} s")


def _read(answer: urllib3.BaseHTTPResponse, here: Target, max_bytes: int) -> bytes:
    encodings = {name.strip().lower() for name in answer.headers.get("content-encoding", "").split(",")}
    if unknown := encodings - ENCODINGS:
        raise FetchError(f"{here.where}: compressed as {sorted(unknown)[0][:20]!r}, which was not asked for")
    too_large = FetchError(f"{here.where}: larger than {max_bytes} bytes", retryable=False, status=answer.status)
    stated = answer.headers.get("content-length", "")
    if encodings <= {"", "identity"} and stated.isascii() and stated.isdigit() and int(stated[:20]) > max_bytes:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    while chunk := answer.read(CHUNK, decode_content=True):
        size += len(chunk)
        if size > max_bytes:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)


def _explained(here: Target, error: Exception) -> FetchError:
    """One line that says what went wrong at the host."""
    where = here.where
    if refused := _cause(error, Refused):
        return FetchError(f"{where}: {refused}; it is not fetched from", retryable=False)
    if _cause(error, Unresolved):
        return FetchError(f"{where}: no such host is known to the DNS")
    if invalid := _cause(error, ssl.SSLCertVerificationError):
        told = getattr(invalid, "verify_message", "") or "it is not for this host"
        return FetchError(f"{where}: its certificate does not verify: {told}")
    if _cause(error, ssl.SSLError, urllib3.exceptions.SSLError):
        return FetchError(f"{where}: no secure connection could be made (TLS)")
    if _cause(error, ConnectionRefusedError):
        return FetchError(f"{where}: connection refused")
    if _cause(error, DecodeError):
        return FetchError(f"{where}: its compressed answer cannot be unpacked")
    if _cause(error, IncompleteRead, http.client.IncompleteRead):
        return FetchError(f"{where}: the connection ended before the answer did")
    if _cause(error, ConnectionError, http.client.RemoteDisconnected, BrokenPipeError):
        return FetchError(f"{where}: the connection was broken off")
    if _cause(error, LocationParseError):
        return FetchError(f"{where}: the URL cannot be read", retryable=False)
    if _cause(error, http.client.HTTPException):
        return FetchError(f"{where}: its answer is not HTTP")
    if failed := _cause(error, OSError):
        return FetchError(f"{where}: {getattr(failed, 'strerror', None) or 'no connection'}")
    return FetchError(f"{where}: the request failed ({type(error).__name__})")


def _cause(error: BaseException, *kinds: type[BaseException]) -> BaseException | None:
    """The first of these kinds among an error and what caused it; urllib3 wraps what it meets."""
    seen: list[BaseException] = []
    queue = [error]
    while queue:
        one = queue.pop(0)
        if one in seen:
            continue
        if isinstance(one, kinds):
            return one
        seen.append(one)
        inner = (one.__cause__, one.__context__, *one.args)
        queue += [other for other in inner if isinstance(other, BaseException)]
    return None
