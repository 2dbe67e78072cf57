"""`monitor hits`: list, show, set, export."""

from __future__ import annotations

import csv
import io
from typing import Any

import click

from monitor.cli.common import json_option, me, utc_now, with_store
from monitor.cli.output import print_json, safe_cell, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.attribution import attributions
from monitor.model.matches import Disposition, HitRecord
from monitor.model.serial import hit_json
from monitor.model.watchlists import Severity
from monitor.store import HitQuery, Store

PAGE = 500
"""Hits read from the database at a time."""


@click.group()
def hits() -> None:
    """What was found: list, show, decide, export."""


_filters = [
    click.option("--watchlist", help="Only this watchlist's."),
    click.option("--entity", help="Only this entity's (its id)."),
    click.option("--feed", help="Only from this feed."),
    click.option("--severity", type=click.Choice([s.value for s in Severity]), help="Only of this severity."),
    click.option("--disposition", type=click.Choice([d.value for d in Disposition]), help="Only with this decision."),
    click.option("--suppressed/--not-suppressed", default=None, help="Only those a suppression covers, or the others."),
    click.option("--since", type=click.DateTime(), help="Only found at or after this time (UTC)."),
]


def _with_filters(command: Any) -> Any:
    for option in reversed(_filters):
        command = option(command)
    return command


@hits.command("list")
@with_store
@_with_filters
@click.option("--limit", type=click.IntRange(1), help="At most this many, the newest first (default: all).")
@json_option
def list_hits(settings: Settings, store: Store, as_json: bool, limit: int | None, **filters: Any) -> None:  # noqa: ARG001
    """List hits, the newest first."""
    records = _records(store, limit, filters)
    if as_json:
        print_json([hit_json(record) for record in records])
        return
    table(
        ["id", "found", "severity", "score", "entity", "watchlist", "article", "feed", "disposition"],
        [
            [
                str(record.id),
                f"{record.found_at:%Y-%m-%d %H:%M}",
                record.hit.severity.value,
                f"{record.hit.score:.0f}",
                record.hit.entity.name,
                record.hit.entity.watchlist,
                record.article.title,
                record.article.feed,
                _standing(record),
            ]
            for record in records
        ],
        empty="no hits stored",
    )


@hits.command()
@with_store
@click.argument("hit_id", metavar="ID", type=int)
@json_option
def show(settings: Settings, store: Store, hit_id: int, as_json: bool) -> None:  # noqa: ARG001
    """Show one hit: the sentences, the score explained, where it was found."""
    record = _one(store, hit_id)
    if as_json:
        print_json(hit_json(record))
        return
    hit, article = record.hit, record.article
    click.echo(f"{hit.entity.name}  ({hit.entity.watchlist}/{hit.entity.id}, {hit.entity.type})")
    click.echo(f"score {hit.score:.1f}, severity {hit.severity}, {record.disposition}")
    if record.proposed:
        click.echo(f"{record.proposed.disposition} is proposed by {record.proposed.who}: {record.proposed.reason}")
    if record.suppressed:
        click.echo(f"suppression {record.suppressed.suppression} keeps it from people: {record.suppressed.reason}")
    if hit.entity.programmes:
        click.echo(f"programmes: {', '.join(hit.entity.programmes)}")
    click.echo(f"\n{article.title}\n{article.url}")
    click.echo(f"feed {article.feed}, first seen {article.first_seen:%Y-%m-%d %H:%M} UTC\n")
    for match in hit.matches:
        text, start, end = match.snippet.text, match.snippet.start, match.snippet.end
        click.echo(f"  {match.score:5.1f}  {text[:start]}⟦{text[start:end]}⟧{text[end:]}")
    click.echo(f"\n{hit.explanation}")
    click.echo("\nA hit is a lead, not a finding.")


@hits.command("set")
@with_store
@click.argument("hit_id", metavar="ID", type=int)
@click.argument("disposition", type=click.Choice([d.value for d in Disposition]))
@click.option("--reason", default="", help="Why; kept with the decision.")
def set_disposition(settings: Settings, store: Store, hit_id: int, disposition: str, reason: str) -> None:
    """Decide about a hit; who, when and why are kept.

    Where `decisions: {four_eyes: true}` is set, a false positive is proposed, and holds when a second person says so.
    """
    before = _one(store, hit_id)
    store.set_disposition(
        hit_id,
        Disposition(disposition),
        who=me(),
        reason=reason,
        now=utc_now(),
        four_eyes=settings.decisions.four_eyes,
    )
    after = _one(store, hit_id)
    if after.proposed and after.disposition != disposition:
        click.echo(
            f"hit {hit_id}: stays {after.disposition}; {disposition} is proposed by {after.proposed.who}, "
            "and holds when a second person sets it too"
        )
    else:
        click.echo(f"hit {hit_id}: {before.disposition} → {disposition}")


@hits.command()
@with_store
@_with_filters
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def export(settings: Settings, store: Store, form: str, **filters: Any) -> None:  # noqa: ARG001
    """Write hits to stdout, one a line."""
    records = _records(store, None, filters)
    if form == "jsonl":
        for record in records:
            print_json(hit_json(record), compact=True)
        return
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "id",
            "found_at",
            "watchlist",
            "entity",
            "name",
            "score",
            "severity",
            "disposition",
            "title",
            "url",
            "sentence",
            "attribution",
        ]
    )
    for record in records:
        hit = record.hit
        writer.writerow(
            safe_cell(cell)
            for cell in (
                str(record.id),
                record.found_at.isoformat(),
                hit.entity.watchlist,
                hit.entity.id,
                hit.entity.name,
                f"{hit.score:.1f}",
                hit.severity.value,
                record.disposition.value,
                record.article.title,
                record.article.url,
                hit.best.snippet.text,
                " ".join(attributions([hit.entity.url])),
            )
        )
    click.echo(out.getvalue(), nl=False)


def _standing(record: HitRecord) -> str:
    """Its disposition, with what waits and what hides it."""
    more = [f"{record.proposed.disposition} proposed"] if record.proposed else []
    more += ["suppressed"] if record.suppressed else []
    return f"{record.disposition} ({', '.join(more)})" if more else record.disposition.value


def _one(store: Store, hit_id: int) -> HitRecord:
    record = store.hit(hit_id)
    if record is None:
        raise UsageError(f"no hit {hit_id}; `monitor hits list` shows those there are")
    return record


def _records(store: Store, limit: int | None, filters: dict[str, Any]) -> list[HitRecord]:
    from datetime import UTC

    if filters.get("since") is not None:
        filters["since"] = filters["since"].replace(tzinfo=UTC)
    found: list[HitRecord] = []
    before: int | None = None
    while limit is None or len(found) < limit:
        size = PAGE if limit is None else min(PAGE, limit - len(found))
        page = store.hits(HitQuery(**filters, before=before, limit=size))
        found += page
        if len(page) < size:
            break
        before = page[-1].id
    return found
