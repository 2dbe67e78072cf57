"""The Atom file: written whole beside and moved into place, so that a reader never sees half of it."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path

from monitor.alerts.render.atom import render_atom
from monitor.alerts.send.secrets import say
from monitor.model.alerts import Delivery, Retry, SendResult, Sent
from monitor.model.settings import AtomChannel

LARGEST = 50_000_000
"""Bytes of a file that is taken for ours; 10,000 entries are some 20 MB."""


def write_atom(delivery: Delivery, channel: AtomChannel, *, base_url: str, now: datetime) -> SendResult:
    path = Path(channel.path)
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f".{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # `monitor poll` beside the service writes it too
            before = path.read_bytes() if path.exists() and path.stat().st_size <= LARGEST else b""
            after = render_atom(
                delivery, before, title=channel.title, entries=channel.entries, base_url=base_url, now=now
            )
            with beside.open("wb") as written:
                written.write(after)
                written.flush()
                os.fsync(written.fileno())
            beside.replace(path)
    except OSError as error:
        return Retry(f"{path}: {say(error.strerror or error)}; check the path, its permissions and the space left")
    return Sent()
