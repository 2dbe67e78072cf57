"""Noticing that files changed, wherever they live.

File events are lost on bind mounts and network file systems, so contents are compared. A change counts once it was
read twice the same: an editor or a copy in the middle of writing is left to finish.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

Fingerprint = dict[Path, tuple[str, str]]
"""File → (cheap stamp of size and times, hex digest of its content; "" when it cannot be read)."""


class FileWatch:
    """Watches files, and the files directly inside directories."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = tuple(paths)
        self._settled = self._read({})
        self._pending: Fingerprint | None = None

    def changed(self) -> bool:
        """Whether the contents differ from those last accepted; a difference is accepted when it is read twice."""
        now = self._read(self._pending or self._settled)
        if _contents(now) == _contents(self._settled):
            self._settled, self._pending = now, None
            return False
        if self._pending is None or _contents(self._pending) != _contents(now):
            self._pending = now
            return False
        self._settled, self._pending = now, None
        return True

    def _read(self, before: Fingerprint) -> Fingerprint:
        found: Fingerprint = {}
        for path in _files(self.paths):
            try:
                stat = path.stat()
                stamp = f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
                old = before.get(path)
                digest = old[1] if old and old[0] == stamp else hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError:
                stamp, digest = "", ""
            found[path] = (stamp, digest)
        return found


def _contents(fingerprint: Fingerprint) -> dict[Path, str]:
    return {path: digest for path, (_, digest) in fingerprint.items()}


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        try:
            if path.is_dir():
                files.extend(sorted(child for child in path.iterdir() if child.is_file()))
            else:
                files.append(path)
        except OSError:  # a directory that cannot be listed right now reads as empty, and is looked at again
            continue
    return files
