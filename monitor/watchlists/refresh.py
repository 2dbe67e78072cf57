"""Downloads of official lists: the room's only effects.

    publisher ─conditional GET→ files ─fsync→ beside ─read*→ records ─believable?→ snapshot, swapped in by state.json
                                                                     └ no → held/, until somebody accepts it

Whatever fails, the snapshot in use stays, and the result says how old it is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import FetchError, MonitorError, SourceError, UsageError
from monitor.model.watchlists import Watchlist
from monitor.watchlists.checksums import Published, index_of, published, verify
from monitor.watchlists.read import read_directory
from monitor.watchlists.snapshots import HELD, STATE, File, Held, State, dump, load_state, snapshots
from monitor.watchlists.sources import addresses

if TYPE_CHECKING:
    from monitor.client import Client, Response

TIMEOUT = 300.0
"""Seconds for one file; the largest list published today has about 120 MB."""

MAX_BYTES = 200_000_000
MAX_INDEX = 20_000_000
CHUNK = 1 << 20

SHRINK, GROW = 0.10, 1.00
"""A list that lost more than a tenth of its records or names, or more than doubled, is not believed unseen: publishers
add in hundreds (OFAC in three days of February 2024: +553 of 13,931) and remove in tens; broken exports lose files."""

KEEP, KEEP_BYTES, KEEP_ANYWAY = 60, 500_000_000, 3
"""Snapshots kept of each list, for `monitor lists diff`: the newest 60 (of working days a quarter) that fit
into 500 MB, and three of however large a list."""

RETRY = timedelta(hours=1)
"""After a failure, or sooner where the list's own interval is shorter."""


