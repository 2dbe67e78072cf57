"""`monitor service`: let systemd keep the service running."""

from __future__ import annotations

import getpass
import os
import sys
from importlib import resources
from pathlib import Path
from string import Template

import click

from monitor.cli.common import config_option, load_settings
from monitor.config import Settings
from monitor.errors import UsageError

UNIT = "monitor.service"
SYSTEM = Path("/etc/systemd/system")
ENVIRONMENT = Path("/etc/monitor/environment")
"""Where a system service's secrets are looked for."""


@click.group()
def service() -> None:
    """Run under systemd: started at boot, restarted when it fails or hangs, with few rights."""


@service.command()
@config_option
@click.option("--user", "of_user", is_flag=True, help="For the services of a person (`systemctl --user`).")
@click.option("--account", metavar="NAME", help="Who runs it (default: you, or who called sudo).")
def show(config_path: Path | None, of_user: bool, account: str | None) -> None:
    """Print the unit file for these settings, and install nothing."""
    click.echo(unit(load_settings(config_path), of_user=of_user, account=account or _account()), nl=False)


@service.command()
@config_option
@click.option("--user", "of_user", is_flag=True, help="For the services of a person; needs no root.")
@click.option("--account", metavar="NAME", help="Who runs it (default: you, or who called sudo).")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Another directory of unit files.")
def install(config_path: Path | None, of_user: bool, account: str | None, into: Path | None) -> None:
    """Write the unit file where systemd looks, and say what to type next."""
    text = unit(load_settings(config_path), of_user=of_user, account=account or _account())
    directory = into or (Path.home() / ".config/systemd/user" if of_user else SYSTEM)
    path = directory / UNIT
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        again = f"sudo {sys.executable} -m monitor service install"
        raise UsageError(f"{path}: {error.strerror}; as root: {again} (or --user, for you alone)") from error
    user = " --user" if of_user else ""
    click.echo(f"wrote {path}; now: systemctl{user} daemon-reload && systemctl{user} enable --now monitor")
    if of_user:
        click.echo("to keep it running after you log out: loginctl enable-linger")


def unit(settings: Settings, *, of_user: bool, account: str) -> str:
    """The unit file: this Python, these settings, this directory. Raises UsageError for a path that systemd splits."""
    here = Path.cwd()
    writable = {here / "var", *(Path(path).absolute().parent for path in _written(settings))}
    values = {
        "python": sys.executable,
        "config": str(settings.path.absolute()),
        "directory": str(here),
        "environment": "%h/.config/monitor/environment" if of_user else str(ENVIRONMENT),
        "writable": " ".join(f"-{path}" for path in sorted(writable)),
        "target": "default.target" if of_user else "multi-user.target",
    }
    for name in ("python", "config", "directory"):
        if any(c.isspace() or c in "%\"'\\" for c in values[name]):
            raise UsageError(f"{values[name]!r}: systemd takes no spaces, quotes or % in this path; move it")
    values["account"] = "# runs as you" if of_user else f"User={account}"
    template = (resources.files("monitor.cli") / UNIT).read_text(encoding="utf-8")
    return Template(template).substitute(values)


def _written(settings: Settings) -> list[str]:
    """Files that the service writes outside var/."""
    from monitor.store import sqlite_path

    database = sqlite_path(settings.storage.url)
    atoms = [channel.path for channel in settings.channels if channel.type == "atom"]
    return [*([str(database)] if database else []), *atoms]


def _account() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()
