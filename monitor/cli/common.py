"""What commands share: the settings file, the database, the clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor import config
from monitor.config import Settings

if TYPE_CHECKING:
    from monitor.client import Client
    from monitor.store import Store

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="Settings file (default: $MONITOR_CONFIG, else config/monitor.yaml).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


def utc_now() -> datetime:
    return datetime.now(UTC)


def load_settings(path: Path | None) -> Settings:
    """Raises ConfigError (exit 2) naming file, line and mend."""
    return config.load(path, os.environ)


def open_store(settings: Settings) -> Store:
    """The database of these settings, made on first use, with the configured feeds in it. Raises StorageError."""
    from monitor.store import Store  # commands that store nothing need not wait for SQLAlchemy

    now = utc_now()
    store = Store.open(settings.storage.url, now=now)
    store.sync_feeds(settings.feeds, now)
    return store


@contextmanager
def feed_client(settings: Settings) -> Iterator[Client]:
    """A client for feeds, guarded as `polling` says."""
    from monitor.client import Client

    polling = settings.polling
    client = Client(
        user_agent=polling.user_agent,
        timeout=polling.timeout,
        max_bytes=polling.max_bytes,
        allow_private=polling.allow_private,
    )
    try:
        yield client
    finally:
        client.close()


def with_store(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--config`, and hand it the settings and an open store."""

    @config_option
    @click.pass_context
    def run(ctx: click.Context, /, config_path: Path | None, **options: Any) -> Any:
        settings = load_settings(config_path)
        store = open_store(settings)
        try:
            return ctx.invoke(command, settings, store, **options)
        finally:
            store.close()

    run.__name__ = command.__name__
    run.__doc__ = command.__doc__
    run.__click_params__ = getattr(command, "__click_params__", []) + run.__click_params__  # type: ignore[attr-defined]
    return run
