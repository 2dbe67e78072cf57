"""Compiled lists kept on disk, by what they hold, so that a start compiles only what changed.

A file holds numbers and words and nothing that is executed: a wrong one can give wrong hits, so that only files are
read that are this user's own and that nobody else can write. Whatever is missing, broken or not to be trusted is
compiled anew, and written again.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from monitor.matching import MATCHER_VERSION
from monitor.matching.volume import Volume, filed, from_bytes, to_bytes
from monitor.model.watchlists import Entity
from monitor.wordbook import Wordbook, only_mine

log = logging.getLogger(__name__)

COMPILED = Path("var/compiled")
"""Where the service keeps its own, beside its other data."""

KEPT = 64
"""Files kept; of more the longest unused go. A list of 45,000 names has 10 MB."""

BOOKS = 8
"""Wordbooks kept, one for each set of lists; each has 16 MB at most."""

DAY = 86_400

DIGEST = 32
"""Bytes of a file's digest, which stands before what it is of."""


def of_this_user() -> Path:
    """Where commands that have no data directory keep theirs: the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(cache) if Path(cache).is_absolute() else Path("~/.cache").expanduser()
    return root / "sanctions-watchlist-monitor"


class Shelf:
    """Lists filed, from a directory of this user's where they are there, or else anew. Nothing that fails raises."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def volume(self, entities: Sequence[Entity]) -> Volume:
        path = self.directory / f"{_content(entities)}.names"
        try:
            return self._read(path)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("a compiled list is compiled anew: %s: %s", path, error)
        volume = filed(entities)
        self._keep(path, volume)
        return volume

    def wordbook(self, content: str, words: int) -> Wordbook | None:
        """What words of the news were found to be against this vocabulary, by the rules of now."""
        path = self.directory / f"{hashlib.sha256(f'{MATCHER_VERSION} {content}'.encode()).hexdigest()[:32]}.words"
        try:
            self._prepare()
            if path.exists():
                os.utime(path, follow_symlinks=False)
        except (OSError, ValueError) as error:
            log.warning("words are not kept for other processes: %s: %s", path, error)
            return None
        return Wordbook(path, words)

    def _prepare(self) -> None:
        """Raises OSError, and ValueError for a directory that others can write."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        only_mine(self.directory.stat(), "the directory")

    def _read(self, path: Path) -> Volume:
        """Raises FileNotFoundError, OSError, ValueError, KeyError, TypeError or AttributeError for a file of no use."""
        only_mine(self.directory.stat(), "the directory")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            found = os.fstat(descriptor)
            only_mine(found, "the file")
            if not stat.S_ISREG(found.st_mode) or found.st_size <= DIGEST:
                raise ValueError("no such file as is written here")
            view = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
        finally:
            os.close(descriptor)
        if hashlib.sha256(view[DIGEST:]).digest() != bytes(view[:DIGEST]):
            raise ValueError("it is damaged")
        volume = from_bytes(view[DIGEST:])
        path.touch()
        return volume

    def _keep(self, path: Path, volume: Volume) -> None:
        beside = path.with_name(f".{secrets.token_hex(8)}")
        data = to_bytes(volume)
        try:
            self._prepare()
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(data).digest())
                file.write(data)
            beside.replace(path)
            self._tidy()
        except (OSError, ValueError) as error:
            log.warning("a compiled list is not kept: %s: %s", path, error)
            with suppress(OSError):
                beside.unlink()

    def _tidy(self) -> None:
        """Delete the longest unused files, and what a killed process left half written."""
        mine, books = ([*self.directory.glob(kind)] for kind in ("*.names", "*.words"))
        for some in (mine, books):
            some.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        left = [path for path in self.directory.glob(".*") if path.stat().st_mtime < mine[0].stat().st_mtime - DAY]
        for path in (*mine[KEPT:], *books[BOOKS:], *left):
            path.unlink(missing_ok=True)


def _content(entities: Sequence[Entity]) -> str:
    """A digest of the names, and of the rules and tables that they are filed by."""
    digest = hashlib.sha256(MATCHER_VERSION.encode())
    for entity in entities:
        names = "\x1f".join(name.text for name in entity.names)
        digest.update(f"{entity.type.value}\x1f{names}\x1e".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
