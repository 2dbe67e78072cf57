"""`monitor report`: what was looked at, what was found, who decided what."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from monitor.cli.common import utc_now, with_store
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.reports import build, to_csv, to_html, to_json
from monitor.reports.answer import answer
from monitor.store import Store


def moment(text: str, *, end: bool) -> datetime:
    """UTC. A day is its beginning, or with `end` its end. Raises ValueError, OverflowError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return datetime.combine(day, time(), UTC) + timedelta(days=end)


def _start(_ctx: click.Context, _option: click.Parameter, text: str) -> datetime:
    return _moment(text, end=False)


def _end(_ctx: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    return _moment(text, end=True) if text else None


def _moment(text: str, *, end: bool) -> datetime:
    try:
        return moment(text, end=end)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no day or time; write 2026-11-22, or 2026-11-22T14:00+01:00") from error


@click.command()
@with_store
@click.option("--from", "start", callback=_start, metavar="WHEN", required=True, help="The first day, or a time (UTC).")
@click.option(
    "--to", "end", callback=_end, metavar="WHEN", help="The last day, or a time (UTC); default: the day of --from."
)
@click.option("--entity", default="", help="Only about this one: its id, watchlist/id, or a name of it.")
@click.option("--format", "form", type=click.Choice(["html", "csv", "json"]), help="Default: by --output, else html.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; default: standard output.")
def report(
    settings: Settings,
    store: Store,
    start: datetime,
    end: datetime | None,
    entity: str,
    form: str | None,
    output: Path | None,
) -> None:
    """Write what was looked at and what was found in that time: the proof of coverage, with gaps named.

    With --output the answer is printed; the file is replaced whole.
    """
    end = end or datetime.combine(start.date(), time(), UTC) + timedelta(days=1)
    made = build(store, start, end, now=utc_now(), entity=entity)
    suffix = output.suffix.lower().lstrip(".") if output else ""
    form = form or (suffix if suffix in {"csv", "json"} else "html")
    if form == "json":
        text = json.dumps(to_json(made), ensure_ascii=False, indent=2) + "\n"
    elif form == "csv":
        text = to_csv(made)
    else:
        text = to_html(made, base_url=settings.web.base_url if settings.web.enabled else "")
    if output is None:
        click.echo(text, nl=False)
        return
    beside = output.with_name(f"{output.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(output)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}; choose another --output") from error
    said = answer(made)
    click.echo("\n".join((said.headline, *said.lines, f"written to {output}")))
