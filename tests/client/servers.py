"""A server on loopback that says byte for byte what a test wants, to show how little is believed."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One request as it came in."""

    line: str  # GET /path HTTP/1.1
    headers: dict[str, str]  # lower-case names
    body: bytes
    connection: int  # number of the connection, from 0
    at: float  # time.monotonic()

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


Talk = Callable[[socket.socket, Asked], None]


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


@dataclass
class Server:
    port: int
    talk: Talk
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0  # bytes that `stream` got rid of
    busy: int = 0
    most_busy: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def stream(self, connection: socket.socket, piece: bytes, total: int, pause: float = 0.0) -> None:
        """Send `piece` again and again, until `total` bytes are out or the other side has had enough."""
        out = 0
        while out < total:
            connection.sendall(piece)
            out += len(piece)
            self.sent += len(piece)
            time.sleep(pause)


@contextmanager
def serve(talk: Talk | bytes, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that gives every request to `talk`, or answers it with these bytes."""
    fixed = talk if isinstance(talk, bytes) else None
    told: Talk = (lambda connection, asked: connection.sendall(fixed)) if fixed is not None else talk  # type: ignore[assignment,arg-type]
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], told, scheme="https" if tls else "http")
    lock = threading.Lock()

    def attend(connection: socket.socket, number: int) -> None:
        try:
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as reader:
                while asked := _request(reader, number):
                    with lock:
                        server.asked.append(asked)
                        server.busy += 1
                        server.most_busy = max(server.most_busy, server.busy)
                    try:
                        server.talk(connection, asked)
                    finally:
                        with lock:
                            server.busy -= 1
        except OSError:
            connection.close()  # the client has gone, as most tests want

    def accept() -> None:
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=attend, args=(connection, number), daemon=True).start()
            number += 1

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _request(reader: socket.SocketIO, number: int) -> Asked | None:  # type: ignore[name-defined]
    line = reader.readline().decode("latin-1").strip()
    if not line:
        return None
    headers: dict[str, str] = {}
    while header := reader.readline().decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))
    return Asked(line, headers, body, number, time.monotonic())
