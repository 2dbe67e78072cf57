"""Where an archive's results go, and how a run that broke off is taken up again.

out.jsonl             results, in input order
out.jsonl.progress    while it runs: how many records were read, how many bytes of results are whole
bad.jsonl             records that could not be read, with their place and the reason
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from monitor.articles.files import Record
from monitor.errors import UsageError
from monitor.screening.archive import COLUMNS, Screened

SAVE = 1.0
"""Seconds between two checkpoints."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `records` read, `size` bytes of output that are whole."""

    records: int = 0
    size: int = 0
    hits: int = 0
    bad: int = 0

    def after(self, block: Screened, size: int) -> Progress:
        return Progress(self.records + block.records, size, self.hits + block.hits, self.bad + len(block.bad))


class Checkpoint:
    """A file beside the output that says how far the run is, and of what: written beside and moved into place."""

    def __init__(self, output: Path, run: str) -> None:
        """`run`: a digest of everything that the output depends on."""
        self.path = output.with_name(output.name + ".progress")
        self.run = run

    def load(self) -> Progress:
        """Where the last run ended; the beginning where there is none. Raises UsageError for another run's file."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["run"] != self.run:
                raise UsageError(
                    f"{self.path}: it is of other files, lists or settings, or of another version; "
                    "start anew without --resume"
                )
            return Progress(**kept["progress"])
        except FileNotFoundError:
            return Progress()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{self.path}: cannot be read ({error}); start anew without --resume") from error

    def save(self, progress: Progress) -> None:
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(json.dumps({"run": self.run, "progress": asdict(progress)}), encoding="utf-8")
        beside.replace(self.path)

    def done(self) -> None:
        self.path.unlink(missing_ok=True)


def run_digest(files: Sequence[str], *parts: object) -> str:
    """Of the names and sizes of files, and of whatever else the output depends on."""
    sizes = [(file, Path(file).stat().st_size if Path(file).is_file() else 0) for file in files]
    return hashlib.blake2b(repr((sizes, parts)).encode(), digest_size=16).hexdigest()


def skipped(records: Iterable[Record], count: int) -> Iterator[Record]:
    """Without the first `count`, which an earlier run has screened."""
    for number, record in enumerate(records):
        if number >= count:
            yield record


class Output:
    """A file, or standard output; the context closes what was opened."""

    def __init__(self, path: Path | None, *, csv: bool, bad: Path | None, resume: bool = False, run: str = "") -> None:
        """`run`: a digest of what the output depends on; with `resume` the run goes on where it broke off.

        Raises UsageError for files that cannot be written, and for another run's checkpoint.
        """
        self.progress = Progress()
        self._checkpoint = Checkpoint(path, run) if path else None
        self._saved = float("-inf")  # the first block is kept at once
        self._files = ExitStack()
        self._file: IO[bytes] = sys.stdout.buffer
        self._bad: IO[str] | None = None
        try:
            if self._checkpoint and resume:
                self.progress = self._checkpoint.load()
            going_on = self.progress.records > 0
            if path:
                self._file = self._files.enter_context(path.open("r+b" if going_on else "wb"))
            if going_on:
                _cut_back(self._file, self.progress.size)
            elif csv:
                self._file.write((",".join(COLUMNS) + "\n").encode())
            if bad:
                self._bad = self._files.enter_context(bad.open("a" if going_on else "w", encoding="utf-8"))
        except OSError as error:
            self._files.close()
            raise UsageError(f"{error.filename}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._files.close()
        if kind is None and self._checkpoint:
            self._checkpoint.done()

    def add(self, block: Screened) -> None:
        """Write a block's results; a checkpoint now and then."""
        self._file.write(block.text.encode("utf-8"))
        self.progress = self.progress.after(block, self._file.tell() if self._checkpoint else 0)
        if self._bad:
            self._bad.writelines(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in block.bad)
        if not self._checkpoint:
            self._file.flush()
        elif time.monotonic() - self._saved > SAVE:
            self._file.flush()
            if self._bad:
                self._bad.flush()
            self._checkpoint.save(self.progress)
            self._saved = time.monotonic()


def _cut_back(file: IO[bytes], size: int) -> None:
    """Drop what an earlier run wrote after its last checkpoint. Raises UsageError for a file that is too short."""
    if os.fstat(file.fileno()).st_size < size:
        raise UsageError(f"{file.name}: shorter than its checkpoint says; start anew without --resume")
    file.truncate(size)
    file.seek(size)
