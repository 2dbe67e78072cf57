"""`monitor suppress`: false positives that come again are kept from people; what that would hide is shown before."""

from __future__ import annotations

import getpass
from datetime import datetime

import click

from monitor.cli.common import ending, json_option, utc_now, with_store
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.matches import Disposition, HitRecord
from monitor.model.serial import hit_json, suppression_json
from monitor.model.suppressions import Suppression
from monitor.store import Store

SHOWN = 50
"""Hits of a preview that are listed; the rest are counted."""


@click.group()
def suppress() -> None:
    """Keep a known false positive from people when it comes again. Its hits are still stored, counted and marked."""


hit_argument = click.argument("hit_id", metavar="HIT", type=int)
name_option = click.option("--name", help="Mentions read as this name of the entity (default: as the hit's are).")
any_option = click.option("--any-name", is_flag=True, help="Mentions read as any of the entity's names.")
pattern_option = click.option("--pattern", default="", help="Only where the sentence has these words.")


@suppress.command()
@with_store
@hit_argument
@name_option
@any_option
@pattern_option
@click.option("--for", "lasts", metavar="DURATION", help="How long: 30d, 12w …")
@click.option("--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Or until when (UTC).")
@click.option("--reason", required=True, help="Why; it is kept, and shown with every hit that it covers.")
def add(
    settings: Settings,  # noqa: ARG001
    store: Store,
    hit_id: int,
    name: str | None,
    any_name: bool,
    pattern: str,
    lasts: str | None,
    until: datetime | None,
    reason: str,
) -> None:
    """Suppress what HIT is an example of: this entity, by this name, in such sentences.

    It ends by itself, and when the entity's record on its list changes; its hits are then for people again.
    """
    now = utc_now()
    record = _hit(store, hit_id)
    ends = ending(now, lasts, until, what="suppression")
    one = store.add_suppression(
        record,
        name=_name(record, name, any_name),
        pattern=pattern.strip(),
        ends=ends,
        reason=reason,
        who=getpass.getuser(),
        now=now,
    )
    kept = {each.id: count for each, count in store.suppressions(now)}.get(one.id, 0)
    click.echo(f"suppression {one.id}: {_said(one)} until {one.ends:%Y-%m-%d %H:%M} UTC; {kept} open hits are covered")


@suppress.command()
@with_store
@hit_argument
@name_option
@any_option
@pattern_option
@json_option
def preview(
    settings: Settings,  # noqa: ARG001
    store: Store,
    hit_id: int,
    name: str | None,
    any_name: bool,
    pattern: str,
    as_json: bool,
) -> int:
    """Show which stored hits such a suppression would cover. Exit 1 if one is a true match or escalated."""
    record = _hit(store, hit_id)
    found = store.preview_suppression(
        record, name=_name(record, name, any_name), pattern=pattern.strip(), now=utc_now()
    )
    grave = [one for one in found if one.disposition in (Disposition.TRUE_MATCH, Disposition.ESCALATED)]
    if as_json:
        print_json([hit_json(one) for one in found])
        return 1 if grave else 0
    table(
        ["id", "found", "disposition", "name", "sentence"],
        [
            [
                str(one.id),
                f"{one.found_at:%Y-%m-%d}",
                one.disposition.value,
                one.hit.best.name.text,
                one.hit.best.snippet.text,
            ]
            for one in found[:SHOWN]
        ],
        empty="it would cover no stored hit, not even this one",
    )
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN} more")
    if grave:
        click.echo(f"monitor: {len(grave)} of {len(found)} were true matches or escalated", err=True)
    return 1 if grave else 0


@suppress.command("list")
@with_store
@click.option("--all", "over", is_flag=True, help="Also those that are over.")
@json_option
def list_suppressions(settings: Settings, store: Store, over: bool, as_json: bool) -> None:  # noqa: ARG001
    """List suppressions, the newest first, with how many hits each keeps from people."""
    now = utc_now()
    found = store.suppressions(now, over=over)
    if as_json:
        print_json([suppression_json(one, now, kept) for one, kept in found])
        return
    table(
        ["id", "what", "since", "until (UTC)", "hits", "who", "reason"],
        [
            [
                str(one.id),
                _said(one),
                f"{one.starts:%Y-%m-%d %H:%M}",
                f"ended {one.ended:%Y-%m-%d}: {one.ended_why or 'by hand'}"
                if one.ended
                else f"{one.ends:%Y-%m-%d %H:%M}",
                str(kept),
                one.who,
                one.reason,
            ]
            for one, kept in found
        ],
        empty="nothing is suppressed",
    )


@suppress.command()
@with_store
@click.argument("suppression_id", metavar="ID", type=int)
@click.option("--why", default="", help="Why; it is kept.")
@click.option("--reopen", is_flag=True, help="Give the hits that it kept from people back to them.")
def end(settings: Settings, store: Store, suppression_id: int, why: str, reopen: bool) -> None:  # noqa: ARG001
    """End a suppression now: from here on its hits are told again."""
    if not store.end_suppression(suppression_id, who=getpass.getuser(), why=why, reopen=reopen, now=utc_now()):
        raise UsageError(f"no suppression {suppression_id} is in force; see `monitor suppress list`")
    click.echo(f"suppression {suppression_id} is over")


def _hit(store: Store, hit_id: int) -> HitRecord:
    record = store.hit(hit_id)
    if record is None:
        raise UsageError(f"no hit {hit_id}; `monitor hits list` shows those there are")
    return record


def _name(record: HitRecord, name: str | None, any_name: bool) -> str:
    """The name that is asked for, else the one that all of the hit's mentions are read as."""
    names = list(dict.fromkeys(match.name.text for match in record.hit.matches))
    if any_name:
        if name is not None:
            raise UsageError("give --name or --any-name, not both")
        return ""
    if name is not None:
        if name not in [one.text for one in record.hit.entity.names]:
            raise UsageError(
                f"{name!r} is no name of {record.hit.entity.name}; hit {record.id} reads {', '.join(names)}"
            )
        return name
    if len(names) > 1:
        raise UsageError(f"hit {record.id} reads several names ({', '.join(names)}); give --name, or --any-name")
    return names[0]


def _said(one: Suppression) -> str:
    words = f" in a sentence with “{one.pattern}”" if one.pattern else ""
    return f"{one.watchlist}/{one.entity} by {f'the name {one.name}' if one.name else 'any name'}{words}"
