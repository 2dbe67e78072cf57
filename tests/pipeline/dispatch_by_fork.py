"""Sends what is due, again and again, each time in a process of its own, without paying for the imports each time.

Reads lines of stdin: the path of a settings file. For each it forks a child that takes up what dead processes left and
sends everything that is due, says the child's process id, and when it has ended (or was killed) its exit status.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from monitor import config
from monitor.client import Client
from monitor.daemon import free_dead_claims
from monitor.pipeline import Service, dispatch_due
from monitor.store import Store


def service(path: Path) -> Service:
    """A service that only sends."""
    settings = config.load(path, {})
    nothing = cast(Any, None)
    client = Client(user_agent="test", timeout=5.0, max_bytes=100_000, allow_private=True)
    return Service(
        store=Store.open(settings.storage.url, now=datetime.now(UTC)),
        client=client,
        channel_client=client,
        workers=nothing,
        matcher=nothing,
        feeds={},
        polling=settings.polling,
        alerts=settings.alerts,
        routes=settings.routes,
        channels={channel.id: channel for channel in settings.channels},
        base_url="",
        clock=lambda: datetime.now(UTC),
        echo=lambda _: None,
    )


def send_all(path: Path) -> None:
    one = service(path)
    free_dead_claims(one)
    while dispatch_due(one, list(one.channels)).sent:
        pass


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def serve() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            send_all(Path(line.strip()))
            os._exit(0)
        say(child)
        _, status = os.waitpid(child, 0)
        say(status)


if __name__ == "__main__":
    serve()
