"""`monitor silence`: who is not to be told of what, until when, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from monitor.cli.common import ending, json_option, me, utc_now, with_store
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.alerts import Silence
from monitor.model.serial import silence_json
from monitor.store import Store


@click.group()
def silence() -> None:
    """Be told nothing of a watchlist, an entity, a feed or certain words for a while. Hits are still stored."""


@silence.command()
@with_store
@click.option("--watchlist", default="", help="Hits on this watchlist.")
@click.option("--entity", default="", help="Hits on this entity: its id, or watchlist/id.")
@click.option("--feed", default="", help="Hits in this feed's articles.")
@click.option("--text", default="", help="Hits whose title or sentence has these words.")
@click.option("--for", "lasts", metavar="DURATION", help="How long: 90m, 12h, 7d …")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Or until when (UTC).")
@click.option("--reason", required=True, help="Why; it is kept, and shown wherever something was not told.")
def add(
    settings: Settings, store: Store, lasts: str | None, until: datetime | None, reason: str, **conditions: str
) -> None:
    """Begin a silence. Of several conditions all must hold."""
    if not any(value.strip() for value in conditions.values()):
        raise UsageError("say what to silence: --watchlist, --entity, --feed or --text")
    now = utc_now()
    made = store.add_silence(
        now=now,
        ends=ending(now, lasts, until, what="silence"),
        reason=reason,
        who=me(),
        **_stripped(conditions),
    )
    if made.feed and not settings.has_feed(made.feed):
        click.echo(f"monitor: note: no feed {made.feed!r} is configured", err=True)
    click.echo(f"silence {made.id}: {_said(made)} until {made.ends:%Y-%m-%d %H:%M} UTC")


@silence.command("list")
@with_store
@click.option("--all", "over", is_flag=True, help="Also those that are over.")
@json_option
def list_silences(settings: Settings, store: Store, over: bool, as_json: bool) -> None:  # noqa: ARG001
    """List silences, the newest first."""
    now = utc_now()
    found = store.silences(now, over=over)
    if as_json:
        print_json([silence_json(one, now) for one in found])
        return
    table(
        ["id", "what", "since", "until (UTC)", "who", "reason"],
        [
            [str(one.id), _said(one), f"{one.starts:%Y-%m-%d %H:%M}", f"{one.ends:%Y-%m-%d %H:%M}", one.who, one.reason]
            for one in found
        ],
        empty="nothing is silenced",
    )


@silence.command()
@with_store
@click.argument("silence_id", metavar="ID", type=int)
def end(settings: Settings, store: Store, silence_id: int) -> None:  # noqa: ARG001
    """End a silence now: from here on its hits are told again."""
    if not store.end_silence(silence_id, utc_now(), who=me()):
        raise UsageError(f"no silence {silence_id} is in force; see `monitor silence list`")
    click.echo(f"silence {silence_id} is over")


def _stripped(conditions: dict[str, str]) -> dict[str, Any]:
    return {name: value.strip() for name, value in conditions.items()}


def _said(one: Silence) -> str:
    given = (("watchlist", one.watchlist), ("entity", one.entity), ("feed", one.feed), ("text", one.text))
    return ", ".join(f"{name} {value}" for name, value in given if value)
