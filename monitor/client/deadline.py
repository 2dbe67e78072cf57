"""A deadline over a whole request: connecting, TLS, headers and body."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time


class Deadline:
    """Cuts a request's connection when its time is up, or when it is told to.

    A socket's own timeout starts anew with every byte that drips in; shutting the socket down ends whatever waits for
    it. To a reader that looks like the end of the data, so `over` must be asked again after reading.
    """

    def __init__(self, seconds: float) -> None:
        self.over = ""  # why it was cut
        self.reused = False  # whether the request went out over a connection kept from before
        self._end = time.monotonic() + seconds
        self._watched: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self.cut, args=("time",))
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._watched:
                self._watched.close()
                self._watched = None

    def left(self) -> float:
        """Seconds, a little above 0 when there are none: 0 would mean non-blocking."""
        return max(0.01, self._end - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        """Cut this one from now on. Raises TimeoutError when it is too late."""
        with self._lock:
            if self._watched:
                self._watched.close()
            # A descriptor of our own: TLS takes the socket object over, and closed numbers are used again.
            self._watched = socket.socket(fileno=os.dup(connection.fileno()))
        if self.over:
            self.cut(self.over)
            raise TimeoutError

    def cut(self, reason: str) -> None:
        with self._lock:
            self.over = self.over or reason
            if self._watched:
                with contextlib.suppress(OSError):  # it may have ended just now
                    self._watched.shutdown(socket.SHUT_RDWR)
