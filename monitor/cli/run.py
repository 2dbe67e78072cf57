"""`monitor run`: the background service. `monitor poll`: one pass, then exit."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from monitor.cli.common import config_option, load_settings, utc_now
from monitor.cli.systemd import notify, watchdog_interval
from monitor.errors import UsageError
from monitor.journal import JsonHandler, JsonLines
from monitor.model.settings import Log

LAST_RESORT = 9.0
"""Seconds after a signal when the process ends whatever still holds a thread; what it held is claimed again."""

HUNG = 60.0
"""Seconds without a look for due work, which is meant for every second, after which we call ourselves hung."""


@click.command()
@config_option
def run(config_path: Path | None) -> None:
    """Run the service in the foreground: poll, screen, alert, serve the dashboard, until SIGTERM or Ctrl-C."""
    from monitor.daemon import Daemon
    from monitor.workers import end_helpers

    settings = load_settings(config_path)
    say, journal = _lines(settings.log)
    daemon = Daemon(settings, echo=say, journal=journal)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    daemon.start()
    notify("READY=1", f"STATUS={daemon.service.matcher.names} names, {len(daemon.service.feeds)} feeds")
    interval = watchdog_interval()
    while not stop.wait(interval or 3600):
        if daemon.ticks_within(HUNG):  # else systemd hears nothing, and starts us again
            notify("WATCHDOG=1")
    notify("STOPPING=1")
    say("stopping: finishing the polls in hand")
    last_resort = threading.Timer(LAST_RESORT, os._exit, (0,))
    last_resort.daemon = True
    last_resort.start()
    finished = daemon.stop()
    say("stopped" if finished else "stopped; what was still in hand is taken up again at the next start")
    sys.stdout.flush()
    end_helpers()
    os._exit(0)  # a thread stuck in a system call must not keep the process


@click.command()
@config_option
@click.option("--feed", "feeds", multiple=True, metavar="ID", help="Only this feed (may be given again).")
def poll(config_path: Path | None, feeds: tuple[str, ...]) -> int:
    """Poll every feed once, screen, send what is due, and exit (1 when a feed or a delivery failed)."""
    from monitor.daemon import build_service, close_service, free_dead_claims
    from monitor.pipeline import poll_once
    from monitor.pipeline.rescreen import rescreen

    settings = load_settings(config_path)
    say, journal = _lines(settings.log)
    unknown = {feed for feed in feeds if not settings.has_feed(feed)}
    if unknown:
        known = ", ".join(sorted(feed.id for feed in settings.feeds)[:10])
        raise UsageError(f"no feed with id {sorted(unknown)[0]!r} in the settings; there are: {known}")
    console = Console(stderr=True)
    columns = (TextColumn("polling"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("polling", total=None)
        echo = bar.console.print if console.is_terminal and journal is None else say
        service = build_service(settings, echo=lambda line: echo(line), clock=utc_now, journal=journal)
        try:
            free_dead_claims(service)
            rescreen(service)
            done = poll_once(
                service,
                only=set(feeds) or None,
                progress=lambda polled, total: bar.update(task, completed=polled, total=total),
            )
        finally:
            close_service(service)
    say(
        f"polled {done.polled} feeds ({done.failed} failed), read {done.pages} pages, "
        f"{done.hits} new hits, {done.sent} messages sent, {done.unsent} not sent"
    )
    return 1 if done.failed or done.unsent or done.errors else 0


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


def _lines(log: Log) -> tuple[Callable[[str], None], JsonLines | None]:
    """Where what happens goes: sentences on stdout and the unexpected on stderr, or all of it as JSON on stdout."""
    journal = JsonLines(_say, utc_now) if log.format == "json" else None
    logging.basicConfig(
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[JsonHandler(journal)] if journal else None,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # the daemon listens to its events itself
    return (journal.say if journal else _say), journal
