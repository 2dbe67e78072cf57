"""`monitor alerts`: list and show deliveries, say why a hit was told or not, retry a dead one, try a channel."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, load_settings, me, utc_now, with_store
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.alerts import Delivery, DeliveryKind, DeliveryState, Sent
from monitor.model.serial import delivery_json, verdict_json
from monitor.store import Store


@click.group()
def alerts() -> None:
    """What was told to whom, and why: list, show, why, retry, test."""


@alerts.command("list")
@with_store
@click.option("--state", type=click.Choice([s.value for s in DeliveryState]), help="Only in this state.")
@json_option
def list_alerts(settings: Settings, store: Store, state: str | None, as_json: bool) -> None:  # noqa: ARG001
    """List deliveries, the newest first."""
    deliveries = store.deliveries(state=DeliveryState(state) if state else None)
    if as_json:
        print_json([delivery_json(delivery) for delivery in deliveries])
        return
    table(
        ["id", "created", "channel", "recipient", "kind", "state", "tries", "next try", "last error", "hits"],
        [
            [
                str(delivery.id),
                f"{delivery.created:%Y-%m-%d %H:%M}",
                delivery.channel,
                delivery.recipient,
                delivery.kind.value,
                delivery.state.value,
                str(delivery.attempts),
                f"{delivery.next_attempt:%Y-%m-%d %H:%M}" if delivery.next_attempt else "",
                delivery.last_error,
                str(sum(len(alert.hits) for alert in delivery.alerts)),
            ]
            for delivery in deliveries
        ],
        empty="no deliveries yet",
    )


@alerts.command()
@with_store
@click.argument("delivery_id", metavar="ID", type=int)
@json_option
def show(settings: Settings, store: Store, delivery_id: int, as_json: bool) -> None:  # noqa: ARG001
    """Show one delivery: its state, why it was made, what it tells."""
    delivery = _one(store, delivery_id)
    if as_json:
        print_json(delivery_json(delivery))
        return
    to = f"{delivery.channel} {delivery.recipient}".strip()
    click.echo(f"delivery {delivery.id} ({delivery.kind}) to {to}: {delivery.state}, tried {delivery.attempts} times")
    click.echo(f"id in the message: {delivery.uid}; made {delivery.created:%Y-%m-%d %H:%M} UTC")
    if delivery.sent_at:
        click.echo(f"sent {delivery.sent_at:%Y-%m-%d %H:%M:%S} UTC")
    elif delivery.next_attempt:
        click.echo(f"next try {delivery.next_attempt:%Y-%m-%d %H:%M:%S} UTC")
    for line in (delivery.note, delivery.last_error and f"last error: {delivery.last_error}"):
        if line:
            click.echo(_plain(line))
    if delivery.notice:
        click.echo(_plain(delivery.notice.title))
        for line in delivery.notice.lines:
            click.echo(_plain(f"  {line}"))
    for alert in delivery.alerts:
        for record in alert.hits:
            name, title = record.hit.entity.name, record.article.title
            click.echo(_plain(f"hit {record.id}: {name} in “{title}” [{record.article.feed}]"))
        click.echo(_plain(f"  because: {alert.reason}"))


@alerts.command()
@with_store
@click.argument("delivery_id", metavar="[ID]", type=int, required=False)
@click.option("--hit", "hit_id", type=int, help="Of this hit, also where nobody was told of it.")
@json_option
def why(settings: Settings, store: Store, delivery_id: int | None, hit_id: int | None, as_json: bool) -> None:  # noqa: ARG001
    """Why a delivery's hits (or --hit N) were told to each channel, or were not: every decision in words."""
    if (delivery_id is None) == (hit_id is None):
        raise UsageError("name a delivery (see `monitor alerts list`), or a hit as --hit N (see `monitor hits list`)")
    if hit_id is None:
        assert delivery_id is not None
        delivery = _one(store, delivery_id)
        ids = [record.id for alert in delivery.alerts for record in alert.hits]
    elif store.hit(hit_id) is None:
        raise UsageError(f"no hit {hit_id}; `monitor hits list` shows those there are")
    else:
        ids = [hit_id]
    verdicts = [verdict for one in ids for verdict in store.verdicts(one)]
    if as_json:
        print_json([verdict_json(verdict) for verdict in verdicts])
        return
    how = {DeliveryKind.ALERT: "at once", DeliveryKind.DIGEST: "held for one message"}
    table(
        ["hit", "decided (UTC)", "channel", "told", "because", "deliveries"],
        [
            [
                str(verdict.hit_id),
                f"{verdict.at:%Y-%m-%d %H:%M:%S}",
                verdict.channel or "any",
                how.get(verdict.told, verdict.told.value) if verdict.told else "NOT told",
                verdict.reason,
                ", ".join(str(number) for number in verdict.deliveries),
            ]
            for verdict in verdicts
        ],
        empty="no decision is stored: it is about the monitor itself, or no hit",
    )


