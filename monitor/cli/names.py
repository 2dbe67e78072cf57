"""`monitor names`: what a list became."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.common import json_option
from monitor.cli.output import print_json, table
from monitor.model.serial import owner_json
from monitor.model.watchlists import Entity
from monitor.watchlists.read import read_paths
from monitor.watchlists.subjects import link


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@json_option
def names(paths: tuple[Path, ...], as_json: bool) -> int:
    """Show what lists became: one row per entity with its names and their kinds."""
    lists = link(read_paths(paths))
    entities = [entity for watchlist in lists for entity in watchlist.entities]
    if as_json:
        print_json([entity_json(entity) for entity in entities])
    else:
        table(
            ["id", "type", "names", "countries", "programmes", "listed"],
            [
                [
                    entity.id,
                    entity.type.value,
                    "; ".join(
                        name.text + ("" if name.kind == "primary" else f" ({name.kind})") for name in entity.names
                    ),
                    " ".join(entity.countries),
                    " ".join(entity.programmes),
                    entity.listed.isoformat() if entity.listed else "",
                ]
                for entity in entities
            ],
            empty="no entities",
        )
    problems = [problem for watchlist in lists for problem in watchlist.problems]
    for problem in problems:
        click.echo(f"monitor: {problem}", err=True)
    return 1 if problems else 0


def entity_json(entity: Entity) -> dict[str, Any]:
    """An entity as scripts read it."""
    return {
        "watchlist": entity.watchlist,
        "id": entity.id,
        "type": entity.type.value,
        "name": entity.name,
        "names": [{"name": name.text, "kind": name.kind.value, "script": name.script} for name in entity.names],
        "countries": list(entity.countries),
        "programmes": list(entity.programmes),
        "identifiers": [{"kind": kind, "value": value} for kind, value in entity.identifiers],
        "listed": entity.listed.isoformat() if entity.listed else None,
        "url": entity.url,
        "topics": list(entity.topics),
        "owned_by": [owner_json(owner) for owner in entity.owned_by],
        "subject": entity.subject or f"{entity.watchlist}/{entity.id}",
        "linked": list(entity.linked),
    }
