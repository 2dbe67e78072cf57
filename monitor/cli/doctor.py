"""`monitor doctor`: one screen that says what is well, what is not, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from monitor import config
from monitor.cli.common import config_option, json_option, utc_now
from monitor.cli.output import print_json
from monitor.config import Settings
from monitor.errors import MonitorError
from monitor.model.findings import Finding, Grade
from monitor.model.settings import AtomChannel

STYLES = {Grade.OK: "green", Grade.WATCH: "yellow", Grade.BROKEN: "bold red"}


@click.command()
@config_option
@click.option("--thorough", is_flag=True, help="Check a large SQLite file too, which can take minutes.")
@json_option
def doctor(config_path: Path | None, thorough: bool, as_json: bool) -> int:
    """Look at clock, disk, database, lists, feeds, channels and the service; change nothing, send nothing.

    Channels are connected to and logged in to, no message goes out. Exit 0: nothing is broken. 1: something is. 2: the
    settings cannot be used.
    """
    settings = config.load(config_path, os.environ)
    found: list[Finding] = []
    console = Console(highlight=False)
    for finding in _look(settings, thorough=thorough):
        found.append(finding)
        if not as_json:
            _show(console, finding)  # at once: a channel that does not answer takes its time
    broken = sum(finding.grade is Grade.BROKEN for finding in found)
    if as_json:
        print_json({"broken": broken, "findings": [asdict(finding) for finding in found]})
    else:
        watch = sum(finding.grade is Grade.WATCH for finding in found)
        click.echo(f"{broken} broken, {watch} to look at" if broken or watch else "everything is in order")
    return 1 if broken else 0


def _look(settings: Settings, *, thorough: bool) -> Iterator[Finding]:
    from monitor.client import Client  # heavy, and not needed to refuse a wrong option
    from monitor.pipeline import doctor as look
    from monitor.pipeline.lists import DOWNLOADS
    from monitor.store import Database, Store, sqlite_path

    now = utc_now()
    yield Finding("settings", Grade.OK, str(settings.path))
    file = sqlite_path(settings.storage.url)
    atoms = [Path(channel.path).parent for channel in settings.channels if isinstance(channel, AtomChannel)]
    yield from look.disk(*([file.parent] if file else []), DOWNLOADS, *atoms)
    statuses, totals, newest = None, None, None
    if file and not file.exists():
        yield Finding("database", Grade.WATCH, f"{file} is not there yet", "it is made at the first start")
    else:
        try:
            store = Store(Database(settings.storage.url))
        except MonitorError as error:
            yield Finding("database", Grade.BROKEN, str(error))
        else:
            findings = list(look.database(store, thorough=thorough))
            yield from findings
            if findings[-1].grade is Grade.OK:
                statuses, totals = store.feeds(), store.totals()
                newest = store.overview(now, days=1).last_poll
            store.close()
    yield from look.clock(now, newest)
    yield from look.lists(settings.watchlists, now)
    if statuses is not None:
        yield from look.feeds(statuses, now)
    client = Client(user_agent=settings.polling.user_agent, timeout=15.0, max_bytes=1_000_000, allow_private=True)
    try:
        yield from look.channels(settings.channels, client, totals.deliveries if totals else {})
        if settings.web.enabled:
            host = f"[{settings.web.host}]" if ":" in settings.web.host else settings.web.host
            host = "127.0.0.1" if settings.web.host in ("0.0.0.0", "::") else host
            yield from look.service(f"http://{host}:{settings.web.port}/readyz", client)
    finally:
        client.close()
    yield from look.versions()


def _show(console: Console, finding: Finding) -> None:
    line = Text()
    line.append(f"{finding.grade.value:<7}", STYLES[finding.grade])
    line.append(f"{finding.area:<9} ", "dim")
    line.append("".join(c for c in finding.said if c.isprintable()))
    if finding.mend:
        line.append(f"\n{'':17}→ {finding.mend}", "italic")
    console.print(line, soft_wrap=not console.is_terminal)
