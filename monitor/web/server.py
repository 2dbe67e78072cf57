"""The web server: uvicorn on a thread of its own, so that the daemon keeps its main thread for signals."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from monitor.errors import ConfigError

STARTED = 10.0
"""Seconds that the thread may take to answer; it takes a tenth of one."""

STOPPED = 1.5
"""Seconds that requests in hand are given at the end."""


class Server:
    """Serves an app until `stop()`. `port` is the one that was bound, known after `start()` (0 asks for a free one)."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                log_config=None,  # what goes wrong is told to `logging`, as everywhere else
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # `serve` believes those of web.trusted_proxies, and no others
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Bind and answer. Raises ConfigError when host and port cannot be had; then nothing is left running."""
        self._socket = _bound(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(STARTED / 0.01)):
            if self._uvicorn.started or not self._thread.is_alive():
                break
            waiting.wait(0.01)

    def stop(self) -> None:
        """Answer what is in hand and close, within two seconds."""
        self._uvicorn.should_exit = True
        if self._thread.is_alive():
            self._thread.join(STOPPED)
        self._uvicorn.force_exit = True
        if self._socket:
            with suppress(OSError):
                self._socket.close()

    def _serve(self) -> None:
        self._uvicorn.run(sockets=[self._socket] if self._socket else None)


def _bound(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(
            f"web.host: {host!r} is no address of this machine ({error.strerror}); use 127.0.0.1"
        ) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a restart need not wait for old connections
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"cannot serve the dashboard on {host}:{port}: {error.strerror}; stop the program that uses the port, "
            "or set another one as `web: {port: …}`"
        ) from error
    return listening
