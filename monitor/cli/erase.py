"""`monitor erase`: what is stored of a person or firm goes, on request; what stays is said, and why."""

from __future__ import annotations

import getpass
from dataclasses import asdict

import click

from monitor.cli.common import entity_key, json_option, utc_now, with_store
from monitor.cli.output import print_json
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.store import Store


@click.command()
@with_store
@click.argument("entity", metavar="WATCHLIST/ENTITY")
@click.option("--reason", default="", help="On whose request; it stays in the trail: leave names out.")
@click.option("--yes", is_flag=True, help="Do it; without, only what would be done is shown.")
@json_option
def erase(settings: Settings, store: Store, entity: str, reason: str, yes: bool, as_json: bool) -> None:  # noqa: ARG001
    """Erase what is stored of WATCHLIST/ENTITY. Shows what that is, until you say --yes. It cannot be undone."""
    watchlist, id = entity_key(entity)
    if yes and not reason.strip():
        raise UsageError("say on whose request: --reason; it stays in the audit trail, so leave names out")
    if yes:
        done = store.erase(watchlist, id, who=getpass.getuser(), reason=reason.strip(), now=utc_now())
    else:
        done = store.preview_erasure(watchlist, id)
    if as_json:
        print_json({"erased": yes, **asdict(done)})
        return
    click.echo(f"{'erased' if yes else 'would be erased'}: {done}")
    for line in done.kept:
        click.echo(f"{'kept' if yes else 'would be kept'}: {line}")
    click.echo("backups and exports made before still hold it: let them run out, or make them anew")
    click.echo("as long as it stands on a watchlist, new articles are screened for it")
    if not yes:
        click.echo("nothing was done; repeat with --yes --reason …")
