"""Telling systemd how we are: sd_notify(3), datagrams to the socket that NOTIFY_SOCKET names. Elsewhere, nothing."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> None:
    """Send `READY=1`, `WATCHDOG=1`, `STATUS=…`. Not being heard is logged, and no reason to stop."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address[0] == "@":  # Linux' abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sent:
            sent.connect(address)
            sent.sendall("\n".join(lines).encode())
    except OSError as error:
        log.warning("systemd was not told %s: %s", lines[0], error)


def watchdog_interval(environ: Mapping[str, str] = os.environ) -> float | None:
    """Seconds between two signs of life: a third of WatchdogSec; None where nobody waits for one."""
    try:
        microseconds = int(environ.get("WATCHDOG_USEC", "0"))
    except ValueError:
        return None
    return microseconds / 3e6 if microseconds > 0 else None
