"""What is kept of a downloaded list: dated snapshots, and state.json, which names the one in use.

    var/lists/ofac-sdn/state.json               written beside and renamed: that is the moment of the swap
                       2026-11-24T06-00-00Z-…/  a snapshot: the publisher's files as they came
                       held/                    a download that is not believed until `monitor lists accept`

Everything here only reads.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.errors import UsageError

STATE = "state.json"
HELD = "held"


class File(BaseModel):
    """One file of a snapshot, and what makes the next request for it conditional."""

    model_config = ConfigDict(frozen=True)

    url: str
    sha256: str
    etag: str = ""
    last_modified: str = ""
    checksum: str = ""  # as the publisher gave it, "" where it gives none


class Held(BaseModel):
    """A download that was not taken into use."""

    model_config = ConfigDict(frozen=True)

    since: datetime
    records: int
    names: int
    digest: str
    why: str


class State(BaseModel):
    """Of one downloaded list. Counts are those of the snapshot in use; times are UTC."""

    model_config = ConfigDict(frozen=True)

    snapshot: str = ""  # its directory's name, "" before the first download
    files: dict[str, File] = {}
    records: int = 0
    names: int = 0
    fetched_at: datetime | None = None  # when the snapshot in use was downloaded
    checked_at: datetime | None = None  # when the publisher last answered that it still stands, or gave it
    tried_at: datetime | None = None
    failures: int = 0  # in a row
    error: str = ""
    held: Held | None = None


def load_state(directory: Path) -> State:
    """The state of a list's directory; when state.json is missing or broken, that of the newest snapshot there is."""
    try:
        state = State.model_validate_json((directory / STATE).read_bytes())
    except (OSError, ValidationError, ValueError):
        state = State()
    if state.snapshot and (directory / state.snapshot).is_dir():
        return state
    newest = max((path.name for path in snapshots(directory)), default="")
    return state.model_copy(update={"snapshot": newest, "files": {}})


def snapshots(directory: Path) -> list[Path]:
    """The dated snapshots of a list, oldest first."""
    if not directory.is_dir():
        return []
    return sorted(path for path in directory.iterdir() if path.is_dir() and path.name[:1].isdigit())


def in_use(directory: Path) -> Path | None:
    """The snapshot in use, or None before the first download."""
    state = load_state(directory)
    return directory / state.snapshot if state.snapshot else None


def snapshot(directory: Path, which: str = "") -> Path:
    """One of a list's snapshots. Raises UsageError, naming those there are.

    which: "" (the one in use), `held`, a day or moment (2026-03-01: the one in use at the end of it), or the beginning
    of a version as hits tell it (at least 6 hex digits).
    """
    there = snapshots(directory)
    found: Path | None
    if not which:
        found = in_use(directory)
    elif which == HELD:
        found = directory / HELD if (directory / HELD).is_dir() else None
    elif re.match(r"\d{4}-\d\d-\d\d", which):
        moment = which.replace(":", "-")
        found = next((path for path in reversed(there) if path.name[: len(moment)] <= moment), None)
    else:
        version = which.partition("+")[0][:8].lower()
        fits = [path for path in there if len(version) >= 6 and path.name.rpartition("-")[2].startswith(version)]
        found = fits[-1] if fits else None
    if found is None:
        names = ", ".join(path.name for path in there) or "none"
        raise UsageError(f"{directory.name}: no snapshot {which or 'in use'!r}; there are: {names}")
    return found


def dump(state: State) -> bytes:
    return json.dumps(state.model_dump(mode="json"), indent=1).encode() + b"\n"
