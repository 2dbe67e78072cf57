"""`monitor replay`: a hit's score rebuilt; what the present matcher would change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import json_option, with_store
from monitor.cli.output import print_json
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.matches import Disposition
from monitor.model.serial import article_json, time_json
from monitor.pipeline.lists import load_lists
from monitor.pipeline.replay import Change, Measured, Replayed, measure
from monitor.pipeline.replay import replay as replayed
from monitor.store import Store

SHOWN = 50
"""Changes of a kind that are shown one by one; --json has them all."""


@click.command()
@with_store
@click.argument("hit_id", metavar="[HIT]", type=int, required=False)
@click.option("--since", type=click.DateTime(), help="Compare all stored articles first seen since then (UTC).")
@click.option(
    "--watchlists", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
    help="With --since: these lists instead of those of the settings (may be given again).",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(0), default=1, show_default=True, help="Processes; 0: one a core.")
@json_option
def replay(
    settings: Settings,
    store: Store,
    hit_id: int | None,
    since: datetime | None,
    watchlists: tuple[Path, ...],
    jobs: int,
    as_json: bool,
) -> int:
    """Rebuild the score of HIT from what is stored; or measure what this version would change over stored articles.

    Nothing is written. Exit 1 when something is different.
    """
    if (hit_id is None) == (since is None):
        raise UsageError("give a hit's number, or --since; see `monitor replay --help`")
    if since is not None:
        loaded = load_lists(watchlists or settings.watchlists, threshold=settings.matching.threshold)
        return _measured(measure(store, loaded.matcher, since=since.replace(tzinfo=UTC), jobs=jobs), as_json)
    found = store.hit_text(hit_id or 0)
    if found is None:
        raise UsageError(f"no hit {hit_id}; `monitor hits list` shows those there are")
    return _replayed(replayed(*found), as_json)


def _replayed(made: Replayed, as_json: bool) -> int:
    record, now = made.record, made.now
    if as_json:
        print_json(
            {
                "hit": record.id,
                "same": made.same,
                "score_then": round(record.hit.score, 2),
                "score_now": round(now.score, 2) if now else None,
                "basis": made.basis,
                "matcher_then": record.hit.matcher_version,
                "matcher_now": made.matcher_version,
                "list_version": record.hit.list_version,
                "why": list(made.why),
            }
        )
        return 0 if made.same else 1
    entity = record.hit.entity
    click.echo(f"hit {record.id}: {entity.name} ({entity.watchlist}/{entity.id}) in “{record.article.title}”")
    click.echo(f"then {record.hit.score:.2f}, now {f'{now.score:.2f}' if now else 'nothing'}: ", nl=False)
    click.echo("the same" if made.same else "different")
    click.echo(f"read: {'the whole text' if made.basis == 'text' else 'title and kept sentences'}; ", nl=False)
    click.echo(f"list record as it was (list version {record.hit.list_version or 'not stated'})")
    for line in made.why:
        click.echo(f"  {line}")
    return 0 if made.same else 1


def _measured(made: Measured, as_json: bool) -> int:
    status = 1 if made.changes else 0
    if as_json:
        print_json(
            {
                "since": time_json(made.since),
                "matcher_then": list(made.matchers_before),
                "matcher_now": made.matcher_version,
                "lists": [{"watchlist": watchlist, "version": version} for watchlist, version in made.lists],
                "articles": made.articles,
                "compared": made.compared,
                "same": made.same,
                "text_gone": made.text_gone,
                **{kind: [_change(one) for one in made.changes if one.kind == kind] for kind in KINDS},
            }
        )
        return status
    before = ", ".join(made.matchers_before) or "none"
    click.echo(f"{made.articles} stored articles since {made.since:%Y-%m-%d}, {made.compared} hits on them")
    click.echo(f"matcher then {before}, now {made.matcher_version}")
    click.echo(f"same {made.same}; " + "; ".join(_counted(made, kind) for kind in KINDS))
    if made.text_gone:
        click.echo(f"not compared, their text is gone: {made.text_gone}")
    for kind in KINDS:
        changes = [one for one in made.changes if one.kind == kind]
        for one in changes[:SHOWN]:
            click.echo(_line(one))
        if len(changes) > SHOWN:
            click.echo(f"… {len(changes) - SHOWN} more {kind}: --json has them all")
    return status


KINDS = ("gone", "new", "moved")


def _counted(made: Measured, kind: str) -> str:
    """`gone 5 (1 true match, 3 false positives)`: what people decided tells whether a change is for the better."""
    right, wrong = (made.count(kind, one) for one in (Disposition.TRUE_MATCH, Disposition.FALSE_POSITIVE))
    decided = [f"{right} decided true" if right else "", f"{wrong} decided false" if wrong else ""]
    said = ", ".join(filter(None, decided))
    return f"{kind} {made.count(kind)}{f' ({said})' if said else ''}"


def _line(one: Change) -> str:
    scores = " → ".join(f"{score:.1f}" if score is not None else "–" for score in (one.before, one.after))
    known = f", hit {one.id}, {one.disposition}" if one.id is not None else ""
    entity = one.hit.entity
    sentence = " ".join(one.hit.best.snippet.text.split())
    return f"{one.kind:<6}{entity.name} ({entity.watchlist}) {scores}{known}: “{sentence}” {one.article.url}"


def _change(one: Change) -> dict[str, Any]:
    entity = one.hit.entity
    return {
        "hit": one.id,
        "disposition": one.disposition.value if one.disposition else None,
        "watchlist": entity.watchlist,
        "entity": entity.id,
        "entity_name": entity.name,
        "score_then": round(one.before, 2) if one.before is not None else None,
        "score_now": round(one.after, 2) if one.after is not None else None,
        "sentence": one.hit.best.snippet.text,
        "article": article_json(one.article),
    }
