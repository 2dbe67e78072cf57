"""`monitor report`: what was looked at, what was found, who decided what."""

from __future__ import annotations

import json
from pathlib import Path

import click

from monitor.cli.common import utc_now, with_store
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.reports import build, period, to_csv, to_html, to_json
from monitor.reports.answer import answer
from monitor.store import Store


@click.command()
@with_store
@click.option("--from", "start", metavar="WHEN", required=True, help="The first day, or a time (UTC).")
@click.option(
    "--to", "end", default="", metavar="WHEN", help="The last day, or a time (UTC); default: the day of --from."
)
@click.option("--entity", default="", help="Only about this one: its id, watchlist/id, or a name of it.")
@click.option("--format", "form", type=click.Choice(["html", "csv", "json"]), help="Default: by --output, else html.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; default: standard output.")
def report(
    settings: Settings,
    store: Store,
    start: str,
    end: str,
    entity: str,
    form: str | None,
    output: Path | None,
) -> None:
    """Write what was looked at and what was found in that time: the proof of coverage, with gaps named.

    With --output the answer is printed; the file is replaced whole.
    """
    made = build(store, *period(start, end), now=utc_now(), entity=entity)
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
