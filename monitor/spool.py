"""A document too large for many threads to hold at once: kept in a file, and read where it is worked on."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SPOOLED = 100_000
"""Bytes from which a document is spooled: what each of 128 threads may hold while it waits."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """An open file of this process, without a name: its workers can read it, and nothing is left when it is killed."""

    path: str
    size: int  # bytes

    def __len__(self) -> int:
        return self.size

    def read(self) -> bytes:
        """Raises OSError once the file is closed."""
        return Path(self.path).read_bytes()


def open_spool() -> IO[bytes] | None:
    """A file to spool into; None on systems without /proc, where no other process could read a file without a name.

    Raises OSError where no temporary file can be made.
    """
    return tempfile.TemporaryFile() if _descriptors().is_dir() else None


def spooled(file: IO[bytes]) -> Spooled:
    """What has been written into `file`, for as long as that is open."""
    file.flush()
    return Spooled(str(_descriptors() / str(file.fileno())), file.tell())


def _descriptors() -> Path:
    return Path(f"/proc/{os.getpid()}/fd")  # proc(5)
