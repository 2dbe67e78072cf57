"""`monitor web`: the dashboard alone, and who may enter it."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import config_option, json_option, load_settings, open_store, utc_now
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from monitor.store import Store
    from monitor.web import users

STALE = timedelta(hours=1)
"""Without any poll for this long the dashboard asks whether the service runs."""


@click.group(invoke_without_command=True)
@config_option
@click.pass_context
def web(ctx: click.Context, config_path: Path | None) -> None:
    """Serve the dashboard without polling, until SIGTERM or Ctrl-C; `monitor web user`: who may enter it."""
    if ctx.invoked_subcommand:
        ctx.obj = config_path
        return
    from monitor.screening import Screener
    from monitor.shelf import COMPILED
    from monitor.web.serve import check_exposure, serve

    settings = load_settings(config_path)
    check_exposure(settings.web)
    paths, threshold = settings.watchlists, settings.matching.threshold
    matcher = Screener.from_paths(paths, threshold=threshold, shelf=COMPILED).matcher
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = open_store(settings)
    try:
        server = serve(settings, store, ready=lambda: _ready(store), clock=utc_now, matcher=lambda: matcher)
        click.echo(f"dashboard: {settings.web.base_url or f'http://{settings.web.host}:{server.port}'}/")
        sys.stdout.flush()
        while not stop.wait(3600):
            pass
        server.stop()
    finally:
        store.close()


def _ready(store: Store) -> list[str]:
    polls = [feed.last_polled for feed in store.feeds() if feed.last_polled]
    if polls and utc_now() - max(polls) > STALE:
        return [f"no feed was polled since {max(polls):%Y-%m-%d %H:%M} UTC: is `monitor run` running?"]
    return []


@web.group()
def user() -> None:
    """Who may enter: people, their roles, and tokens for programs. A running dashboard takes changes up at once."""


role_option = click.option(
    "--role",
    type=click.Choice(["viewer", "analyst", "admin"]),
    default="analyst",
    show_default=True,
    help="viewer reads; analyst also decides; admin also re-sends messages and reads the audit trail.",
)


@user.command()
@config_option
@click.argument("name")
@role_option
@click.pass_context
def add(ctx: click.Context, config_path: Path | None, name: str, role: str) -> None:
    """Add NAME, or give NAME another role and password. The password is asked for, or read from standard input."""
    from monitor.web import users

    path = _path(load_settings(config_path or ctx.obj))
    known = users.read(path) if path.exists() else ()
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline(users.LONGEST + 2).rstrip("\r\n")
    if not users.SHORTEST <= len(password) <= users.LONGEST:
        raise UsageError(f"a password has {users.SHORTEST} to {users.LONGEST} characters; nothing was changed")
    before = next((one for one in known if one.name == name), None)
    try:
        made = users.User(
            name=name,
            role=users.Role(role),
            password=users.stretched(password),
            tokens=before.tokens if before else (),
        )
    except ValueError as error:
        raise UsageError(
            f"{name!r} is no name: use letters, digits, '-', '_' or '.', a letter or digit first"
        ) from error
    others = [one for one in known if one.name != name]
    users.write(path, [*others, made])
    click.echo(f"{name} is {'now' if before else 'added as'} {role} in {path}")


@user.command()
@config_option
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, config_path: Path | None, name: str) -> None:
    """Take NAME out, with all tokens; what NAME decided stays."""
    from monitor.web import users

    path = _path(load_settings(config_path or ctx.obj))
    known = users.read(path)
    _one(known, name)
    users.write(path, [one for one in known if one.name != name])
    click.echo(f"{name} is removed from {path}")


@user.command("list")
@config_option
@json_option
@click.pass_context
def list_users(ctx: click.Context, config_path: Path | None, as_json: bool) -> None:
    """List users with their roles and tokens; no secret is shown."""
    from monitor.web import users

    path = _path(load_settings(config_path or ctx.obj))
    known = users.read(path) if path.exists() else ()
    if as_json:
        rows = [
            {
                "name": one.name,
                "role": one.role.value,
                "tokens": [{"label": token.label, "made": token.made} for token in one.tokens],
            }
            for one in known
        ]
        print_json(rows)
        return
    table(
        ["name", "role", "tokens"],
        [[one.name, one.role.value, ", ".join(token.label for token in one.tokens)] for one in known],
        empty=f"no users in {path}",
    )


@user.command()
@config_option
@click.argument("name")
@click.option("--label", required=True, help="What the token is for; shown in the audit trail.")
@click.option("--revoke", is_flag=True, help="Take the token of this label away instead.")
@click.pass_context
def token(ctx: click.Context, config_path: Path | None, name: str, label: str, revoke: bool) -> None:
    """Make a token with which a program acts as NAME. It is shown once; the file holds a digest of it."""
    from monitor.web import users

    path = _path(load_settings(config_path or ctx.obj))
    known = users.read(path)
    owner = _one(known, name)
    others = tuple(one for one in owner.tokens if one.label != label)
    if revoke and len(others) == len(owner.tokens):
        raise UsageError(f"{name} has no token {label!r}")
    if not revoke and len(others) < len(owner.tokens):
        raise UsageError(f"{name} has a token {label!r}; take another label, or --revoke it first")
    plain = ""
    if not revoke:
        try:
            plain, made = users.new_token(label, utc_now())
        except ValueError as error:
            raise UsageError("a label has at most 100 characters") from error
        others += (made,)
    changed = owner.model_copy(update={"tokens": others})
    users.write(path, [changed if one.name == name else one for one in known])
    click.echo(plain or f"{name} has no token {label!r} any more")


def _path(settings: Settings) -> Path:
    from monitor.web.serve import users_path

    path = users_path(settings)
    if path is None:
        raise ConfigError(f"{settings.path}: web.users names no file; add for example `web: {{users: users.yaml}}`")
    return path


def _one(known: tuple[users.User, ...], name: str) -> users.User:
    for one in known:
        if one.name == name:
            return one
    raise UsageError(f"no user {name!r}; there are: {', '.join(one.name for one in known) or 'none'}")
