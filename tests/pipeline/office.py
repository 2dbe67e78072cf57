"""Newspapers that a test opens and closes, and a service that reads them by a clock which the test turns."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from monitor import config
from monitor.daemon import build_service
from monitor.model.feeds import FeedStatus
from monitor.pipeline import Service
from monitor.pipeline.polls import poll_feed
from tests.newsroom import WATCHLIST
from tests.store.support import NOW


@dataclass
class Press:
    """Newspapers on every loopback address (127.0.0.1, 127.0.0.2 …), at one port."""

    answers: dict[str, tuple[int, dict[str, str], str]] = field(default_factory=dict)  # path → status, headers, body
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def open(self) -> None:
        press = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                press.asked.append(self.path)
                status, headers, body = press.answers.get(self.path, (404, {}, "no"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("0.0.0.0", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def at(self, host: int, path: str = "/rss") -> str:
        return f"http://127.0.0.{host}:{self.port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def feed(self, path: str, *titles: str, dates: list[datetime] | None = None) -> None:
        days = dates or []
        items = "".join(
            f"<item><title>{escape(title)}</title><link>http://127.0.0.1/{number}</link>"
            + (f"<pubDate>{days[number]:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if days else "")
            + "</item>"
            for number, title in enumerate(titles)
        )
        document = f"<rss version='2.0'><channel><title>The Tide</title>{items}</channel></rss>"
        self.answers[path] = (200, {"Content-Type": "application/rss+xml"}, document)


@dataclass
class Office:
    directory: Path
    press: Press
    said: list[str] = field(default_factory=list)
    now: datetime = NOW
    settings: config.Settings = field(init=False)
    service: Service = field(init=False)

    def start(self, *feeds: dict[str, Any], **polling: Any) -> None:
        (self.directory / "list.yaml").write_text(WATCHLIST)
        settings = {
            "storage": {"url": f"sqlite:///{self.directory}/monitor.db"},
            "watchlists": ["list.yaml"],
            "feeds": [{"full_text": False, **feed} for feed in feeds],
            "polling": {"allow_private": True, "min_gap": 0, "per_host": 8, "timeout": "5s", **polling},
            "web": {"port": 0},
        }
        path = self.directory / "monitor.yaml"
        path.write_text(json.dumps(settings))
        self.settings = config.load(path, {})
        self.service = build_service(self.settings, echo=self.said.append, clock=lambda: self.now)

    def poll(self, *only: str) -> None:
        """Every feed, or these, due or not, in the order of their settings."""
        claimed = self.service.store.claim_due_feeds(
            self.now, limit=100, lease=60, owner="test", only=only or None, force=True
        )
        for feed in sorted(claimed, key=lambda one: list(self.service.feeds).index(one.source.id)):
            poll_feed(self.service, feed)

    def status(self, feed: str) -> FeedStatus:
        return next(one for one in self.service.store.feeds() if one.source.id == feed)

    def wait(self, feed: str) -> float:
        """Seconds until its next poll."""
        due = self.status(feed).next_poll
        assert due
        return (due - self.now).total_seconds()

    def heard(self, words: str) -> list[str]:
        return [line for line in self.said if words in line]
