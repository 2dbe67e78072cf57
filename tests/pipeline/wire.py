"""A news wire on loopback that goes on publishing, and writes down who asked for what, and when.

Each host has an address of its own (127.0.0.x), so that to the monitor they are different hosts.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIRST = 11
"""Of the hosts' addresses: 127.0.0.11."""

CARGO = ("barrels", "bales", "crates", "drums", "pallets", "sacks", "tins", "tonnes")
GOODS = ("barley", "bolts", "cement", "coal", "copper", "cotton", "diesel", "flour", "glass", "grain", "hides", "lamps",
         "linseed", "maize", "nails", "oranges", "paint", "paper", "pipes", "potash", "resin", "rope", "salt", "soap",
         "sulphur", "timber", "twine", "wax", "wire", "wool")  # fmt: skip

KEPT = 100
"""Entries that a feed shows."""


@dataclass(frozen=True)
class Request:
    arrived: float  # time.monotonic()
    host: str
    path: str
    at_once: int  # requests to this host in hand, with this one


@dataclass
class Wire:
    """`hosts` hosts of `feeds` feeds each; `publish()` adds an entry to every feed."""

    hosts: int
    feeds: int
    requests: list[Request] = field(default_factory=list)
    published: int = 0  # entries of each feed
    _servers: list[ThreadingHTTPServer] = field(default_factory=list)

    def __post_init__(self) -> None:
        wire = self
        lock = threading.Lock()
        busy: dict[str, int] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = str(self.server.server_address[0])
                with lock:
                    busy[host] = busy.get(host, 0) + 1
                    wire.requests.append(Request(time.monotonic(), host, self.path, busy[host]))
                try:
                    time.sleep(0.05)  # as a distant server's answer takes a moment, in which a reader may be killed
                    status, kind, body = wire.answer(host, self.path)
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the reader was killed
                finally:
                    with lock:
                        busy[host] -= 1

            def log_message(self, *args: object) -> None:
                pass

        for number in range(self.hosts):
            port = self._servers[0].server_port if self._servers else 0
            server = ThreadingHTTPServer((f"127.0.0.{FIRST + number}", port), Handler)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            self._servers.append(server)

    def rows(self, interval: str) -> list[dict[str, str]]:
        """For feeds.yaml."""
        return [
            {"id": f"h{host}-f{feed}", "url": f"{self._base(host)}/feed/{feed}", "interval": interval}
            for host in range(self.hosts)
            for feed in range(self.feeds)
        ]

    def titles(self) -> set[str]:
        """Of everything that was published."""
        return {
            self._title(host, feed, number)
            for host in range(self.hosts)
            for feed in range(self.feeds)
            for number in range(self.published)
        }

    def publish(self) -> None:
        self.published += 1

    def answer(self, address: str, path: str) -> tuple[int, str, bytes]:
        host = int(address.rpartition(".")[2]) - FIRST
        kind, _, rest = path.strip("/").partition("/")
        if kind == "feed":
            return 200, "application/rss+xml", self._feed(host, int(rest))
        if kind == "page":
            feed, number = map(int, rest.split("-"))
            return 200, "text/html; charset=utf-8", self._page(host, feed, number)
        return 404, "text/plain", b"no such page"

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _base(self, host: int) -> str:
        return "http://{}:{}".format(*self._servers[host].server_address[:2])

    def _title(self, host: int, feed: int, number: int) -> str:
        return f"Cargo {number} at pier {feed} of harbour {host} seized"

    def _feed(self, host: int, feed: int) -> bytes:
        items = "".join(
            f"<item><title>{self._title(host, feed, number)}</title>"
            f"<description>Customs seized cargo {number} of Rosneft at pier {feed} of harbour {host}: "
            f"{self._cargo(self._title(host, feed, number))}.</description>"
            f"<link>{self._base(host)}/page/{feed}-{number}</link><guid isPermaLink='false'>{number}</guid></item>"
            for number in reversed(range(max(0, self.published - KEPT), self.published))
        )
        return f"<rss version='2.0'><channel><title>Harbour {host}</title>{items}</channel></rss>".encode()

    def _cargo(self, title: str) -> str:
        """What no other article says: near copies of one text would be one story, which is told once."""
        chance = random.Random(title)
        return ", ".join(
            f"{chance.randrange(2, 900)} {chance.choice(CARGO)} of {chance.choice(GOODS)}" for _ in range(25)
        )

    def _page(self, host: int, feed: int, number: int) -> bytes:
        title = self._title(host, feed, number)
        return (
            f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
            f"<p>Customs officers came aboard in the early morning and sealed hold {number} of the tanker, said the "
            f"harbour master of harbour {host}, who had been told of it the evening before by telephone.</p>"
            f"<p>Russian foreign minister Sergei Lavrov called the seizure at pier {feed} a provocation, and asked "
            "that the ship be allowed to leave before the end of the week.</p>"
            "<p>The crew stays aboard until the papers have been looked at, which may take until the weekend.</p>"
            f"<p>Found in the hold, by the manifest: {self._cargo(title)}.</p>"
            "</article></body></html>"
        ).encode()
