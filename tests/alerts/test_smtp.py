from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.send.smtp import send_mail
from monitor.model.alerts import Dead, Delivery, Retry, SendResult, Sent
from monitor.model.settings import EmailChannel
from tests.alerts.servers import Authority, mail_server, raw_server
from tests.alerts.support import BASE, CHINESE, NOW, delivery


def channel(port: int, **more: Any) -> EmailChannel:
    settings = {"id": "desk-mail", "type": "email", "host": "localhost", "port": port, "timeout": "5s"}
    people = {"from": "Watch <watch@example.org>", "to": ["desk@example.org"]}
    return EmailChannel.model_validate({**settings, **people, **more})


def mail(port: int, one: Delivery | None = None, **more: Any) -> SendResult:
    return send_mail(one or delivery(), channel(port, **more), base_url=BASE, now=NOW)


def test_starttls_with_a_certificate_that_verifies(authority: Authority) -> None:
    with mail_server(starttls=authority.server()) as server:
        assert mail(server.port) == Sent()
        assert server.over_tls == [True]
        assert server.messages[0]["Message-ID"] == "<dlv_00000007@example.org>"
        assert server.messages[0]["To"] == "desk@example.org"


def test_tls_from_the_first_byte(authority: Authority) -> None:
    with mail_server(tls=authority.server()) as server:
        assert mail(server.port, security="tls") == Sent()
        assert server.over_tls == [True]


def test_no_security_where_it_is_asked_for() -> None:
    with mail_server() as server:
        assert mail(server.port, delivery(CHINESE), security="none") == Sent()
        text = server.messages[0].get_body(("plain",))
        assert text is not None
        assert "三家中国国有炼油厂已暂停采购俄罗斯石油公司的海运原油" in text.get_content()


def test_nothing_goes_in_clear_when_the_server_offers_no_starttls() -> None:
    with mail_server() as server:
        result = mail(server.port)
        assert isinstance(result, Retry)
        assert "offers no STARTTLS" in result.error
        assert server.messages == []


def test_nothing_goes_in_clear_when_the_server_refuses_starttls() -> None:
    heard: list[bytes] = []

    def talk(connection: Any) -> None:
        connection.sendall(b"220 hello\r\n")
        while line := connection.recv(1000):
            heard.append(line)
            hello = line.upper().startswith(b"EHLO")
            connection.sendall(b"250-here\r\n250 STARTTLS\r\n" if hello else b"454 TLS is not available now\r\n")

    with raw_server(talk) as port:
        result = mail(port, username="watch", password="s3cret-word")
    assert isinstance(result, Retry)
    assert "STARTTLS refused: 454" in result.error
    assert not any(line.upper().startswith((b"MAIL", b"AUTH")) for line in heard)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["expired", "other host", "unknown authority"])
def test_a_bad_certificate_stops_the_mail(
    authority: Authority, security: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = datetime(2021, 1, 1, tzinfo=UTC) if fault == "expired" else None
    context = authority.server("elsewhere.example" if fault == "other host" else "localhost", expired)
    if fault == "unknown authority":
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    more: dict[str, ssl.SSLContext] = {security: context}
    with mail_server(**more) as server:  # type: ignore[arg-type]
        result = mail(server.port, security=security)
        assert isinstance(result, Retry)
        assert "certificate" in result.error
        assert {"expired": "expired", "other host": "localhost", "unknown authority": "unable to get"}[fault] in (
            result.error
        )
        assert server.messages == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("451 try later", Retry), ("452 no space", Retry), ("550 no such user", Dead), ("553 not here", Dead)],
)
def test_a_refused_recipient(reply: str, kind: type[SendResult]) -> None:
    with mail_server() as server:
        server.refuse["desk@example.org"] = reply
        result = mail(server.port, security="none")
        assert isinstance(result, kind)
        assert not isinstance(result, Sent)
        assert reply in result.error


