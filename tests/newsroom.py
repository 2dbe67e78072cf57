"""A newspaper on loopback, a mail server and a webhook sink: what the service is tested against, end to end."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

WATCHLIST = """\
watchlist: energy
defaults: {severity: high}
entities:
  - {id: rosneft, type: organization, name: Rosneft PJSC, aliases: [Роснефть]}
  - {id: lukoil, type: organization, name: Lukoil PJSC, aliases: [Лукойл]}
  - {id: lavrov, type: person, name: Sergei Lavrov, aliases: [Сергей Лавров]}
"""


@dataclass
class Item:
    title: str
    summary: str = ""
    path: str = ""  # of its page; "" for none
    guid: str = ""


@dataclass
class Newspaper:
    """Feeds and pages that a test writes and rewrites while they are being read."""

    feeds: dict[str, list[Item]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Any] = field(default_factory=dict)  # path → status, or seconds to dawdle, or raw bytes to answer
    requests: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        paper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                paper.requests[self.path] += 1
                fault = paper.faults.get(self.path)
                if isinstance(fault, float):
                    time.sleep(fault)
                if isinstance(fault, int):
                    self.answer(fault, b"no", "text/plain")
                elif isinstance(fault, bytes):
                    self.answer(200, fault, "application/rss+xml")
                elif self.path.lstrip("/") in paper.feeds:
                    self.answer(200, paper.rss(self.path.lstrip("/")), "application/rss+xml; charset=utf-8")
                elif self.path in paper.pages:
                    self.answer(200, paper.pages[self.path].encode(), "text/html; charset=utf-8")
                else:
                    self.answer(404, b"no such page", "text/plain")

            def answer(self, status: int, body: bytes, content_type: str) -> None:
                etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
                if status == 200 and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                try:
                    self.send_response(status)
                    self.send_header("ETag", etag)
                    self.send_header("Content-Type", content_type)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the reader gave up, as some tests want it to

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def rss(self, name: str) -> bytes:
        items = "".join(
            "<item>"
            f"<title>{escape(item.title)}</title><description>{escape(item.summary)}</description>"
            + (f"<link>{self.url}{item.path}</link>" if item.path else "")
            + (f'<guid isPermaLink="false">{escape(item.guid)}</guid>' if item.guid else "")
            + "</item>"
            for item in self.feeds[name]
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'.encode()

    def page(self, path: str, title: str, *paragraphs: str) -> None:
        """A page in the manner of newspapers: the article between a menu, an advert and related links."""
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        self.pages[path] = (
            f"<!doctype html><html lang=en><head><title>{escape(title)} | The Tide</title></head><body>"
            "<nav><ul><li><a href=/>Home</a></li><li><a href=/markets>Markets</a></li></ul></nav>"
            f"<main><article><h1>{escape(title)}</h1>{body}</article></main>"
            "<aside><h2>Related</h2><a href=/x>Ten harbours to see before winter</a></aside>"
            "<footer>© The Tide</footer></body></html>"
        )

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _AnyPort(Controller):
    """Takes any free port: aiosmtpd's own start-up check would look for it under number 0."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Mailbox:
    """A real SMTP server that keeps what it accepts. `reply` refuses instead while it is set."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.reply = ""
        self.controller = _AnyPort(self, hostname="127.0.0.1", port=0)
        self.controller.start()
        self.port = self.controller.port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.reply:
            return self.reply
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 kept"

    def text(self) -> str:
        """The text parts of everything received."""
        parts = [message.get_body(("plain",)) for message in self.messages]
        return "\n".join(part.get_content() for part in parts if part)

    def close(self) -> None:
        self.controller.stop()


def write_settings(
    directory: Path,
    paper: Newspaper,
    *,
    feeds: dict[str, str] | None = None,
    mail: Mailbox | None = None,
    watchlist: str = WATCHLIST,
    storage: str = "",
    **more: Any,
) -> Path:
    """A settings file with its watchlist and feeds; JSON is YAML. `feeds`: id → path (default: all the paper has)."""
    (directory / "watchlists").mkdir(exist_ok=True)
    (directory / "watchlists" / "energy.yaml").write_text(watchlist)
    paths = feeds or {name: f"/{name}" for name in paper.feeds}
    rows = [{"id": name, "url": paper.url + path, "interval": "1s"} for name, path in paths.items()]
    (directory / "feeds.yaml").write_text("".join(f"- {json.dumps(row)}\n" for row in rows))
    channels: list[dict[str, Any]] = [{"id": "terminal", "type": "console"}]
    if mail:
        channels.append(
            {
                "id": "desk-mail",
                "type": "email",
                "host": "127.0.0.1",
                "port": mail.port,
                "security": "none",
                "from": "monitor@example.org",
                "to": ["desk@example.org"],
            }
        )
    settings = {
        "config_version": 1,
        "storage": {"url": storage or f"sqlite:///{directory}/monitor.db"},
        "watchlists": ["watchlists"],
        "feeds": "feeds.yaml",
        "polling": {"allow_private": True, "min_gap": "0s", "timeout": "3s", "per_host": 8},
        "channels": channels,
        "routes": [{"id": "all", "match": {}, "channels": [channel["id"] for channel in channels]}],
        "web": {"port": 0},
        **more,
    }
    path = directory / "monitor.yaml"
    path.write_text(json.dumps(settings, indent=1))
    return path
