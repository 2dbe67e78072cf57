"""`monitor alerts`: list deliveries, retry a dead one, send a test through a channel."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, load_settings, utc_now, with_store
from monitor.cli.output import print_json, table
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.alerts import DeliveryState, Sent
from monitor.model.serial import delivery_json
from monitor.store import Store


@click.group()
def alerts() -> None:
    """What was told to whom: list, retry, test."""


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
def retry(settings: Settings, store: Store, delivery_id: int) -> None:  # noqa: ARG001
    """Make a dead delivery due again; the running service (or `monitor poll`) sends it."""
    if not store.retry_delivery(delivery_id, utc_now()):
        raise UsageError(f"delivery {delivery_id} does not exist or was sent; see `monitor alerts list`")
    click.echo(f"delivery {delivery_id} is due again")


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
            result = send(delivery, channel, base_url=settings.web.base_url, client=client, now=now, echo=click.echo)
            to = f"{channel_id} {delivery.recipient}".strip()
            if isinstance(result, Sent):
                click.echo(f"{to}: sent")
            else:
                failed += 1
                click.echo(f"{to}: NOT sent: {result.error}", err=True)
    finally:
        client.close()
    return 1 if failed else 0
