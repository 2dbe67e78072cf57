"""`monitor lists`: official lists, kept current."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import config_option, json_option, load_settings, note, open_store, utc_now
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import SourceError, UsageError
from monitor.model.listchanges import SHOWN, ListChange, change_json, line
from monitor.model.watchlists import Entity, Watchlist
from monitor.pipeline.lists import DOWNLOADS, Subscription, subscriptions
from monitor.watchlists.diff import Change, Difference, difference
from monitor.watchlists.read import read_directory, read_list
from monitor.watchlists.refresh import Outcome, Refreshed, accept, age, refresh
from monitor.watchlists.snapshots import snapshot, snapshots
from monitor.watchlists.sources import SOURCES


@click.group()
def lists() -> None:
    """Official lists, kept current: update, status, changes, accept, diff."""


@lists.command()
@config_option
@click.argument("sources", nargs=-1, metavar="[SOURCE…]")
def update(config_path: Path | None, sources: tuple[str, ...]) -> int:
    """Download the official lists now: those of the settings, or the SOURCES named (switched on or not).

    Exit 1 when one could not be refreshed or is held back; the list in use then stays.
    """
    from monitor.client import Client

    settings = load_settings(config_path)
    wanted = _wanted(settings, sources)
    if not wanted:
        click.echo("no official list is switched on (see config/monitor.yaml); name one to download it all the same: ")
        click.echo(", ".join(SOURCES))
        return 0
    polling = settings.polling
    client = Client(
        user_agent=polling.user_agent,
        timeout=polling.timeout,
        max_bytes=polling.max_bytes,
        allow_private=polling.allow_private,
        proxy=settings.polling.proxy.get_secret_value(),
    )
    results = []
    try:
        for one in wanted:
            results.append(refresh(client, one.source, one.directory, now=utc_now(), url=one.url))
            _tell(results[-1])
    finally:
        client.close()
    return 1 if any(result.outcome in {Outcome.FAILED, Outcome.HELD} for result in results) else 0


@lists.command()
@config_option
@json_option
def status(config_path: Path | None, as_json: bool) -> int:
    """Which official lists are in use, how old they are, what is held back, and what changed on lists of late.

    Exit 1 when one is stale or held.
    """
    settings = load_settings(config_path)
    now = utc_now()
    changes = _changes(settings)
    rows = [_status(one, now) for one in subscriptions(settings.watchlists)]
    for row in rows:
        row["changes"] = [change_json(change) for change in changes if change.watchlist == row["id"]]
    if as_json:
        print_json(rows)
    else:
        table(
            ["list", "source", "state", "records", "confirmed", "note"],
            [
                [row["id"], row["source"], row["state"], f"{row['records']:,}", _day(row["last_success"]), row["note"]]
                for row in rows
            ],
            empty="no official list is switched on",
        )
        for change in changes[:SHOWN]:
            click.echo(line(change))
        if len(changes) > SHOWN:
            click.echo("… `monitor lists changes` shows more")
    return 1 if any(row["state"] != "current" for row in rows) else 0


@lists.command()
@config_option
@click.option("--watchlist", help="Only this list's.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
def changes(config_path: Path | None, watchlist: str | None, limit: int, as_json: bool) -> None:
    """What came, went or became another on the lists in use, the newest first, as it was noticed."""
    found = _changes(load_settings(config_path), watchlist, limit)
    if as_json:
        print_json([change_json(change) for change in found])
        return
    for change in found:
        click.echo(line(change))
    if not found:
        click.echo("no list has changed since it was first taken up")


@lists.command(name="accept")
@config_option
@click.argument("source")
def accept_command(config_path: Path | None, source: str) -> None:
    """Take a download that is held back into use, after you have looked at it (`monitor lists diff`)."""
    settings = load_settings(config_path)
    for one in _wanted(settings, (source,)):
        accepted = accept(one.source, one.directory, now=utc_now())
        if accepted.outcome is not Outcome.FAILED:
            note(settings, "list accepted", f"{one.watchlist}: {accepted.message}")
        _tell(accepted)


@lists.command()
@config_option
@click.argument("old")
@click.argument("new")
@json_option
def diff(config_path: Path | None, old: str, new: str, as_json: bool) -> None:
    """What changed from OLD to NEW, record by record, by the publisher's id.

    Each is a list file, a directory of downloads (var/lists/…), or a downloaded list by its name: `ofac-sdn` (the one
    in use), `ofac-sdn@2026-03-01` (in use at the end of that day), `ofac-sdn@1f2e3d4c` (a version, as hits tell it),
    `ofac-sdn@held`.
    """
    found = difference(_read(_place(old, config_path)), _read(_place(new, config_path)))
    if as_json:
        print_json(_diff_json(found))
        return
    for entity in found.added:
        click.echo(f"+ {_line(entity)}")
    for entity in found.removed:
        click.echo(f"- {_line(entity)}")
    for change in found.changed:
        click.echo(f"~ {_change(change)}")
    click.echo(f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed")


def _changes(settings: Settings, watchlist: str | None = None, limit: int = 100) -> list[ListChange]:
    store = open_store(settings)
    try:
        return store.list_changes(watchlist=watchlist, limit=limit)
    finally:
        store.close()


def _wanted(settings: Settings, names: tuple[str, ...]) -> list[Subscription]:
    """The subscriptions named by list id or source; a source that nothing asks for is taken with its defaults."""
    known = list(subscriptions(settings.watchlists))
    if not names:
        return known
    wanted: list[Subscription] = []
    for name in names:
        found = [one for one in known if name in {one.watchlist, one.source}]
        if not found and name in SOURCES:
            found = [Subscription(name, name, "", "daily", DOWNLOADS / name, Path())]
        if not found:
            raise UsageError(
                f"no list {name!r}; there are: {', '.join([one.watchlist for one in known] + list(SOURCES))}"
            )
        wanted += found
    return wanted


def _tell(result: Refreshed) -> None:
    click.echo(result.message, err=result.outcome in {Outcome.FAILED, Outcome.HELD})


def _status(one: Subscription, now: datetime) -> dict[str, Any]:
    state = one.state()
    held = state.held
    if held is not None:
        name, note = (
            "held",
            f"held back since {held.since:%Y-%m-%d}: {held.why}; `monitor lists accept {one.watchlist}`",
        )
    elif not state.snapshot:
        name, note = "missing", state.error or "not downloaded yet"
    elif one.stale(now):
        name, note = "stale", state.error or age(state, now)
    else:
        name, note = "current", state.error
    return {
        "id": one.watchlist,
        "source": one.source,
        "state": name,
        "records": state.records,
        "names": state.names,
        "fetched": state.fetched_at.isoformat() if state.fetched_at else None,
        "last_success": state.checked_at.isoformat() if state.checked_at else None,
        "failures": state.failures,
        "last_error": state.error or None,
        "directory": str(one.directory / state.snapshot) if state.snapshot else None,
        "snapshots": [path.name for path in snapshots(one.directory)],
        "note": note,
    }


def _place(written: str, config_path: Path | None) -> Path:
    """A path as it stands, or the snapshot that `LIST` or `LIST@WHICH` names."""
    if Path(written).exists():
        return Path(written)
    name, _, which = written.partition("@")
    if "/" in name or "." in name:
        raise UsageError(f"{written}: no such file or directory")
    (one, *_) = _wanted(load_settings(config_path), (name,))
    return snapshot(one.directory, which)


def _day(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC" if moment else ""


def _read(path: Path) -> Watchlist:
    """A list file, a snapshot, or a download directory (its newest snapshot)."""
    if not path.is_dir():
        return read_list(path)
    kept = snapshots(path)
    if kept:
        return read_directory(kept[-1])
    yaml = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
    if len(yaml) > 1:
        raise SourceError(f"{path}: several watchlists; name the file to compare")
    return read_list(yaml[0]) if yaml else read_directory(path)


def _line(entity: Entity) -> str:
    programmes = f" [{', '.join(entity.programmes)}]" if entity.programmes else ""
    return f"{entity.id} {entity.name} ({entity.type}){programmes}"


def _change(change: Change) -> str:
    parts = [f"renamed from {change.old.name}"] if change.renamed else []
    for sign, what, values in (
        ("+", "name", change.names_added),
        ("-", "name", change.names_dropped),
        ("+", "programme", change.programmes_added),
        ("-", "programme", change.programmes_dropped),
    ):
        parts += [f"{sign}{what} {value}" for value in values]
    return f"{change.new.id} {change.new.name}: {'; '.join(parts)}"


def _diff_json(found: Difference) -> dict[str, Any]:
    def entity(one: Entity) -> dict[str, Any]:
        names = [name.text for name in one.names]
        return {"id": one.id, "type": one.type.value, "names": names, "programmes": list(one.programmes)}

    return {
        "added": [entity(one) for one in found.added],
        "removed": [entity(one) for one in found.removed],
        "changed": [
            {
                "id": change.new.id,
                "name": change.new.name,
                "old_name": change.old.name,
                "names_added": list(change.names_added),
                "names_dropped": list(change.names_dropped),
                "programmes_added": list(change.programmes_added),
                "programmes_dropped": list(change.programmes_dropped),
            }
            for change in found.changed
        ],
    }
