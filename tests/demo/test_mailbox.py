"""The mail catcher as a process: mail in, pages out, gone at SIGTERM."""

from __future__ import annotations

import re
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
import requests

from monitor.alerts.render import DISCLAIMER, render_email
from tests.alerts.support import ARABIC, BASE, NOW, RICH, delivery

COMMAND = [sys.executable, "-m", "monitor.demo.mailbox"]


@dataclass
class Caught:
    process: subprocess.Popen[str]
    smtp: int
    web: str

    def send(self, message: EmailMessage, to: str = "desk@example.org") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as server:
            server.send_message(message, "watch@example.org", [to])

    def page(self, path: str = "/") -> requests.Response:
        return requests.get(self.web + path, timeout=10)


@pytest.fixture
def mailbox() -> Iterator[Caught]:
    process = subprocess.Popen(
        [*COMMAND, "--smtp", "127.0.0.1:0", "--web", "127.0.0.1:0", "--keep", "3"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"taken on 127\.0\.0\.1:(\d+) and shown on (http://127\.0\.0\.1:\d+)/", said)
    assert found, said
    yield Caught(process, int(found[1]), found[2])
    process.kill()
    process.wait(10)
    process.stdout.close()


def test_a_mail_is_listed_and_shown(mailbox: Caught) -> None:
    assert "No mail yet" in mailbox.page().text
    mail = render_email(delivery(RICH, ARABIC), base_url=BASE, now=NOW, sender="Watch <watch@example.org>")
    mailbox.send(mail)
    listed = mailbox.page().text
    assert "Rosneft PJSC (russia-energy, 97): Indian refiner halts Russian crude as tankers turn away" in listed
    assert "desk@example.org" in listed
    (link,) = re.findall(r'href="(/mail/\d+)"', listed)
    shown = mailbox.page(link).text
    assert DISCLAIMER in shown
    assert "قالت مصادر في الميناء" in shown
    assert f'<iframe src="{link}/html" sandbox=' in shown
    assert "<mark" in mailbox.page(f"{link}/html").text
    assert mailbox.page("/mail/99").status_code == 404


def test_a_hostile_mail_cannot_act(mailbox: Caught) -> None:
    mail = EmailMessage()
    mail["Subject"] = "<script>alert(1)</script>"
    mail["From"] = '"<img src=x onerror=alert(1)>" <a@example.org>'
    mail.set_content("<script>alert(2)</script>")
    mail.add_alternative("<html><head></head><body><script>alert(3)</script></body></html>", subtype="html")
    mailbox.send(mail)
    for path in ("/", "/mail/1"):
        page = mailbox.page(path)
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    policy = mailbox.page("/mail/1/html").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_broken_mails_are_shown_as_far_as_they_go(mailbox: Caught) -> None:
    for raw in (
        b"Subject: =?no-such-charset?b?////?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla\r\n",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--y\r\nno such boundary\r\n",
        b"\xff\xfe\x00 not a header at all",
    ):
        with smtplib.SMTP("127.0.0.1", mailbox.smtp, timeout=10) as server:
            server.sendmail("a@example.org", ["b@example.org"], raw)
    assert mailbox.page().text.count("/mail/") == 3
    assert [mailbox.page(f"/mail/{number}").status_code for number in (1, 2, 3)] == [200, 200, 200]


def test_only_the_last_mails_are_kept(mailbox: Caught) -> None:
    for number in range(5):
        mail = EmailMessage()
        mail["Subject"] = f"Number {number}"
        mail.set_content("text")
        mailbox.send(mail)
    assert re.findall(r"Number \d", mailbox.page().text) == ["Number 4", "Number 3", "Number 2"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told(mailbox: Caught, number: signal.Signals) -> None:
    mailbox.process.send_signal(number)
    assert mailbox.process.wait(10) == 0


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for options in (["--smtp", f"127.0.0.1:{port}"], ["--smtp", "127.0.0.1:0", "--web", f"127.0.0.1:{port}"]):
            done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30)
            assert done.returncode != 0
            assert str(port) in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_an_address_that_is_none_is_wrong_usage() -> None:
    done = subprocess.run([*COMMAND, "--smtp", "1025x"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr
