"""`monitor db`: upgrade, backup, prune."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import utc_now, with_store
from monitor.config import Settings
from monitor.store import Store


@click.group()
def db() -> None:
    """The database: upgrade, backup, prune."""


@db.command()
@with_store
def upgrade(settings: Settings, store: Store) -> None:  # noqa: ARG001 - opening the store upgrades it
    """Bring the schema up to date (this also happens by itself whenever the database is opened)."""
    click.echo(f"schema is up to date ({store.schema_version()})")


@db.command()
@with_store
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(settings: Settings, store: Store, path: Path) -> None:  # noqa: ARG001
    """Write a consistent copy of a SQLite database while the service runs."""
    store.backup(path)
    click.echo(f"backed up to {path}")


@db.command()
@with_store
def prune(settings: Settings, store: Store) -> None:
    """Take away what is older than `retention:` says; what was seen stays known, what is on hold stays whole."""
    counts = store.prune(utc_now(), settings.retention)
    click.echo(f"pruned: {counts}")