def _one(store: Store, delivery_id: int) -> Delivery:
    delivery = store.delivery(delivery_id)
    if delivery is None:
        raise UsageError(f"no delivery {delivery_id}; see `monitor alerts list`")
    return delivery


def _plain(text: str) -> str:
    """Outside text on one line, without what could move the cursor."""
    return "".join(character if character.isprintable() else " " for character in text)


@alerts.command()
@with_store
@click.argument("delivery_id", metavar="ID", type=int)
def retry(settings: Settings, store: Store, delivery_id: int) -> None:  # noqa: ARG001
    """Make a dead delivery due again; the running service (or `monitor poll`) sends it."""
    if not store.retry_delivery(delivery_id, utc_now(), who=me()):
        raise UsageError(f"delivery {delivery_id} does not exist or was sent; see `monitor alerts list`")
    click.echo(f"delivery {delivery_id} is due again")


@alerts.command()
@with_store
@click.option("--channel", "channel_id", help="As this channel is sent it (default: every channel).")
@click.option("--hit", "hit_id", type=int, help="Of this stored hit (default: a sample).")
@click.option("--html", is_flag=True, help="The HTML part of mail in place of its text.")
def preview(settings: Settings, store: Store, channel_id: str | None, hit_id: int | None, html: bool) -> None:
    """Show what a message looks like in each medium, your own templates included. Nothing is sent."""
    from monitor.alerts.preview import preview as show

    channels = [channel for channel in settings.channels if channel_id in (None, channel.id)]
    if not channels:
        known = ", ".join(channel.id for channel in settings.channels)
        raise UsageError(f"no channel {channel_id!r} in the settings; there are: {known}")
    record = store.hit(hit_id) if hit_id is not None else None
    if hit_id is not None and record is None:
        raise UsageError(f"no hit {hit_id}; `monitor hits list` shows those there are")
    for channel in channels:
        if len(channels) > 1:
            click.echo(f"── {channel.id} ({channel.type})")
        base_url, own = settings.web.base_url, settings.templates
        click.echo(show(channel, record, base_url=base_url, now=utc_now(), own=own, html=html))


@alerts.command()
@with_store
@click.argument("channel", required=False)
@click.argument("recipient", required=False)
def subscribe(settings: Settings, store: Store, channel: str | None, recipient: str | None) -> int:  # noqa: ARG001
    """Tell a recipient again who unsubscribed by the link in a mail; without arguments, list who did."""
    if not channel or not recipient:
        for one in store.opt_outs():
            click.echo(f"{one.channel}\t{one.recipient}\tsince {one.at:%Y-%m-%d %H:%M} UTC")
        return 0
    if not store.opt_in(channel, recipient, who=me(), now=utc_now()):
        raise UsageError(f"{recipient} has not unsubscribed from {channel}; `monitor alerts subscribe` lists who has")
    click.echo(f"{recipient} is told again over {channel}; what was missed is under `monitor hits list`")
    return 0


@alerts.command()
@config_option
@click.argument("channel_id", metavar="CHANNEL")
def test(config_path: Path | None, channel_id: str) -> int:
    """Send a test message through a channel, to each of its recipients (1 when one of them is not reached)."""
    from monitor.alerts.sample import sample_deliveries
    from monitor.alerts.send import send
    from monitor.client import Client

    settings = load_settings(config_path)
    channels = {channel.id: channel for channel in settings.channels}
    if channel_id not in channels:
        raise UsageError(f"no channel {channel_id!r} in the settings; there are: {', '.join(channels)}")
    channel, now = channels[channel_id], utc_now()
    client = Client(user_agent=settings.polling.user_agent, timeout=30.0, max_bytes=1_000_000, allow_private=True)
    failed = 0
    try:
        for delivery in sample_deliveries(channel, now):
            result = send(
                delivery,
                channel,
                base_url=settings.web.base_url,
                client=client,
                now=now,
                echo=click.echo,
                own=settings.templates,
            )
            to = f"{channel_id} {delivery.recipient}".strip()
            if isinstance(result, Sent):
                click.echo(f"{to}: sent")
            else:
                failed += 1
                click.echo(f"{to}: NOT sent: {result.error}", err=True)
    finally:
        client.close()
    return 1 if failed else 0
