"""The way out that a mail offers: by one click, sealed, never by a GET."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from monitor.alerts.seals import KEY, UNSUBSCRIBE, seal
from monitor.model.alerts import DeliveryState
from monitor.pipeline.health import check_health
from monitor.web.app import create_app
from monitor.web.server import Server
from tests.newsroom import Mailbox
from tests.pipeline.desk import Desk

BASE = "https://desk.example.org"
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    one = Mailbox()
    yield one
    one.close()


@pytest.fixture
def desk(tmp_path: object) -> Iterator[Desk]:
    one = Desk(tmp_path)  # type: ignore[arg-type]
    yield one
    if hasattr(one, "service"):
        one.service.store.close()


@pytest.fixture
def serve(desk: Desk) -> Iterator[Callable[[], int]]:
    servers: list[Server] = []

    def start() -> int:
        app = create_app(desk.service.store, base_url=BASE, hosts=["127.0.0.1"], ready=list, clock=lambda: desk.now)
        servers.append(Server(app, "127.0.0.1", 0))
        servers[-1].start()
        return servers[-1].port

    yield start
    for server in servers:
        server.stop()


def open_office(desk: Desk, mailbox: Mailbox) -> None:
    mail = {
        "id": "desk-mail",
        "type": "email",
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": "none",
        "from": "monitor@example.org",
        "to": ["ana@example.org", "ben@example.org"],
    }
    desk.start([mail, {"id": "terminal", "type": "console"}], cooldown=0)
    desk.service.base_url = BASE


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body or None, {"Host": "desk.example.org", **kind, **headers})
    answer = connection.getresponse()
    said = answer.status, answer.read().decode()
    connection.close()
    return said


def link_in(mailbox: Mailbox, to: str) -> str:
    mail = next(message for message in mailbox.messages if message["To"] == to)
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    url, mailto = (part.strip(" <>") for part in mail["List-Unsubscribe"].split(","))
    assert mailto == "mailto:monitor@example.org?subject=unsubscribe%20desk-mail"
    assert url.startswith(BASE)
    return urlsplit(url).path


def test_one_click_leaves_and_whoever_runs_the_monitor_is_told(
    desk: Desk, mailbox: Mailbox, serve: Callable[[], int]
) -> None:
    open_office(desk, mailbox)
    desk.news("Rosneft fined")
    desk.send("desk-mail")
    path = link_in(mailbox, "ana@example.org")
    port = serve()
    for method in ("GET", "HEAD"):  # a mail scanner opens it
        assert ask(port, method, path)[0] == 200
    assert desk.service.store.opt_outs() == []
    desk.news("Rosneft burns")  # waits to be sent
    status, page = ask(port, "POST", path, ONE_CLICK)
    assert status == 200
    assert "ana@example.org gets no further message" in page
    assert ask(port, "POST", path, ONE_CLICK)[0] == 200  # providers repeat themselves
    [left] = desk.service.store.opt_outs()
    assert (left.channel, left.recipient) == ("desk-mail", "ana@example.org")

    desk.news("Rosneft sails")
    desk.send("desk-mail", "terminal")
    told = [message["To"] for message in mailbox.messages]
    assert told.count("ana@example.org") == 1
    assert told.count("ben@example.org") == 3
    [dead] = desk.service.store.deliveries(state=DeliveryState.DEAD)
    assert (dead.recipient, dead.last_error) == ("ana@example.org", "unsubscribed")
    speech = max(record.id for alert in desk.service.store.deliveries()[0].alerts for record in alert.hits)
    reasons = [verdict.reason for verdict in desk.service.store.verdicts(speech)]
    assert "ana@example.org has unsubscribed from desk-mail" in reasons

    deeds = [(deed.who, deed.what, deed.about) for deed in desk.service.store.deeds() if deed.what == "unsubscribe"]
    assert deeds == [("ana@example.org", "unsubscribe", "desk-mail")]
    turned = check_health(desk.service, started=desk.now)
    assert [one.key for one in turned.began] == ["unsubscribed:desk-mail:ana@example.org"]
    assert check_health(desk.service, started=desk.now).began == ()
    told_of = "".join(desk.send("terminal"))
    assert "ana@example.org has unsubscribed from channel desk-mail" in told_of

    assert desk.service.store.opt_in("desk-mail", "ana@example.org", who="chief", now=desk.now)
    assert not desk.service.store.opt_in("desk-mail", "ana@example.org", who="chief", now=desk.now)
    desk.now += timedelta(days=2)
    desk.news("Rosneft fined again")
    desk.send("desk-mail")
    assert mailbox.messages[-1]["To"] in {"ana@example.org", "ben@example.org"}
    assert [message["To"] for message in mailbox.messages].count("ana@example.org") >= 2


def test_a_seal_that_is_not_one_of_these_leaves_nobody(desk: Desk, mailbox: Mailbox, serve: Callable[[], int]) -> None:
    open_office(desk, mailbox)
    desk.news("Rosneft fined")
    desk.send("desk-mail")
    path = link_in(mailbox, "ana@example.org")
    port, store = serve(), desk.service.store
    delivery = store.deliveries()[0]
    to_hit = seal(store.secret(KEY, desk.now), delivery.id, delivery.uid)
    foreign = seal(b"another key", delivery.id, delivery.uid)
    true = seal(store.secret(UNSUBSCRIBE, desk.now), delivery.id, delivery.uid)
    changed = true[:-1] + ("A" if true[-1] != "A" else "B")
    for wrong in (to_hit, foreign, changed, "1", "99999.AAAAAAAAAAAAAAAAAAAAAA", "x" * 500):
        assert ask(port, "POST", f"/unsubscribe/{wrong}", ONE_CLICK)[0] == 404, wrong
    assert ask(port, "POST", path, "something=else")[0] == 400
    assert ask(port, "POST", path, ONE_CLICK, Origin="https://evil.example")[0] == 403
    assert store.opt_outs() == []


def test_without_an_https_address_of_the_desk_the_way_out_is_a_mail(desk: Desk, mailbox: Mailbox) -> None:
    open_office(desk, mailbox)
    for base in ("", "http://127.0.0.1:8000"):
        desk.service.base_url = base
        desk.news(f"Rosneft fined {len(base)}")
        desk.send("desk-mail")
        assert mailbox.messages[-1]["List-Unsubscribe"].startswith("<mailto:")
        assert mailbox.messages[-1]["List-Unsubscribe-Post"] is None
        desk.now += timedelta(days=1)
