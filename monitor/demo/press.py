"""The demonstration's newspapers: feeds and pages of `newsroom/`, served on loopback.

Each file there is a Jinja2 template, so that menus stand in one layout a paper, times are fresh, and addresses fit.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

NEWSROOM = Path(__file__).parent / "newsroom"
FEEDS = (  # id, path, interval
    ("harbour-gazette", "/gazette/feed.xml", "1h"),
    ("quay-live", "/gazette/live.json", "2s"),
    ("longshore-wire", "/wire/feed.xml", "1h"),
    ("vecherny-prichal", "/prichal/feed.xml", "1h"),
    ("rasif", "/rasif/feed.xml", "1h"),
    ("chaoxi-daily", "/chaoxi/feed.json", "1h"),
)

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
}


class Press:
    """Listens from when it is made until `close`. `now`: the moment that the articles' ages count back from."""

    def __init__(self, now: datetime) -> None:
        self.edited = False  # whether the article that changes has changed
        self.requests: Counter[str] = Counter()  # by path
        self._now = now
        self._environment = Environment(
            loader=FileSystemLoader(NEWSROOM), autoescape=False, undefined=StrictUndefined, trim_blocks=True
        )
        self._files = {self._path(file): file for file in NEWSROOM.rglob("*") if self._is_published(file)}
        press = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10  # seconds that a connection may be silent

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                press.requests[path] += 1
                status, kind, body = press.answer(path)
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                if status == 200 and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", etag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body of one path."""
        file = self._files.get(path)
        if file is None:
            return 404, "text/plain; charset=utf-8", b"no such page"
        text = self._environment.get_template(file.relative_to(NEWSROOM).as_posix()).render(
            base=self.url,
            edited=self.edited,
            rss=lambda minutes: format_datetime(self._ago(minutes)),
            iso=lambda minutes: self._ago(minutes).isoformat(timespec="seconds"),
        )
        return 200, TYPES[file.suffix], text.encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _ago(self, minutes: int) -> datetime:
        return self._now - timedelta(minutes=minutes)

    @staticmethod
    def _is_published(file: Path) -> bool:
        """Not the layouts, nor the parts that two pages share."""
        return file.suffix in TYPES and file.name.count(".") == 1 and file.stem != "layout"

    @staticmethod
    def _path(file: Path) -> str:
        """Pages are served without their suffix, as newspapers do; feeds with it."""
        relative = file.relative_to(NEWSROOM)
        return "/" + (relative.with_suffix("") if file.suffix == ".html" else relative).as_posix()