class Outcome(StrEnum):
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did, and `message`: one line for a person."""

    source: str
    outcome: Outcome
    message: str
    state: State


def due(state: State, interval: timedelta, now: datetime) -> bool:
    """Whether a list is to be asked for again."""
    if state.tried_at is None:
        return True
    return now - state.tried_at >= (min(RETRY, interval) if state.failures else interval)


def refresh(client: Client, source: str, directory: Path, *, now: datetime, url: str = "") -> Refreshed:
    """Ask the publisher for a list and take it into use if it is believable. Never raises for what the network does.

    directory: where this list is kept. url: instead of the publisher's addresses.
    """
    state = load_state(directory)
    beside: Path | None = None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".incoming-", dir=directory))
        files = _download(client, source, directory, state, url, beside)
        if not files:
            state = state.model_copy(update={"checked_at": now, "tried_at": now, "failures": 0, "error": ""})
            _write_state(directory, state)
            return Refreshed(source, Outcome.UNCHANGED, f"{source}: unchanged, {_counts(state)}", state)
        return _take(source, directory, state, beside, files, now)
    except (MonitorError, OSError) as error:
        text = str(error) if isinstance(error, MonitorError) else f"{directory}: {error.strerror or error}"
        if beside is not None:  # which is gone by the time that a person reads it
            came_from = next((address for _, address, _ in addresses(source, url)), source)
            text = text.replace(f"{beside}/", f"{came_from}: ").replace(str(beside), came_from)
        state = state.model_copy(update={"tried_at": now, "failures": state.failures + 1, "error": text})
        message = f"{source}: not refreshed: {text}; {age(state, now)}"
        try:
            _write_state(directory, state)
        except OSError as disk:
            message += f" (its state cannot be written: {disk.strerror})"
        return Refreshed(source, Outcome.FAILED, message, state)
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def accept(source: str, directory: Path, *, now: datetime) -> Refreshed:
    """Take the download that is held back into use. Raises UsageError if there is none, SourceError if unreadable."""
    state = load_state(directory)
    held = directory / HELD
    if state.held is None or not held.is_dir():
        raise UsageError(f"{source}: no download is held back; see `monitor lists status`")
    watchlist = read_directory(held)
    files = State.model_validate_json((held / STATE).read_bytes()).files
    (held / STATE).unlink()
    return _swap(source, directory, held, watchlist, files, now)


def age(state: State, now: datetime) -> str:
    """How old the snapshot in use is, in words."""
    if state.checked_at is None or not state.snapshot:
        return "no list is in use yet"
    hours = int((now - state.checked_at).total_seconds() // 3600)
    old = f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
    return f"the list in use was last confirmed {old} ago ({state.checked_at:%Y-%m-%d %H:%M} UTC), {_counts(state)}"


def _download(client: Client, source: str, directory: Path, state: State, url: str, into: Path) -> dict[str, File]:
    """Every file of the set, put into a directory one after the other, or {} when none has changed."""
    files: dict[str, File] = {}
    for name, address, needed in addresses(source, url):
        before, kept = state.files.get(name), directory / state.snapshot / name
        if before is not None and (before.url != address or not kept.is_file()):
            before = None
        said = _published(client, source, address)
        if said is not None and before is not None and before.checksum == said.checksum:
            shutil.copyfile(kept, into / name)
            files[name] = before
            continue
        place = into / name
        try:
            response = _fetch(client, said.url if said else address, _conditions(None if said else before), place)
        except FetchError as error:
            if needed or error.status != 404:
                raise
            continue
        if response.status == 304 and before is not None:
            shutil.copyfile(kept, place)
            files[name] = before
            continue
        if response.status != 200 or _blank(place):
            raise SourceError(f"{address} answered {response.status} with {place.stat().st_size} bytes, not a list")
        if said is not None:
            verify(place, said.checksum, address)
        with place.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        files[name] = File(
            url=address,
            sha256=sha256,
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
            checksum=said.checksum if said else "",
        )
    _sync(into)
    same = {name: file.sha256 for name, file in files.items()} == {n: f.sha256 for n, f in state.files.items()}
    return {} if same and state.snapshot else files


def _published(client: Client, source: str, address: str) -> Published | None:
    """What the publisher says of a file beforehand; None where there is no index: not every mirror has one."""
    where = index_of(source, address)
    if not where:
        return None
    try:
        index = client.get(where, timeout=TIMEOUT, max_bytes=MAX_INDEX).body
    except FetchError as error:
        if error.status == 404:
            return None
        raise
    return published(index, where, address)


def _fetch(client: Client, address: str, headers: Mapping[str, str], place: Path) -> Response:
    """A file of any size straight to the disk, and there to stay."""
    try:
        with place.open("wb") as file:
            response = client.get(address, headers=headers, timeout=TIMEOUT, max_bytes=MAX_BYTES, into=file)
            file.flush()
            os.fsync(file.fileno())
    except FetchError:
        place.unlink()  # half a file, or an empty one, would pass for one of the set
        raise
    return response


def _blank(path: Path) -> bool:
    with path.open("rb") as file:
        return not any(block.strip() for block in iter(lambda: file.read(CHUNK), b""))


def _conditions(before: File | None) -> dict[str, str]:
    headers = {"accept": "*/*"}
    if before is not None and before.etag:
        headers["if-none-match"] = before.etag
    if before is not None and before.last_modified:
        headers["if-modified-since"] = before.last_modified
    return headers


def _take(
    source: str, directory: Path, state: State, beside: Path, files: Mapping[str, File], now: datetime
) -> Refreshed:
    watchlist = read_directory(beside)
    why = _doubt(state, watchlist)
    if not why:
        return _swap(source, directory, beside, watchlist, files, now)
    digest = watchlist.version
    since = state.held.since if state.held and state.held.digest == digest else now
    names = _names(watchlist)
    held = Held(since=since, records=len(watchlist.entities), names=names, digest=digest, why=why)
    _write(beside / STATE, dump(State(files=dict(files))))
    if (directory / HELD).exists():
        shutil.rmtree(directory / HELD)
    beside.rename(directory / HELD)
    state = state.model_copy(update={"tried_at": now, "held": held, "failures": 0, "error": ""})
    _write_state(directory, state)
    message = (
        f"{source}: HELD BACK: {why}. The old list stays in use. Compare with `monitor lists diff "
        f"{directory.name} {directory.name}@held`, take it with `monitor lists accept {source}`"
    )
    return Refreshed(source, Outcome.HELD, message, state)


def _swap(
    source: str, directory: Path, place: Path, watchlist: Watchlist, files: Mapping[str, File], now: datetime
) -> Refreshed:
    """Take what lies in `place` into use: it becomes a snapshot, then state.json names it."""
    name = f"{now:%Y-%m-%dT%H-%M-%SZ}-{watchlist.version[:8]}"
    if (directory / name).exists():
        shutil.rmtree(place)
    else:
        place.rename(directory / name)
        _sync(directory)
    state = State(
        snapshot=name,
        files=dict(files),
        records=len(watchlist.entities),
        names=_names(watchlist),
        fetched_at=now,
        checked_at=now,
        tried_at=now,
    )
    _write_state(directory, state)
    for old in too_old(snapshots(directory)):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    problems = f"; {len(watchlist.problems)} records were skipped" if watchlist.problems else ""
    return Refreshed(source, Outcome.UPDATED, f"{source}: updated, {_counts(state)}{problems}", state)


def too_old(kept: Sequence[Path]) -> list[Path]:
    """Which of a list's snapshots, oldest first, are to go."""
    size, gone = 0, list[Path]()
    for number, place in enumerate(reversed(kept)):
        size += sum(file.stat().st_size for file in place.iterdir() if file.is_file())
        if number >= KEEP_ANYWAY and (number >= KEEP or size > KEEP_BYTES):
            gone.append(place)
    return gone


def _doubt(state: State, watchlist: Watchlist) -> str:
    """Why a download is not believed; "" when it is."""
    for what, old, new in (
        ("records", state.records, len(watchlist.entities)),
        ("names", state.names, _names(watchlist)),
    ):
        if old and not old * (1 - SHRINK) <= new <= old * (1 + GROW):
            return f"{new:,} {what} where the last list had {old:,}"
    return ""


def _names(watchlist: Watchlist) -> int:
    return sum(len(entity.names) for entity in watchlist.entities)


def _counts(state: State) -> str:
    return f"{state.records:,} records, {state.names:,} names"


def _write_state(directory: Path, state: State) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".state-", dir=directory)
    os.close(handle)
    try:
        _write(Path(beside), dump(state))
        Path(beside).replace(directory / STATE)
        _sync(directory)
    finally:
        Path(beside).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    """Make renames in a directory last through a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
