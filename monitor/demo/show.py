"""What the demonstration shows on the terminal: what was found, what was told, and where to look further."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.demo.expected import SILENT
from monitor.demo.mail import Mail
from monitor.demo.slack import as_text
from monitor.demo.stage import Outcome
from monitor.model.matches import HitRecord

WIDTH = 100
"""Columns at most: longer lines are hard to read."""

SHOWN_MAIL = "/gazette/cargoes"
SHOWN_IN_SLACK = "/prichal/bunker"

COLOURS = {"critical": "bold red", "high": "dark_orange", "medium": "yellow", "low": "bright_black"}


def console() -> Console:
    made = Console(highlight=False)
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made


def intro(to: Console) -> None:
    to.print(Text("A small newsroom, a mail server and a stand-in for Slack, all on this machine.", style="bold"))
    to.print("Articles, reporters and papers are made up; nothing leaves this machine.\n")


def work(to: Console, line: str) -> None:
    """A line of the service's own, as `monitor run` prints it; that nothing changed is not worth one here."""
    if ": unchanged" not in line:
        _dim(to, line)


def outcome(to: Console, found: Outcome, files: Sequence[Path], dashboard: str) -> None:
    """`files`: each mail's HTML, in the order of `found.mails`."""
    _hits(to, found.hits)
    _silent(to)
    shown = _first(SHOWN_MAIL, [mail.part("plain") for mail in found.mails])
    if found.mails:
        _mail(to, found.mails[shown], [*found.mails[:shown], *found.mails[shown + 1 :]])
    if found.slack:
        texts = [as_text(message) for message in found.slack]
        _slack(to, texts[_first(SHOWN_IN_SLACK, texts)], len(texts))
    _heading(to, "Look at it")
    if files:
        _line(to, str(files[shown]), "the mail as its reader sees it: open it in a browser")
    _line(to, dashboard, "the dashboard")
    to.print()


def _first(article: str, texts: Sequence[str]) -> int:
    """Index of the first text about this article; 0 when there is none."""
    return next((number for number, text in enumerate(texts) if article in text), 0)


def _hits(to: Console, hits: Sequence[HitRecord]) -> None:
    _heading(to, f"{len(hits)} hits")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _ in ("severity", "score"):
        table.add_column(no_wrap=True)
    table.add_column(max_width=28)
    table.add_column(overflow="fold")
    for record in hits:
        hit = record.hit
        severity = Text(hit.severity.value, style=COLOURS[hit.severity.value])
        table.add_row(severity, f"{hit.score:.0f}", hit.entity.name, _sentence(record))
    to.print(Padding(table, (0, 0, 0, 2)))


def _sentence(record: HitRecord) -> Text:
    snippet = record.hit.best.snippet
    text = Text(snippet.text)
    text.stylize("bold", snippet.start, snippet.end)
    return text.append(f"  {record.article.feed}", style="dim")


def _silent(to: Console) -> None:
    _heading(to, f"{len(SILENT)} articles that only look alike, read and passed over")
    for why in SILENT.values():
        to.print(Text(f"  {why}"))


def _mail(to: Console, mail: Mail, others: Sequence[Mail]) -> None:
    _heading(to, f"{1 + len(others)} mails received, one for each name and story, such as this one")
    head = "\n".join(f"{name}: {mail.header(name)}" for name in ("Subject", "To"))
    to.print(_box(f"{head}\n\n{mail.part('plain').strip()}"))
    for other in others:
        _dim(to, other.header("Subject"))


def _slack(to: Console, text: str, count: int) -> None:
    _heading(to, f"{count} Slack messages received, for what is of high severity, such as this one")
    to.print(_box(text))


def _dim(to: Console, line: str) -> None:
    """One line, whatever its length."""
    to.print(Text(f"  {line}"), style="dim", no_wrap=True, overflow="ellipsis")


def _heading(to: Console, text: str) -> None:
    to.print(Text(f"\n{text}", style="bold"))


def _box(text: str) -> Padding:
    return Padding(Panel(Text(text), border_style="dim", padding=(0, 1)), (0, 0, 0, 2))


def _line(to: Console, what: str, why: str) -> None:
    to.print(Text.assemble("  ", (what, "bold"), "  ", (why, "dim")), soft_wrap=True)