def test_one_refused_recipient_keeps_nobody_else_from_their_mail() -> None:
    with mail_server() as server:
        server.refuse["gone@example.org"] = "550 no such user"
        results = [
            mail(server.port, delivery(recipient=to), security="none") for to in ("gone@example.org", "b@example.org")
        ]
        assert isinstance(results[0], Dead)
        assert results[1] == Sent()
        assert [message["To"] for message in server.messages] == ["b@example.org"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("421 shutting down", Retry), ("451 greylisted", Retry), ("554 spam", Dead), ("552 too big", Dead)],
)
def test_a_refused_message(reply: str, kind: type[SendResult]) -> None:
    with mail_server() as server:
        server.data_reply = reply
        result = mail(server.port, security="none")
        assert isinstance(result, kind)
        assert not isinstance(result, Sent)
        assert reply in result.error


def test_a_connection_lost_after_the_message_is_tried_again_with_the_same_id() -> None:
    with mail_server() as server:
        server.hang_up_after_data = 1
        first = mail(server.port, security="none")
        assert isinstance(first, Retry)
        assert mail(server.port, delivery(attempts=1), security="none") == Sent()
        assert len(server.messages) == 2
        assert len({message["Message-ID"] for message in server.messages}) == 1


def test_a_wrong_password_is_about_the_configuration_and_is_not_told(authority: Authority) -> None:
    with mail_server(starttls=authority.server(), password="right") as server:
        result = mail(server.port, username="watch", password="s3cret-word")
        assert isinstance(result, Dead)
        assert result.error.startswith("configuration: localhost:")
        assert "535" in result.error
        assert "s3cret" not in result.error
        assert mail(server.port, username="watch", password="right") == Sent()


def test_a_login_that_fails_for_now_is_tried_again(authority: Authority) -> None:
    reply = "454 4.7.0 Temporary authentication failure"
    with mail_server(starttls=authority.server(), password="right", auth_reply=reply) as server:
        assert isinstance(mail(server.port, username="watch", password="x"), Retry)


def test_a_server_without_login_is_about_the_configuration() -> None:
    with mail_server() as server:
        result = mail(server.port, security="none", username="watch", password="right")
        assert isinstance(result, Dead)
        assert result.error.startswith("configuration:")


def test_a_server_that_wants_a_login_is_about_the_configuration(authority: Authority) -> None:
    with mail_server(starttls=authority.server(), password="right") as server:
        result = mail(server.port)
        assert isinstance(result, Dead)
        assert "530" in result.error


def test_the_timeout_is_of_the_whole_conversation() -> None:
    def drip(connection: Any) -> None:
        for _ in range(100):
            connection.sendall(b"2")
            time.sleep(0.1)

    with raw_server(drip) as port:
        began = time.monotonic()
        result = mail(port, security="none", timeout="0.6s")
        assert time.monotonic() - began < 2
    assert isinstance(result, Retry)
    assert "no answer within 0.6 s" in result.error


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_a_server_that_says_nothing(security: str) -> None:
    with raw_server(lambda connection: time.sleep(1)) as port:
        result = mail(port, security=security, timeout="0.3s")
    assert isinstance(result, Retry)
    assert "no answer within 0.3 s" in result.error


def test_nobody_there() -> None:
    with raw_server(lambda connection: None) as port:
        pass
    result = mail(port)
    assert isinstance(result, Retry)
    assert f"localhost:{port}" in result.error


def test_a_host_that_does_not_exist() -> None:
    result = send_mail(delivery(), channel(25, host="mail.invalid"), base_url=BASE, now=NOW)
    assert isinstance(result, Retry)
    assert "mail.invalid:25" in result.error


@pytest.mark.parametrize(
    "recipient", ["desk@example.org\r\nBcc: all@example.org", "", "<>", "a b c", "@", "ü@example.org"]
)
def test_an_odd_address_is_an_answer_not_a_crash(recipient: str) -> None:
    with mail_server() as server:
        result = mail(server.port, delivery(recipient=recipient), security="none")
        assert isinstance(result, Sent | Dead)
        assert all(message["Bcc"] is None for message in server.messages)
