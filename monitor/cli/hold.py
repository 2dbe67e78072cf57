"""`monitor hold`: entities of which nothing is pruned or erased, until somebody ends it."""

from __future__ import annotations

import getpass

import click

from monitor.cli.common import entity_key, json_option, utc_now, with_store
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.serial import hold_json
from monitor.store import Store


@click.group()
def hold() -> None:
    """Legal hold: keep everything of an entity, whatever its age, and refuse to erase it."""


@hold.command()
@with_store
@click.argument("entity", metavar="WATCHLIST/ENTITY")
@click.option("--reason", required=True, help="Why; it is kept.")
def add(settings: Settings, store: Store, entity: str, reason: str) -> None:  # noqa: ARG001
    """Hold an entity's hits, texts, messages and decisions from now on."""
    watchlist, id = entity_key(entity)
    made = store.add_hold(watchlist, id, who=getpass.getuser(), reason=reason, now=utc_now())
    click.echo(f"hold {made.id}: {entity} is kept until the hold ends")


@hold.command("list")
@with_store
@click.option("--all", "over", is_flag=True, help="Also those that are over.")
@json_option
def list_holds(settings: Settings, store: Store, over: bool, as_json: bool) -> None:  # noqa: ARG001
    """List legal holds, the newest first."""
    found = store.holds(over=over)
    if as_json:
        print_json([hold_json(one) for one in found])
        return
    table(
        ["id", "entity", "since (UTC)", "ended", "who", "reason"],
        [
            [
                str(one.id),
                f"{one.watchlist}/{one.entity}",
                f"{one.since:%Y-%m-%d %H:%M}",
                f"{one.ended:%Y-%m-%d %H:%M}" if one.ended else "",
                one.who,
                one.reason,
            ]
            for one in found
        ],
        empty="nothing is on hold",
    )


@hold.command()
@with_store
@click.argument("hold_id", metavar="ID", type=int)
@click.option("--why", default="", help="Why; it is kept.")
def end(settings: Settings, store: Store, hold_id: int, why: str) -> None:  # noqa: ARG001
    """End a hold now: retention takes what is too old the next time."""
    if not store.end_hold(hold_id, who=getpass.getuser(), why=why, now=utc_now()):
        raise UsageError(f"no hold {hold_id} is in force; see `monitor hold list`")
    click.echo(f"hold {hold_id} is over")
