"""Connections that go to the very address that was checked, under the deadline of the request they serve."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from monitor.client.addresses import refusal
from monitor.client.deadline import Deadline

CONNECT = 10.0
"""Seconds for one of several addresses, so that the next is tried while there is time."""

POOLS = 64
"""Hosts whose idle connections are kept."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a connection must know of the request at hand."""

    deadline: Deadline
    allow_private: bool


class Refused(OSError):
    """The host's addresses are ones that nothing is fetched from."""


class Unresolved(OSError):
    """The host's name has no address."""


errand: ContextVar[Errand] = ContextVar("errand")


def pools(*, idle_per_host: int, proxy: str) -> urllib3.PoolManager:
    """Pools of guarded connections; TLS is verified against the system's authorities, or those in SSL_CERT_FILE."""
    settings: dict[str, Any] = {
        "num_pools": POOLS,
        "maxsize": idle_per_host,
        "block": False,
        "ssl_context": _tls(),
    }
    manager = urllib3.ProxyManager(proxy, **settings) if proxy else urllib3.PoolManager(**settings)
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return manager


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())  # slim systems bring no authorities of their own
    return context


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        at_hand = errand.get()
        proxied = self.proxy is not None  # its address was chosen by the user; what it connects to is its own affair
        candidates = _resolve(self._dns_host, self.port or self.default_port, at_hand.deadline)
        reasons = [refusal(str(place[0]), allow_private=proxied or at_hand.allow_private) for _, place in candidates]
        allowed = [candidate for candidate, reason in zip(candidates, reasons, strict=True) if not reason]
        if not allowed:
            raise Refused(reasons[0])
        return _connect(allowed, self.socket_options or [], at_hand.deadline)

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            deadline = errand.get().deadline
            deadline.reused = True
            deadline.watch(self.sock)
        super().request(*args, **kwargs)


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


Candidate = tuple[socket.AddressFamily, Any]


def _resolve(host: str, port: int, deadline: Deadline) -> list[Candidate]:
    """Its addresses, in the system's order. The resolver knows no deadline, so it is left behind when it dawdles."""
    found: list[Candidate] = []
    errors: list[OSError | UnicodeError] = []

    def look() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, place) for family, _, _, _, place in infos)
        except (OSError, UnicodeError) as error:
            errors.append(error)

    if host.replace(".", "").isdigit() or ":" in host:
        look()
    else:
        thread = threading.Thread(target=look, name=f"resolve {host}", daemon=True)
        thread.start()
        while thread.is_alive() and not deadline.over:
            thread.join(min(deadline.left(), 0.2))
        if thread.is_alive():
            raise TimeoutError
    if errors or not found:
        raise Unresolved(host) from (errors[0] if errors else None)
    return found


def _connect(candidates: list[Candidate], options: Any, deadline: Deadline) -> socket.socket:
    for family, place in candidates[:-1]:
        try:
            return _connect_to(family, place, options, deadline, min(CONNECT, deadline.left()))
        except OSError:
            if deadline.over:
                raise
    return _connect_to(*candidates[-1], options, deadline, deadline.left())


def _connect_to(
    family: socket.AddressFamily, place: Any, options: Any, deadline: Deadline, seconds: float
) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in options:
            connection.setsockopt(*option)
        connection.settimeout(seconds)
        deadline.watch(connection)
        connection.connect(place)
    except BaseException:
        connection.close()
        raise
    return connection
