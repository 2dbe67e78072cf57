"""The command line: commands are imported only when they are called, so that each starts quickly."""

from __future__ import annotations

import importlib
import os
import sys

import click

from monitor.errors import MonitorError

COMMANDS = {  # command: (module in monitor.cli, attribute)
    "run": ("run", "run"),
    "poll": ("run", "poll"),
    "demo": ("demo", "demo"),
    "check": ("check", "check"),
    "doctor": ("doctor", "doctor"),
    "screen": ("screen", "screen"),
    "names": ("names", "names"),
    "explain": ("explain", "explain"),
    "web": ("web", "web"),
    "hits": ("hits", "hits"),
    "report": ("report", "report"),
    "replay": ("replay", "replay"),
    "feeds": ("feeds", "feeds"),
    "alerts": ("alerts", "alerts"),
    "silence": ("silence", "silence"),
    "suppress": ("suppress", "suppress"),
    "lists": ("lists", "lists"),
    "watchlist": ("watchlist", "watchlist"),
    "hold": ("hold", "hold"),
    "erase": ("erase", "erase"),
    "audit": ("audit", "audit"),
    "db": ("db", "db"),
    "service": ("service", "service"),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"monitor.cli.{module}"), attribute)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sanctions-watchlist-monitor", prog_name="monitor")
def cli() -> None:
    """Watch the news for sanctioned firms and officials, keep the evidence, tell the right people once."""


def main() -> None:
    """Run a command. Errors are one line on stderr; exit codes: 0 fine, 1 a problem was found, 2 wrong usage."""
    try:
        status = cli.main(prog_name="monitor", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else error.message, err=True)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "monitor"
        click.echo(f"monitor: {error.format_message().rstrip('.')}; see `{command} --help`", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"monitor: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # `monitor hits list | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MonitorError as error:
        click.echo(f"monitor: {error}", err=True)
        sys.exit(error.exit_code)
