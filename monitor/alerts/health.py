"""What is wrong with the monitor itself, and what is said of it: an alarm once, and an all-clear. Pure.

states of feeds, lists, channels ─troubles→ those there are now ─turn (with those told before)→ began, ended
─routes, as for hits→ one notice a channel
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.alerts.policy import recipients
from monitor.alerts.routes import routes_for_notice
from monitor.alerts.times import say_duration, say_time
from monitor.model.alerts import ChannelState, Message, Notice, OptOut, Trouble, Turn
from monitor.model.feeds import FeedState, FeedStatus
from monitor.model.settings import Channel, Route
from monitor.model.watchlists import Severity

FEED_DEAD = timedelta(hours=6)
"""A feed that failed for this long (and six of its intervals) is told: newspapers have nights of maintenance."""

FEED_SILENT = timedelta(days=1)
"""A feed is not called silent before this, nor before twice the longest pause that it made lately (weekends …)."""

RHYTHM = timedelta(days=28)
"""How far back a feed's pauses are looked at: four weekends."""

ALL_FEEDS = 3
"""So many feeds that all fail are one trouble, not as many: the network, or ours."""

PATIENCE = timedelta(minutes=15)
"""What mends itself within this is not told: a server that restarts, the first download of a list."""

NOT_POLLED = timedelta(minutes=10)
"""Without any poll for this long, and three of the shortest interval, something hangs."""


@dataclass(frozen=True, slots=True)
class State:
    """How things stand."""

    now: datetime
    started: datetime  # this process
    interval: float  # seconds, of feeds that set none
    feeds: Sequence[FeedStatus]
    silent: Mapping[str, tuple[datetime, timedelta]]  # feed → last news, longest pause, for those long without any
    stale_lists: Sequence[str]
    channels: Sequence[ChannelState]
    held_lists: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)  # watchlist → since when, and why
    opt_outs: Sequence[OptOut] = ()
    searches: Mapping[str, str] = field(default_factory=dict)  # feed → the template that it is a search of
    offline: datetime | None = None  # since when no host has answered; nothing of it is held against a feed


def troubles(state: State) -> list[Trouble]:
    """Everything that is wrong for longer than it explains itself."""
    feeds = [feed for feed in state.feeds if feed.state is not FeedState.DISABLED]
    failing = [feed for feed in feeds if feed.failures]
    found = _not_polled(state, feeds)
    if state.offline or len(failing) == len(feeds) >= ALL_FEEDS:
        since = state.offline or max((feed.last_success for feed in feeds if feed.last_success), default=state.started)
        if state.now - since > PATIENCE:
            said = "every feed fails: is the network down, or is it a proxy or firewall of ours?"
            found.append(Trouble("feeds", said, since, Severity.CRITICAL))
    else:
        ordinary = [feed for feed in feeds if feed.source.id not in state.searches]
        found += [trouble for feed in ordinary if feed.failures for trouble in _dead(state, feed)]
        found += [trouble for feed in ordinary if not feed.failures for trouble in _silent(state, feed)]
        found += _dead_searches(state, failing)
    if state.now - state.started > PATIENCE:
        found += [
            Trouble(
                f"list:{name}",
                f"the official list {name} is stale or missing: see `monitor lists status`",
                state.now,
                Severity.HIGH,
                watchlist=name,
            )
            for name in state.stale_lists
        ]
    found += [
        Trouble(
            f"held:{name}",
            f"a download of the official list {name} is held back, the old one stays in use: {why}; "
            "see `monitor lists status`",
            since,
            Severity.HIGH,
            watchlist=name,
        )
        for name, (since, why) in state.held_lists.items()
    ]
    found += [_left(one) for one in state.opt_outs]
    return found + [trouble for channel in state.channels for trouble in _failing(state, channel)]


def longest_pause(times: Sequence[datetime]) -> timedelta | None:
    """The longest pause between news; None where there are too few to speak of a rhythm."""
    pauses = [later - earlier for earlier, later in pairwise(times)]
    return max(pauses) if len(pauses) >= 5 else None


