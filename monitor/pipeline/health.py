"""check_health, beat, ping and tell: what the monitor says of itself, over the same routes and outbox as hits."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.alerts import health
from monitor.alerts.heartbeat import heartbeat, last_due
from monitor.alerts.send.secrets import origin, say
from monitor.errors import FetchError
from monitor.model.alerts import Notice, Trouble, Turn
from monitor.model.feeds import FeedState, FeedStatus
from monitor.model.settings import SearchFeed
from monitor.pipeline.service import Service

PING_TIMEOUT = 10.0  # seconds

log = logging.getLogger(__name__)


def check_health(
    service: Service,
    *,
    started: datetime,
    stale_lists: Sequence[str] = (),
    held_lists: Mapping[str, tuple[datetime, str]] = MappingProxyType({}),
) -> Turn:
    """Tell what went wrong since the last look, once, and what is well again. Raises StorageError only.

    started: this process. stale_lists: watchlists whose official list was not confirmed for too long. held_lists:
    those of which a download is not believed, since when and why.
    """
    now, store = service.clock(), service.store
    feeds = store.feeds()
    state = health.State(
        now=now,
        started=started,
        interval=service.polling.interval,
        feeds=feeds,
        silent=_silent(service, feeds, now),
        stale_lists=stale_lists,
        held_lists=held_lists,
        channels=[one for one in store.channel_states() if one.channel in service.channels],
        opt_outs=[one for one in store.opt_outs() if one.channel in service.channels],
        searches={feed.id: feed.of for feed in service.feeds.values() if isinstance(feed, SearchFeed)},
        offline=service.network.down_since,
    )
    found = health.troubles(state)

    def decide(known: Sequence[Trouble]) -> Turn:
        return health.turn(
            known,
            found,
            routes=service.routes,
            channels=service.channels,
            tags={feed.id: feed.tags for feed in service.feeds.values()},
            now=now,
        )

    if {one.key for one in found} == {one.key for one in store.troubles()}:
        return Turn()  # as nearly always: nothing to write
    turned = store.turn_troubles(decide, now)
    for trouble in turned.began:
        service.echo(f"ALARM: {trouble.said}")
    for trouble in turned.ended:
        service.echo(f"all clear: {trouble.said}")
    return turned


def tell(service: Service, notice: Notice, *, key: str) -> int:
    """Queue a notice for every channel that the routes give it; returns how many deliveries were made.

    Telling again under the same key makes none. Raises StorageError.
    """
    messages = health.route(notice, service.routes, service.channels)
    return service.store.add_notices(messages, key=key, now=service.clock())


def beat(service: Service, *, started: datetime) -> bool:
    """Send the sign of life that is due since this process started; whether there was one. Raises StorageError."""
    policy, now = service.alerts, service.clock()
    if policy.heartbeat is None:
        return False
    due = last_due(now, policy.heartbeat, policy.digest_at, ZoneInfo(policy.timezone))
    if due is None or due <= started:
        return False
    seen = service.store.overview(now, days=1)
    head = service.store.head()
    notice = heartbeat(
        now,
        feeds=seen.feeds,
        polls=seen.polls,
        failed=seen.failed_polls,
        articles=seen.articles,
        hits=sum(seen.days[0][1].values()),
        troubles=service.store.troubles(),
        head=str(head) if head.number else "",
    )
    return tell(service, notice, key=f"heartbeat {due.isoformat()}") > 0


def ping(service: Service) -> bool:
    """Ask for `alerts.heartbeat_url`, so that its watcher knows that we live; whether it answered."""
    url = service.alerts.heartbeat_url.get_secret_value()
    if not url:
        return False
    try:
        service.channel_client.get(url, timeout=PING_TIMEOUT)
    except FetchError as error:
        service.echo(f"heartbeat_url {origin(url)} does not answer: {say(error, url)}")
        return False
    return True


def _silent(service: Service, feeds: Sequence[FeedStatus], now: datetime) -> dict[str, tuple[datetime, timedelta]]:
    """Of the feeds that brought nothing for a day: (last news, longest pause), where they have a rhythm."""
    last = service.store.last_news(now, health.RHYTHM)
    silent: dict[str, tuple[datetime, timedelta]] = {}
    for feed in feeds:
        since = last.get(feed.source.id)
        if since is None or now - since <= health.FEED_SILENT or feed.state is FeedState.DISABLED:
            continue
        pause = health.longest_pause(service.store.news_times(feed.source.id, now, health.RHYTHM))
        if pause is not None:
            silent[feed.source.id] = (since, pause)
    return silent
