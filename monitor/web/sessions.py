"""Who is logged in, and how often somebody may try. Both live in memory: a restart asks everybody to log in again."""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.web.users import User

LASTS = timedelta(hours=12)
"""A working day; whoever is still there then logs in again."""

IDLE = timedelta(hours=2)
"""Without any request for this long a session is over."""

MOST = 10_000
"""Sessions, and names or addresses remembered; the oldest make room."""

WINDOW = timedelta(minutes=5)
TRIES = {"pair": 5, "name": 50, "address": 50}
"""Failed logins in WINDOW: of one name from one address, of one name, from one address. A name alone may fail more
often, so that a stranger elsewhere cannot easily keep somebody out."""


@dataclass(slots=True)
class Session:
    name: str
    password: str  # as stored when it began: a changed password ends it
    csrf: str
    began: datetime
    used: datetime


class Sessions:
    """By the digest of the cookie's value, so that memory holds nothing that opens a door."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, user: User) -> str:
        """The cookie's value."""
        key = secrets.token_urlsafe(32)
        now = self.clock()
        with self._lock:
            self._sessions[_digest(key)] = Session(user.name, user.password, secrets.token_urlsafe(32), now, now)
            while len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
        return key

    def find(self, key: str) -> Session | None:
        """The session, if it is not over; being asked for keeps it alive."""
        now = self.clock()
        with self._lock:
            session = self._sessions.get(_digest(key))
            if session is None:
                return None
            if now - session.began > LASTS or now - session.used > IDLE:
                del self._sessions[_digest(key)]
                return None
            session.used = now
            return session

    def end(self, key: str) -> None:
        with self._lock:
            self._sessions.pop(_digest(key), None)


class Throttle:
    """Counts failed logins by name, by address, and by both."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._failures: OrderedDict[tuple[str, ...], deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, address: str) -> int:
        """Seconds until the next try is heard; 0: now."""
        now = self.clock()
        longest = timedelta()
        with self._lock:
            for key in _keys(name, address):
                failures = self._failures.get(key, deque())
                while failures and now - failures[0] >= WINDOW:
                    failures.popleft()
                if len(failures) >= TRIES[key[0]]:
                    longest = max(longest, failures[-TRIES[key[0]]] + WINDOW - now)
        return math.ceil(longest.total_seconds())

    def failed(self, name: str, address: str) -> None:
        with self._lock:
            for key in _keys(name, address):
                self._failures.setdefault(key, deque(maxlen=100)).append(self.clock())
                self._failures.move_to_end(key)
            while len(self._failures) > MOST:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Whoever knows the password starts anew; what others tried under the name still counts."""
        with self._lock:
            self._failures.pop(_keys(name, address)[0], None)


def _keys(name: str, address: str) -> tuple[tuple[str, ...], ...]:
    return ("pair", name, address), ("name", name), ("address", address)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