def turn(
    known: Sequence[Trouble],
    found: Sequence[Trouble],
    *,
    routes: Sequence[Route],
    channels: Mapping[str, Channel],
    tags: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> Turn:
    """What began and what ended since the troubles that are `known`, and one notice of each for every channel.

    A channel that fails is told of over others.
    """
    before, after = {one.key: one for one in known}, {one.key: one for one in found}
    began = tuple(one for key, one in after.items() if key not in before)
    ended = tuple(one for key, one in before.items() if key not in after)
    broken = {one.channel for one in found if one.channel}
    messages: list[Message] = []
    for some, notice in ((began, _alarm), (ended, _all_clear)):
        for channel, told in _by_channel(some, routes, tags, broken).items():
            if channel in channels:
                messages.append((notice(told, now), channel, recipients(channels[channel])))
    return Turn(began, ended, tuple(messages))


def route(notice: Notice, routes: Sequence[Route], channels: Mapping[str, Channel]) -> list[Message]:
    """The notice to every channel that the routes give it."""
    named = dict.fromkeys(name for taken in routes_for_notice(notice, routes) for name in taken.channels)
    return [(notice, name, recipients(channels[name])) for name in named if name in channels]


def _not_polled(state: State, feeds: Sequence[FeedStatus]) -> list[Trouble]:
    if not feeds:
        return []
    last = max([state.started, *(feed.last_polled for feed in feeds if feed.last_polled)])
    shortest = min(feed.source.interval or state.interval for feed in feeds)
    if state.now - last <= max(NOT_POLLED, timedelta(seconds=3 * shortest)):
        return []
    return [Trouble("polling", f"no feed was polled since {say_time(last)}", last, Severity.CRITICAL)]


def _dead(state: State, feed: FeedStatus) -> list[Trouble]:
    since = feed.last_success or state.started
    limit = max(FEED_DEAD, timedelta(seconds=6 * (feed.source.interval or state.interval)))
    if state.now - since <= limit:
        return []
    last = f"last read {say_time(feed.last_success)}" if feed.last_success else "never read so far"
    said = f"feed {feed.source.id} is dead: {last}; {feed.last_error}"
    return [Trouble(f"feed:{feed.source.id}", said, since, Severity.MEDIUM, feed=feed.source.id)]


def _dead_searches(state: State, failing: Sequence[FeedStatus]) -> list[Trouble]:
    """One trouble for all searches of a template. A search that finds nothing new is no trouble."""
    dead: dict[str, list[Trouble]] = {}
    for feed in failing:
        if feed.source.id in state.searches:
            dead.setdefault(state.searches[feed.source.id], []).extend(_dead(state, feed))
    return [
        Trouble(
            f"search:{template}",
            f"{len(some)} of {sum(of == template for of in state.searches.values())} searches of {template} are dead: "
            f"{some[0].said}",
            min(one.since for one in some),
            Severity.MEDIUM,
            feed=some[0].feed,
        )
        for template, some in dead.items()
        if some
    ]


def _silent(state: State, feed: FeedStatus) -> list[Trouble]:
    if feed.source.id not in state.silent:
        return []
    last, pause = state.silent[feed.source.id]
    if state.now - last <= max(FEED_SILENT, 2 * pause):
        return []
    said = (
        f"feed {feed.source.id} answers, but brought nothing new since {say_time(last)}; "
        f"its longest pause before was {say_duration(pause)}"
    )
    return [Trouble(f"silent:{feed.source.id}", said, last, Severity.LOW, feed=feed.source.id)]


def _left(one: OptOut) -> Trouble:
    """Told once, and when it is undone: who thought that they are watching must know that they are not told."""
    said = (
        f"{one.recipient} has unsubscribed from channel {one.channel} and is told nothing more; "
        f"`monitor alerts subscribe {one.channel} {one.recipient}` undoes it"
    )
    return Trouble(f"unsubscribed:{one.channel}:{one.recipient}", said, one.at, Severity.HIGH)


def _failing(state: State, channel: ChannelState) -> list[Trouble]:
    since = min(filter(None, (channel.failing_since, channel.dead_since)), default=state.now)
    if state.now - since <= PATIENCE:
        return []
    to = f"{channel.channel} {channel.recipient}".strip()
    gave_up = "; some were given up: see `monitor alerts list --state dead`" if channel.dead else ""
    said = f"channel {to} takes no messages: {channel.last_error}{gave_up}"
    key = f"channel:{channel.channel}:{channel.recipient}"
    return [Trouble(key, said, since, Severity.HIGH, channel=channel.channel)]


def _by_channel(
    told: Sequence[Trouble], routes: Sequence[Route], tags: Mapping[str, tuple[str, ...]], broken: set[str]
) -> dict[str, list[Trouble]]:
    found: dict[str, list[Trouble]] = {}
    for trouble in told:
        notice = Notice("health", trouble.said, trouble.severity, watchlist=trouble.watchlist, feed=trouble.feed)
        taken = routes_for_notice(notice, routes, tags.get(trouble.feed, ()))
        for channel in dict.fromkeys(name for one in taken for name in one.channels):
            if channel not in broken:
                found.setdefault(channel, []).append(trouble)
    return found


def _alarm(told: Sequence[Trouble], now: datetime) -> Notice:
    said = tuple(f"{one.said} (for {say_duration(now - one.since)})" for one in told)
    title = f"Monitor in trouble: {told[0].said}" if len(told) == 1 else f"Monitor in trouble: {len(told)} problems"
    return Notice("health", title, _worst(told), said)


def _all_clear(told: Sequence[Trouble], now: datetime) -> Notice:
    said = tuple(f"over after {say_duration(now - one.since)}: {one.said}" for one in told)
    title = f"All clear: {told[0].said}" if len(told) == 1 else f"All clear: {len(told)} problems are over"
    return Notice("health", title, _worst(told), said)


def _worst(told: Sequence[Trouble]) -> Severity:
    return max((one.severity for one in told), key=lambda severity: severity.rank)
