"""The service under a clock that runs faster: `python -m tests.soak.daemon SETTINGS PACE`, until SIGTERM.

Everything else of it is as `monitor run` has it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Fast:
    """A clock that starts at the machine's time and runs `pace` times as fast, by the monotonic clock."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        self._start = datetime.now(UTC)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self.pace)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: Path, pace: float) -> None:
    # not above: the workers, whose memory is limited, read this file too when they start
    from monitor import config
    from monitor.daemon import Daemon
    from monitor.workers import end_helpers

    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # as `monitor run` has it
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    daemon = Daemon(config.load(path, os.environ), echo=say, clock=Fast(pace), pace=pace)
    daemon.start()
    stop.wait()
    daemon.stop()
    end_helpers()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
