"""What went wrong with a request, in one line that names the host and nothing secret. Pure."""

from __future__ import annotations

import http.client
import ssl

import urllib3
from urllib3.exceptions import DecodeError, IncompleteRead, LocationParseError

from monitor.client.connections import Refused, Unresolved
from monitor.client.urls import Target
from monitor.errors import FetchError


def late(here: Target, whole: float) -> FetchError:
    return FetchError(f"{here.where}: no complete answer within {whole:g} s")


def explained(here: Target, error: Exception) -> FetchError:
    """One line that says what went wrong at the host."""
    where = here.where
    if refused := cause(error, Refused):
        return FetchError(f"{where}: {refused}; it is not fetched from", retryable=False)
    if cause(error, Unresolved):
        return FetchError(f"{where}: no such host is known to the DNS")
    if invalid := cause(error, ssl.SSLCertVerificationError):
        told = getattr(invalid, "verify_message", "") or "it is not for this host"
        return FetchError(f"{where}: its certificate does not verify: {told}")
    if cause(error, ssl.SSLError, urllib3.exceptions.SSLError):
        return FetchError(f"{where}: no secure connection could be made (TLS)")
    if cause(error, ConnectionRefusedError):
        return FetchError(f"{where}: connection refused")
    if cause(error, DecodeError):
        return FetchError(f"{where}: its compressed answer cannot be unpacked")
    if cause(error, IncompleteRead, http.client.IncompleteRead):
        return FetchError(f"{where}: the connection ended before the answer did")
    if cause(error, ConnectionError, http.client.RemoteDisconnected, BrokenPipeError):
        return FetchError(f"{where}: the connection was broken off")
    if cause(error, LocationParseError):
        return FetchError(f"{where}: the URL cannot be read", retryable=False)
    if cause(error, http.client.HTTPException):
        return FetchError(f"{where}: its answer is not HTTP")
    if failed := cause(error, OSError):
        return FetchError(f"{where}: {getattr(failed, 'strerror', None) or 'no connection'}")
    return FetchError(f"{where}: the request failed ({type(error).__name__})")


def cause(error: BaseException, *kinds: type[BaseException]) -> BaseException | None:
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
