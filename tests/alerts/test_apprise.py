from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from monitor.alerts.send import send
from monitor.client import Client
from monitor.model.alerts import Dead, Delivery, Notice, Retry, SendResult, Sent
from monitor.model.settings import AppriseChannel
from monitor.model.watchlists import Severity
from tests.alerts.servers import Reply, Sink
from tests.alerts.support import BASE, NOW, RICH, delivery, noticed

Start = Callable[..., Sink]


def through(url: str, client: Client, one: Delivery | None = None) -> SendResult:
    channel = AppriseChannel(id="phone", type="apprise", url=url)  # type: ignore[arg-type]
    return send(one or delivery(RICH), channel, base_url=BASE, client=client, now=NOW, echo=print)


def test_without_apprise_it_says_what_to_install(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    result = through("json://127.0.0.1:1", client)
    assert isinstance(result, Dead)
    assert "pip install 'sanctions-watchlist-monitor[apprise]'" in result.error


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
class TestWithApprise:
    @pytest.fixture(autouse=True)
    def _apprise(self) -> None:
        pytest.importorskip("apprise", reason="the optional extra `apprise` is not installed here")

    def test_the_message_is_whole(self, sink: Start, client: Client) -> None:
        server = sink(Reply(200))
        assert through(server.url.replace("http://", "json://") + "/hook", client) == Sent()
        [request] = server.requests
        body = json.loads(request.body)
        assert request.path == "/hook"
        assert body["title"].startswith("Rosneft PJSC (russia-energy, 97)")
        for wanted in (RICH.hit.best.snippet.text, RICH.article.url, "lead, not a finding", "[dlv_00000007]"):
            assert wanted in body["message"]

    def test_a_notice_goes_too(self, sink: Start, client: Client) -> None:
        server = sink(Reply(200))
        notice = noticed(Notice("health", "Monitor in trouble", Severity.HIGH, ("feed a is dead",)))
        assert through(server.url.replace("http://", "json://"), client, notice) == Sent()
        body = json.loads(server.requests[0].body)
        assert (body["title"], body["type"]) == ("Monitor in trouble", "warning")
        assert "feed a is dead" in body["message"]

    def test_what_fails_is_tried_again_and_gives_no_secret_away(self, sink: Start, client: Client) -> None:
        server = sink(Reply(500))
        result = through(server.url.replace("http://", "json://user:pa55word@") + "/hook", client)
        assert isinstance(result, Retry)
        assert "500" in result.error
        assert "pa55word" not in result.error

    def test_nobody_there(self, client: Client) -> None:
        assert isinstance(through("json://127.0.0.1:9/", client), Retry)

    def test_an_url_that_it_does_not_know(self, client: Client) -> None:
        result = through("carrierpigeon://loft", client)
        assert isinstance(result, Dead)
        assert "does not understand the url of channel phone" in result.error
