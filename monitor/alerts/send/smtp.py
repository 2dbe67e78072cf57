"""Mail over SMTP: verified TLS or what `security` says, one deadline for all of it, one message a recipient."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage

from monitor.alerts.render.mail import render_email
from monitor.alerts.render.templates import Own
from monitor.alerts.send.secrets import say
from monitor.model.alerts import Dead, Delivery, Retry, SendResult, Sent
from monitor.model.settings import EmailChannel


class _Unsafe(Exception):
    """The connection could not be made safe, so nothing was sent over it."""


class _Unusable(Exception):
    """An address that no command can carry."""


class _Login(Exception):
    """The server does not let us in, and will not later either."""


class _Deadline:
    """Cuts a connection when its time is up: a socket's own timeout starts anew with every byte that drips in."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._watched: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Seconds, a little above 0 when there are none: 0 would mean non-blocking."""
        return max(0.01, self._end - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        self._watched = connection.dup()  # the same connection even when TLS takes the socket object over
        self._timer.start()

    def close(self) -> None:
        self._timer.cancel()
        if self._watched:
            self._watched.close()

    def _cut(self) -> None:
        if self._watched:
            with contextlib.suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)


class _Smtp(smtplib.SMTP):
    """An SMTP connection under a deadline, with TLS from the first byte if `context` is given."""

    def __init__(self, host: str, port: int, deadline: _Deadline, context: ssl.SSLContext | None) -> None:
        self._deadline, self._context = deadline, context
        name = socket.gethostname()  # getfqdn() would ask the DNS, which can take as long as it likes
        super().__init__(host, port, local_hostname=name if "." in name else "[127.0.0.1]", timeout=deadline.left())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._deadline.watch(connection)
        try:
            return self._context.wrap_socket(connection, server_hostname=host) if self._context else connection
        except BaseException:
            connection.close()
            raise


def send_mail(delivery: Delivery, channel: EmailChannel, *, base_url: str, now: datetime, own: Own = ()) -> SendResult:
    try:
        mail = render_email(delivery, base_url=base_url, now=now, sender=channel.sender, own=own)
    except (ValueError, LookupError) as error:  # what email raises for addresses that it cannot read
        return Dead(f"configuration: an address of channel {channel.id} is not usable: {say(error)}")
    deadline = _Deadline(channel.timeout)
    failed = _talk(channel, deadline, lambda smtp: _submit(smtp, mail, delivery.recipient))
    return failed or Sent()


def try_mail(channel: EmailChannel) -> str:
    """Greet the server, make the connection safe, log in, and hang up; what went wrong, "" when nothing did."""
    failed = _talk(channel, _Deadline(channel.timeout), None)
    return failed.error if failed else ""


def _talk(
    channel: EmailChannel, deadline: _Deadline, act: Callable[[smtplib.SMTP], None] | None
) -> Retry | Dead | None:
    """Connect, log in, `act`; what went wrong, None when nothing did."""
    where = f"{channel.host}:{channel.port}"
    password = channel.password.get_secret_value()
    late = Retry(f"{where}: no answer within {channel.timeout:g} s")
    try:
        with _connected(channel, deadline) as smtp:
            if channel.username:
                _login(smtp, channel)
            if act:
                act(smtp)
    except _Login as error:
        return Dead(f"configuration: {where}: {say(error, password)}; check username and password")
    except _Unusable as error:
        return Dead(f"configuration: an address of channel {channel.id} is not usable: {say(error, password)}")
    except _Unsafe as error:
        return Retry(f"{where}: {say(error, password)}; nothing was sent")
    except smtplib.SMTPRecipientsRefused as error:
        return _answered(where, *next(iter(error.recipients.values()), (451, b"recipient refused")), password)
    except smtplib.SMTPResponseException as error:  # cut in the middle, a line may look like any answer
        return late if deadline.passed else _answered(where, error.smtp_code, error.smtp_error, password)
    except smtplib.SMTPNotSupportedError as error:
        return Dead(f"{where}: {say(error, password)}")
    except ssl.SSLCertVerificationError as error:
        return Retry(f"{where}: its certificate does not verify: {error.verify_message}; nothing was sent")
    except (OSError, smtplib.SMTPException, EOFError) as error:
        # Also a connection lost after DATA: it may have arrived, so the next try carries the same Message-ID.
        return late if deadline.passed or isinstance(error, TimeoutError) else Retry(f"{where}: {say(error, password)}")
    finally:
        deadline.close()
    return None


def _submit(smtp: smtplib.SMTP, mail: EmailMessage, recipient: str) -> None:
    try:
        refused = smtp.send_message(mail, to_addrs=[recipient])
    except ValueError as error:  # from Python 3.13 on, for a line break in an address
        raise _Unusable(str(error)) from error
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


@contextmanager
def _connected(channel: EmailChannel, deadline: _Deadline) -> Iterator[smtplib.SMTP]:
    # verifies, and honours SSL_CERT_FILE; reading the authorities takes longer than a mail does
    context = ssl.create_default_context() if channel.security != "none" else None
    smtp = _Smtp(channel.host, channel.port, deadline, context if channel.security == "tls" else None)
    try:
        smtp.ehlo_or_helo_if_needed()
        if channel.security == "starttls":
            if not smtp.has_extn("starttls"):
                raise _Unsafe("the server offers no STARTTLS (security: tls or none, if that is how it is meant)")
            try:
                smtp.starttls(context=context)
            except smtplib.SMTPResponseException as error:
                raise _Unsafe(f"STARTTLS refused: {error.smtp_code} {_words(error.smtp_error)}") from error
            smtp.ehlo()
        yield smtp
        with contextlib.suppress(OSError, smtplib.SMTPException):  # it has the message: a rude goodbye changes nothing
            smtp.quit()
    finally:
        smtp.close()


def _login(smtp: smtplib.SMTP, channel: EmailChannel) -> None:
    try:
        smtp.login(channel.username, channel.password.get_secret_value())
    except smtplib.SMTPNotSupportedError as error:
        raise _Login(f"the server takes no login here: {error}") from error
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code // 100 == 4:
            raise
        raise _Login(f"login refused: {error.smtp_code} {_words(error.smtp_error)}") from error


def _answered(where: str, code: int, words: bytes | str, password: str) -> Retry | Dead:
    """4xx: later; 5xx: never like this (RFC 5321 4.2.1); 530 and 535 are about the configuration."""
    said = f"{where} answered {code} {say(_words(words), password)}"
    if code in (530, 534, 535, 538):
        return Dead(f"configuration: {said}")
    return Dead(said) if code // 100 == 5 else Retry(said)


def _words(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
