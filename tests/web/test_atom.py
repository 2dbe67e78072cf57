"""What a route is told, as a feed: read back by the parser that the service itself reads feeds with."""

from __future__ import annotations

import http.client
from pathlib import Path

from monitor.feeds.parse import ParsedFeed, parse_feed
from monitor.model.settings import Route
from monitor.web.app import create_app
from monitor.web.server import Server
from tests.pipeline.desk import Desk


def test_each_route_has_a_feed_of_its_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.start([{"id": "terminal", "type": "console"}])
    desk.news("Rosneft fined", feed="world")
    desk.news("Rosneft <b>sails</b> & turns", feed="trade")
    rows = [{"id": "traders", "match": {"feeds": ["trade"]}, "channels": ["terminal"]}, {"id": "rest", "channels": []}]
    told = [Route.model_validate(row) for row in rows]
    store = desk.service.store
    app = create_app(store, base_url="https://desk.example.org", hosts=["127.0.0.1"], ready=list, told=told)
    server = Server(app, "127.0.0.1", 0)
    server.start()

    def read(name: str) -> tuple[int, ParsedFeed | None]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", f"/atom/{name}.atom")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            return answer.status, None
        return 200, parse_feed(body, answer.headers["Content-Type"], f"https://desk.example.org/atom/{name}.atom")

    try:
        _, traders = read("traders")
        _, rest = read("rest")
        assert traders is not None
        assert rest is not None
        assert traders.problems == ()
        assert traders.title == "Watchlist hits: traders"
        [entry] = traders.entries
        assert entry.title == "Rosneft PJSC (energy, 95): Rosneft sails & turns"
        assert "A hit is a lead, not a finding" in entry.summary
        [other] = rest.entries
        assert "Rosneft fined" in other.title
        assert read("nobody")[0] == 404
    finally:
        server.stop()
        store.close()
