"""What commands share: the settings file, the database, the clock."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import TypeAdapter, ValidationError

from monitor import config
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.settings import Duration

if TYPE_CHECKING:
    from monitor.client import Client
    from monitor.store import Store

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="Settings file (default: $MONITOR_CONFIG, else config/monitor.yaml).",
)
DURATION: TypeAdapter[float] = TypeAdapter(Duration)
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


def me() -> str:
    """Who is at the keyboard: the account that the process runs as, whatever the environment calls itself."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        return f"uid {os.getuid()}"
    except ImportError:  # not a POSIX system
        return getpass.getuser()


def ending(now: datetime, lasts: str | None, until: datetime | None, *, what: str) -> datetime:
    """When `what` ends, by `--for` or `--until` (UTC), of which one is given. Raises UsageError."""
    if (lasts is None) == (until is None):
        raise UsageError("say how long: --for 7d, or --until 2026-12-31")
    if until is not None:
        ends = until.replace(tzinfo=UTC)
    else:
        try:
            ends = now + timedelta(seconds=DURATION.validate_python(lasts))
        except (ValidationError, OverflowError) as error:
            raise UsageError(f"--for: {lasts!r} is not a duration; for example 90m, 12h or 7d") from error
    if ends <= now:
        raise UsageError(f"a {what} must end in the future")
    return ends


def entity_key(said: str) -> tuple[str, str]:
    """`watchlist/id`, of which the id may itself have slashes. Raises UsageError."""
    watchlist, slash, id = said.partition("/")
    if not (watchlist and slash and id):
        raise UsageError(f"{said!r}: write the entity as WATCHLIST/ID, for example russia-energy/rosneft")
    return watchlist, id


def note(settings: Settings, what: str, about: str) -> None:
    """Add what the person at the keyboard did to the audit trail. Raises StorageError."""
    store = open_store(settings)
    try:
        store.note(who=me(), what=what, about=about, now=utc_now())
    finally:
        store.close()


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
        proxy=polling.proxy.get_secret_value(),
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
