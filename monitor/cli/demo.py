"""`monitor demo`: see it work in a minute, with no network and no accounts."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import tempfile
import threading
from pathlib import Path

import click

from monitor.cli.common import utc_now


@click.command()
@click.option("--once", is_flag=True, help="End when all is shown, instead of keeping the dashboard open.")
def demo(once: bool) -> int:
    """Run the service on a small newsroom on this machine, and show the mail and the Slack messages it makes."""
    from monitor.demo import show
    from monitor.demo.stage import Stage

    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that `finally` ends the workers
    to = show.console()
    show.intro(to)
    with tempfile.TemporaryDirectory(prefix="monitor-demo-db-") as directory:
        stage = Stage(Path(directory), echo=lambda line: show.work(to, line), clock=utc_now)
        try:
            outcome = stage.play()
            show.outcome(to, outcome, _save([mail.part("html") for mail in outcome.mails]), stage.dashboard)
            for line in outcome.missing:
                click.echo(f"monitor: the demonstration is incomplete: {line}", err=True)
            if sys.stdout.isatty() and not once:
                click.echo("Ctrl-C ends it.")
                _until_interrupted()
            return 1 if outcome.missing else 0
        finally:
            stage.close()


def _until_interrupted() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    click.echo()


def _save(pages: list[str]) -> list[Path]:
    """As files to open, which stay."""
    directory = Path(tempfile.mkdtemp(prefix="monitor-demo-"))
    files = [directory / f"mail-{number}.html" for number in range(1, len(pages) + 1)]
    for file, page in zip(files, pages, strict=True):
        file.write_text(page, encoding="utf-8")
    return files
