"""How long ten thousand waiting messages take to leave, with providers' limits kept and one channel that hangs.

    python -m benchmarks.drain [--messages 10000] [--write]

Protocol. That many alerts wait on each of three channels in a SQLite database: mail, sent one by one over SMTP to a
real server (aiosmtpd, no TLS); a Slack webhook whose server takes one message a second and answers 429 with
Retry-After beyond that, with the default burst; and a webhook that never answers within its timeout of 5 s. The
service's own rounds send them as the daemon does, by the clock. Seconds are until nothing of the first two waits.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.report import table, write_section
from monitor import config
from monitor.daemon import build_service, close_service, utc_now
from monitor.model.alerts import DeliveryState
from monitor.pipeline.dispatch import BURST_WINDOW
from monitor.pipeline.rounds import SETTLE, Rounds
from tests.newsroom import WATCHLIST, Mailbox
from tests.store.support import Planner, new, poll

CHANNELS = ("mail", "slack", "hangs")
CARGO = re.compile(r"Rosneft cargo (\d+) sails")


class Limited:
    """Slack's side: one message a second, more are answered 429; or, with `silent`, nobody who answers at all."""

    def __init__(self, *, silent: bool = False) -> None:
        self.taken: list[str] = []
        self.refused = 0
        limited = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                if silent:
                    time.sleep(60)
                    return
                late = limited.last + 1 - time.monotonic()
                if late > 0:
                    limited.refused += 1
                    self.answer(429, b"", late)
                else:
                    limited.last = time.monotonic()
                    limited.taken.append(body)
                    self.answer(200, b"ok", 0)

            def answer(self, status: int, body: bytes, late: float) -> None:
                self.send_response(status)
                if late:
                    self.send_header("Retry-After", "1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.last = 0.0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/services/T0/B0/x"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--messages", type=int, default=10_000)
    arguments.add_argument("--write", action="store_true", help="Put the figures into docs/benchmarks.md.")
    asked = arguments.parse_args()
    mailbox, slack, hangs = Mailbox(), Limited(), Limited(silent=True)
    channels: list[dict[str, Any]] = [
        {"id": "mail", "type": "email", "host": "127.0.0.1", "port": mailbox.port, "security": "none",
         "from": "monitor@example.org", "to": ["desk@example.org"], "burst": 1_000_000},
        {"id": "slack", "type": "slack", "webhook_url": slack.url},
        {"id": "hangs", "type": "webhook", "url": hangs.url, "timeout": "5s", "burst": 1_000_000},
    ]  # fmt: skip
    took: dict[str, float] = {}
    with waiting(channels, asked.messages) as rounds:
        began = time.monotonic()
        while len(took) < 2:
            rounds.claim_deliveries(settle=SETTLE, calm=BURST_WINDOW)
            time.sleep(1.0)
            late = rounds.service.store.oldest_due_deliveries(utc_now())
            for name in ("mail", "slack"):
                if name not in took and name not in late and not pending(rounds, name):
                    took[name] = time.monotonic() - began
        rounds.service.channel_client.close()
    mails = [str(message["Message-ID"]) for message in mailbox.messages]
    told = {found for body in slack.taken for found in CARGO.findall(body)}
    mailbox.close()
    rows = [
        ("mail, one by one", f"{len(mails):,}", f"{len(mails) - len(set(mails))}", "–", f"{took['mail']:.0f}"),
        ("Slack, in summaries", f"{len(slack.taken):,}", "0", f"{slack.refused}", f"{took['slack']:.0f}"),
    ]
    said = (
        f"{asked.messages:,} alerts waiting on each of three channels, the third of which hangs all the while. Of the "
        f"mails {len(set(mails)):,} different ones came, {len(mails) / took['mail']:.0f} a second; Slack's summaries "
        f"name {len(told):,} of them and count the rest. (Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} at the end.)"
    )
    made = table(["", "messages", "twice", "answered 429", "seconds"], rows)
    print(said, made, sep="\n\n")
    if asked.write:
        write_section("drain", f"## A backlog of alerts (`python -m benchmarks.drain`)\n\n{said}\n\n{made}")


@contextmanager
def waiting(channels: list[dict[str, Any]], count: int) -> Iterator[Rounds]:
    """A service with so many alerts waiting on each of the channels."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        Path(directory, "list.yaml").write_text(WATCHLIST)
        settings = {
            "storage": {"url": f"sqlite:///{directory}/monitor.db"},
            "watchlists": ["list.yaml"],
            "feeds": [{"id": "world", "url": "https://world.example/rss"}],
            "channels": channels,
        }
        path = Path(directory, "monitor.yaml")
        path.write_text(json.dumps(settings))
        service = build_service(config.load(path, {}), echo=lambda _line: None, clock=utc_now)
        at = datetime.now(UTC) - timedelta(hours=1)
        planner = Planner(*CHANNELS, recipients=("desk@example.org",), due=at)
        for start in range(0, count, 1000):
            news = [new(f"Rosneft cargo {n} sails") for n in range(start, min(start + 1000, count))]
            service.store.record_poll(poll(*news, at=at + timedelta(seconds=start / 1000)), planner)
        rounds = Rounds(service)
        try:
            yield rounds
        finally:
            rounds.stop(1)
            close_service(service)


def pending(rounds: Rounds, channel: str) -> bool:
    waiting = rounds.service.store.deliveries(state=DeliveryState.PENDING)
    return any(delivery.channel == channel for delivery in waiting)


if __name__ == "__main__":
    main()
