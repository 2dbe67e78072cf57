"""Servers that behave, and misbehave, as the ones that alerts are sent to."""

from __future__ import annotations

import email
import email.policy
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds before it


@dataclass
class Request:
    path: str
    headers: dict[str, str]  # lower-case keys
    body: bytes


class Sink:
    """An HTTP server that answers with `replies` in turn, the last one for ever, and keeps what it was sent."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies) or [Reply()]
        self.requests: list[Request] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                sink.requests.append(Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                reply = sink.replies.pop(0) if len(sink.replies) > 1 else sink.replies[0]
                time.sleep(reply.delay)
                try:
                    self.send_response(reply.status)
                    for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    self.close_connection = True  # the client has gone, as some tests want

            def do_GET(self) -> None:
                self.headers["content-length"] = "0"
                self.do_POST()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class MailServer:
    """A handler for aiosmtpd: keeps what it accepts; each hook may refuse, or hang up, instead."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.over_tls: list[bool] = []
        self.refuse: dict[str, str] = {}  # recipient → reply
        self.data_reply = "250 kept"
        self.hang_up_after_data = 0  # so many times
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_reply[0] == "2":
            assert isinstance(envelope.content, bytes)
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.over_tls.append(session.ssl is not None or self.implicit)
        if self.hang_up_after_data:
            self.hang_up_after_data -= 1
            assert server.transport is not None
            server.transport.abort()
        return self.data_reply

    implicit = False


class _Controller(Controller):
    """Takes any free port, which aiosmtpd's own start-up check would look for under number 0."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    password: str = "",
    auth_reply: str = "",
) -> Iterator[MailServer]:
    handler = MailServer()
    handler.implicit = tls is not None

    def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password.decode() == password
        return AuthResult(success=good, handled=False, message=auth_reply or None)

    more: dict[str, Any] = {"authenticator": login, "auth_required": True} if password else {}
    controller = _Controller(handler, hostname="localhost", port=0, ssl_context=tls, tls_context=starttls, **more)
    controller.start()
    try:
        assert controller.server is not None
        handler.port = controller.server.sockets[0].getsockname()[1]
        yield handler
    finally:
        controller.stop()


@contextmanager
def raw_server(talk: Callable[[Any], None]) -> Iterator[int]:
    """The port of a server that gives each connection to `talk`."""
    listener = create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    continue  # the other side hung up, as tests of deadlines want

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@dataclass
class Authority:
    """A certificate authority of the test's own; `bundle` is what SSL_CERT_FILE points at."""

    bundle: Path
    ca: trustme.CA

    def server(self, host: str = "localhost", not_after: datetime | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        started = datetime(2020, 1, 1, tzinfo=UTC)
        self.ca.issue_cert(host, not_before=started, not_after=not_after).configure_cert(context)
        return context
