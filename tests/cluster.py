"""A Dask cluster on loopback, as a person starts one: a scheduler and workers that are processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class Dask:
    """What runs here is killed, never asked to stop: that is what it is tested for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory / "dask.log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.address = ""
        self.port = 0

    def scheduler(self) -> str:
        """Start it, or start it again under the same address."""
        file = self.directory / "scheduler.json"
        file.unlink(missing_ok=True)
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--scheduler-file", str(file)]
        self._start("scheduler", "dask_scheduler", *place)
        until = time.monotonic() + 60
        while not self.address or not file.exists():
            assert time.monotonic() < until, self.log.read_text()[-2000:]
            time.sleep(0.05)
            if file.exists() and file.stat().st_size:
                self.address = json.loads(file.read_text())["address"]
        self.port = int(self.address.rpartition(":")[2])
        return self.address

    def worker(self, name: str, *, threads: int = 1, environ: dict[str, str] | None = None) -> None:
        arguments = [self.address, "--nthreads", str(threads), "--no-dashboard", "--no-nanny", "--name", name]
        local = ["--local-directory", str(self.directory)]
        self._start(name, "dask_worker", *arguments, *local, environ=environ)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def _start(self, name: str, command: str, *arguments: str, environ: dict[str, str] | None = None) -> None:
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{command}", *arguments],
                cwd=self.directory,
                stdout=log,
                stderr=log,
                env=os.environ | (environ or {}),
                start_new_session=True,
            )
