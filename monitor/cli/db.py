"""`monitor db`: upgrade, backup, restore, export, import, prune."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from monitor.cli.common import config_option, load_settings, utc_now, with_store
from monitor.config import Settings
from monitor.store import Store


@click.group()
def db() -> None:
    """The database: upgrade, backup, restore, move to another engine, prune."""


file_argument = click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
force_option = click.option("--force", is_flag=True, help="Replace a database that holds data.")


@db.command()
@with_store
def upgrade(settings: Settings, store: Store) -> None:  # noqa: ARG001 - opening the store upgrades it
    """Bring the schema up to date (this also happens by itself whenever the database is opened)."""
    click.echo(f"schema is up to date ({store.schema_version()})")


@db.command()
@with_store
@file_argument
def backup(settings: Settings, store: Store, path: Path) -> None:  # noqa: ARG001
    """Write a consistent copy while the service runs.

    SQLite: a database file. PostgreSQL: pg_dump's custom format where pg_dump is installed, else JSON Lines.
    """
    made = store.backup(path, who=getpass.getuser(), now=utc_now())
    click.echo(f"backed up to {path}: {made}")


@db.command()
@config_option
@file_argument
@force_option
def restore(config_path: Path | None, path: Path, force: bool) -> None:
    """Put a backup or an export in the database's place, after looking it through. Stop the service before."""
    from monitor.store.backup import restore as put_back

    settings = load_settings(config_path)
    click.echo(put_back(settings.storage.url, path, force=force, who=getpass.getuser(), now=utc_now()))


@db.command()
@with_store
@file_argument
def export(settings: Settings, store: Store, path: Path) -> None:  # noqa: ARG001
    """Write all of the database as JSON Lines, gzip; `-` for stdout, not packed. Either engine imports it."""
    from monitor.store.transfer import export_lines, write_export

    now = utc_now()
    store.note(who=getpass.getuser(), what="export", about=path.name, now=now)
    if str(path) == "-":
        for line in export_lines(store.db, now):
            sys.stdout.buffer.write(line)
        return
    write_export(store.db, path.expanduser().absolute(), now)
    click.echo(f"exported to {path}")


@db.command("import")
@config_option
@file_argument
@force_option
def import_(config_path: Path | None, path: Path, force: bool) -> None:
    """Fill the database with an export, from this engine or the other. All of it is checked before it counts."""
    from monitor.store.backup import restore as put_back

    settings = load_settings(config_path)
    click.echo(put_back(settings.storage.url, path, force=force, who=getpass.getuser(), now=utc_now()))


@db.command()
@with_store
def prune(settings: Settings, store: Store) -> None:
    """Take away what is older than `retention:` says; what was seen stays known, what is on hold stays whole."""
    counts = store.prune(utc_now(), settings.retention)
    click.echo(f"pruned: {counts}")
