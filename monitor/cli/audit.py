"""`monitor audit`: who did what; whether somebody tampered with that; the trail for others to keep."""

from __future__ import annotations

import csv
import io
from typing import Any

import click

from monitor.cli.common import json_option, utc_now, with_store
from monitor.cli.output import print_json, safe_cell, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.audit import Kind, Record
from monitor.model.serial import record_json
from monitor.store import Store


@click.group()
def audit() -> None:
    """Who did and decided what: list, verify, head, export."""


@audit.command("list")
@with_store
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--who", help="Only what this person did.")
@click.option("--hit", "hit_id", type=int, help="Only decisions about this hit.")
@json_option
def list_records(
    settings: Settings,  # noqa: ARG001
    store: Store,
    limit: int,
    who: str | None,
    hit_id: int | None,
    as_json: bool,
) -> None:
    """List deeds and decisions, the newest first."""
    if who is None and hit_id is None:
        found = store.last_records(limit)
    else:
        wanted = (one for one in store.trail() if _is(one, who, hit_id))
        found = list(wanted)[-limit:][::-1]
    if as_json:
        print_json([record_json(record) for record in found])
        return
    table(
        ["no", "when (UTC)", "who", "what", "about"],
        [[str(one.number), _when(one), _text(one, "who"), _what(one), _about(one)] for one in found],
        empty="nobody did anything so far",
    )


@audit.command()
@with_store
@click.option("--head", "noted", default="", help="A head noted down earlier: is it still part of the chain?")
@json_option
def verify(settings: Settings, store: Store, noted: str, as_json: bool) -> int:  # noqa: ARG001
    """Look through the whole trail for tampering. Exit 1 when something shows."""
    parts = noted.split()
    if noted and not (parts and len(parts[-1]) == 64 and set(parts[-1].lower()) <= set("0123456789abcdef")):
        raise UsageError("--head: give what `monitor audit head` printed, or its last 64 characters")
    said = store.verify(noted=noted)
    if as_json:
        print_json(
            {
                "whole": not said.problems,
                "records": said.head.number,
                "head": said.head.link.hex(),
                "erased": said.erased,
                "noted": said.noted,
                "problems": list(said.problems),
            }
        )
        return 1 if said.problems else 0
    for problem in said.problems:
        click.echo(f"monitor: {problem}", err=True)
    if said.problems:
        click.echo(f"{said.head.number} records: NOT as they were written ({len(said.problems)} problems)")
        return 1
    erased = f", the content of {said.erased} of them erased as the trail says" if said.erased else ""
    click.echo(f"{said.head.number} records, each as it was written{erased}")
    if said.noted is not None:
        after = said.head.number - said.noted
        click.echo(f"the head that was noted is record {said.noted}; {after} came after it")
    click.echo(f"head: {said.head}")
    return 0


@audit.command()
@with_store
@json_option
def head(settings: Settings, store: Store, as_json: bool) -> None:  # noqa: ARG001
    """Print the end of the chain: note it down elsewhere, and `verify --head` shows later that nothing was cut off."""
    now = store.head()
    if as_json:
        print_json({"records": now.number, "head": now.link.hex(), "at": utc_now().isoformat()})
    else:
        click.echo(str(now))


@audit.command()
@with_store
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--after", type=click.IntRange(0), default=0, help="Only records after this number.")
def export(settings: Settings, store: Store, form: str, after: int) -> None:  # noqa: ARG001
    """Write the trail to stdout, one record a line. JSON Lines carry all that the chain can be verified by."""
    if form == "jsonl":
        for record in store.trail(after=after):
            print_json(record_json(record), compact=True)
        return
    _csv_line("number", "at", "who", "what", "about", "hit", "link")
    for one in store.trail(after=after):
        hit = _text(one, "hit_id") if one.kind is Kind.DECISION else ""
        about = _text(one, "about") or _text(one, "reason")
        _csv_line(str(one.number), _when(one), _text(one, "who"), _what(one), about, hit, one.link.hex())


def _csv_line(*cells: str) -> None:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    click.echo(line.getvalue(), nl=False)


def _is(record: Record, who: str | None, hit_id: int | None) -> bool:
    content: Any = record.content or {}
    return (who is None or content.get("who") == who) and (hit_id is None or content.get("hit_id") == hit_id)


def _when(record: Record) -> str:
    at = record.content and record.content.get("at")
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _what(record: Record) -> str:
    content = record.content
    if content is None:
        return "(content gone)"
    if record.kind is Kind.DEED:
        return str(content["what"])
    step = "" if content["step"] == "decided" else f" {content['step']}"
    return f"{content['was']} → {content['became']}{step}"


def _about(record: Record) -> str:
    if record.erased_by is not None:
        return f"(erased, see deed {record.erased_by})"
    if record.kind is Kind.DEED:
        return _text(record, "about")
    reason = _text(record, "reason")
    return f"hit {_text(record, 'hit_id')}{': ' + reason if reason else ''}"


def _text(record: Record, name: str) -> str:
    value = (record.content or {}).get(name, "")
    return "".join(character if character.isprintable() else " " for character in str(value))
