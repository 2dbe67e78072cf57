"""A stand-in for Slack's incoming webhooks: takes what Slack would take, keeps it, shows it as text."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]

LARGEST = 1_000_000
"""Bytes of one message."""

PATH = "/services/demo"


class SlackSink:
    """Listens on loopback from when it is made until `close`. `url` is the webhook to configure."""

    def __init__(self) -> None:
        self._messages: list[Json] = []
        self._lock = threading.Lock()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # seconds that a connection may be silent

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= LARGEST else b""
                status, word = sink.take(self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(word)))
                self.end_headers()
                self.wfile.write(word)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def take(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Slack's answer: 200 `ok`, or a 4xx with its word for what is wrong."""
        if path != PATH:
            return 404, b"no_service"
        try:
            message = json.loads(body)
        except ValueError:
            return 400, b"invalid_payload"
        if not isinstance(message, dict) or not (message.get("text") or message.get("blocks")):
            return 400, b"no_text"
        if not isinstance(message.get("blocks", []), list) or len(message.get("blocks", [])) > 50:
            return 400, b"invalid_blocks"
        with self._lock:
            self._messages.append(message)
        return 200, b"ok"

    def messages(self) -> Sequence[Json]:
        """Those taken, the oldest first."""
        with self._lock:
            return tuple(self._messages)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def as_text(message: Json) -> str:
    """What a reader sees in Slack, in plain lines: quotes behind `>`, links with their address."""
    return "\n".join(line for block in message["blocks"] for line in _block(block))


def _block(block: Json) -> Iterator[str]:
    if block["type"] == "header":
        yield unescape(block["text"]["text"])
    elif block["type"] == "context":
        yield unescape(" ".join(element["text"] for element in block["elements"]))
    else:
        for element in block["elements"]:
            quoted = "> " if element["type"] == "rich_text_quote" else ""
            yield from (quoted + line for line in "".join(map(_part, element["elements"])).splitlines())


def _part(part: Json) -> str:
    return f"{part['text']} <{part['url']}>" if part["type"] == "link" else str(part["text"])
