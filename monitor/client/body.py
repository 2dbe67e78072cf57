"""An answer's body as it comes: in memory while it is small, else in a file."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from typing import IO

from monitor.errors import FetchError
from monitor.spool import SPOOLED, Spooled, spooled


class Body:
    """into: the caller's own file, which takes everything. spool: makes a file for a large body, where it can."""

    def __init__(self, into: IO[bytes] | None, spool: Callable[[], IO[bytes] | None] | None) -> None:
        self._file = into
        self._is_own = into is None
        self._spool = spool if into is None else None
        self._small = io.BytesIO()  # its value is no copy, as that of joined pieces would be
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Raises FetchError where its own file cannot be written, OSError where the caller's cannot."""
        self.size += len(chunk)
        try:
            if self._spool and self.size > SPOOLED:
                self._file, self._spool = self._spool(), None
                if self._file:
                    self._file.write(self._small.getbuffer())
                    self._small = io.BytesIO()
            (self._file or self._small).write(chunk)
        except OSError as error:
            if not self._is_own:
                raise
            place = tempfile.tempdir or "the temporary directory"
            raise FetchError(
                f"{self.size} bytes of its answer cannot be kept in {place}: {error.strerror}; TMPDIR names another"
            ) from error

    def taken(self) -> bytes | Spooled:
        """The whole of it; empty where it went into the caller's file."""
        return spooled(self._file) if self._file and self._is_own else self._small.getvalue()
