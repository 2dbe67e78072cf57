"""A mail server that keeps what it is sent, in memory, and sends nothing on."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from asyncio import Server
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.errors import UsageError

KEEP = 200
"""Mails kept; the oldest go first."""

LARGEST = 5_000_000
"""Bytes of one mail; a larger one is refused."""

NAME = "mailbox.invalid"
"""Said in the greeting: finding out the real host name can ask the network."""


@dataclass(frozen=True, slots=True)
class Mail:
    id: int
    received: datetime  # UTC
    sender: str  # of the envelope, as are the recipients
    recipients: tuple[str, ...]
    message: EmailMessage

    def header(self, name: str) -> str:
        """As text; "" where it is missing or cannot be read."""
        try:
            return str(self.message.get(name, ""))
        except (ValueError, LookupError):
            return ""

    def part(self, kind: str) -> str:
        """The text of the `plain` or `html` part; "" where there is none, or none that can be read."""
        try:
            found = self.message.get_body((kind,))
            return str(found.get_content()).replace("\r\n", "\n") if found else ""
        except (ValueError, LookupError, AttributeError):  # what `email` raises for broken mails
            return ""


class MailSink:
    """Listens from when it is made until `close`. `port` 0 takes any free one. Raises UsageError if it is taken."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, keep: int = KEEP) -> None:
        self._mails: deque[Mail] = deque(maxlen=keep)
        self._count = 0
        self._lock = threading.Lock()
        try:
            self._controller = _Controller(self, host, port)
        except OSError as error:
            raise UsageError(f"no mail server on {host}:{port}: {error.strerror or error}; choose another") from error
        self._controller.start()
        self.port: int = self._controller.port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self._lock:
            self._count += 1
            mail = Mail(self._count, datetime.now(UTC), envelope.mail_from or "", tuple(envelope.rcpt_tos), message)
            self._mails.append(mail)
        return "250 kept"

    def mails(self) -> Sequence[Mail]:
        """Those kept, the oldest first."""
        with self._lock:
            return tuple(self._mails)

    def close(self) -> None:
        self._controller.stop()


class _Controller(Controller):
    """Listens at once, so that a port in use is known at once and a free one has its number."""

    def __init__(self, handler: MailSink, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        port = self._listener.getsockname()[1]
        super().__init__(handler, hostname=host, port=port, data_size_limit=LARGEST, server_hostname=NAME)

    def _create_server(self) -> Coroutine[Any, Any, Server]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
