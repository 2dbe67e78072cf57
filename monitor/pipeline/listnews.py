"""What is told of lists that changed, and of what their new names found in stored articles. Pure.

For each channel one message, of what its routes take: a change by its list, entity and severity; a finding by whatever
would route the hit, or a change of its list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerts import health, policy
from monitor.alerts.routes import routes_for
from monitor.alerts.silences import silenced
from monitor.model import listchanges
from monitor.model.alerts import Message, Notice, Silence
from monitor.model.listchanges import ListChange
from monitor.model.matches import HitRecord
from monitor.model.settings import Channel, Route
from monitor.store import Rescreen

ENTITIES = 20
"""Entities told one by one in a summary; the rest are counted."""

NAMED = 3
"""Entities named in its title."""

SENTENCE = 240
"""Code points shown of a sentence."""


@dataclass(frozen=True, slots=True)
class Rescreened:
    """One finished rescreen: its hits but for those that are suppressed, and how many articles were looked at."""

    rescreen: Rescreen
    articles: int
    hits: tuple[HitRecord, ...]


def changes_messages(
    changes: Sequence[ListChange], routes: Sequence[Route], channels: Mapping[str, Channel]
) -> list[Message]:
    """The changes, to every channel whose routes take any of them."""
    by_channel: dict[str, list[ListChange]] = {}
    for change in changes:
        for _, channel, _ in health.route(changes_notice([change]), routes, channels):
            by_channel.setdefault(channel, []).append(change)
    return [
        (changes_notice(told), channel, policy.recipients(channels[channel])) for channel, told in by_channel.items()
    ]


def findings_messages(
    done: Rescreened,
    routes: Sequence[Route],
    channels: Mapping[str, Channel],
    *,
    tags: Mapping[str, tuple[str, ...]],
    silences: Sequence[Silence],
    now: datetime,
) -> list[tuple[Message, tuple[HitRecord, ...]]]:
    """What was found and is not silenced, to every channel whose routes take any of it; with the hits it is told of.

    tags: feed → its tags.
    """
    by_channel: dict[str, list[HitRecord]] = {}
    for record in done.hits:
        if silenced(record, silences, now):
            continue
        taken = routes_for(record, routes, tags.get(record.article.feed, ()))
        named = dict.fromkeys(channel for route in taken for channel in route.channels)
        one = findings_notice(replace(done, hits=(record,)))
        named |= dict.fromkeys(channel for _, channel, _ in health.route(one, routes, channels))
        for channel in named:
            if channel in channels:
                by_channel.setdefault(channel, []).append(record)
    return [
        (
            (findings_notice(replace(done, hits=tuple(told))), channel, policy.recipients(channels[channel])),
            tuple(told),
        )
        for channel, told in by_channel.items()
    ]


def changes_notice(changes: Sequence[ListChange]) -> Notice:
    """The message about what changed on the lists, one for all that was taken up together."""
    return Notice(
        topic="lists",
        title=listchanges.line(changes[0]) if len(changes) == 1 else f"Lists changed: {listchanges.title(changes)}",
        severity=max((change.severity for change in changes), key=lambda severity: severity.rank),
        lines=tuple(listchanges.lines(changes)),
        watchlist=_only({change.watchlist for change in changes}),
        entity=_only({change.entity for change in changes}),
    )


def findings_notice(done: Rescreened) -> Notice:
    """The message about what a list's new names found in the articles that are stored."""
    return Notice(
        topic="lists",
        title=_title(done),
        severity=max((record.hit.severity for record in done.hits), key=lambda severity: severity.rank),
        lines=(*_summary(done), f"{done.articles:,} stored articles were looked at again; {_counted(done.hits)}."),
        watchlist=_only({record.hit.entity.watchlist for record in done.hits}),
        entity=_only({record.hit.entity.id for record in done.hits}),
    )


def _title(done: Rescreened) -> str:
    entities = _by_entity(done.hits)
    first, *rest = entities
    if not rest:
        return f"New on {first[0].hit.entity.watchlist}: {_times(done, first)}"
    named = ", ".join(records[0].hit.entity.name for records in entities[:NAMED])
    more = f" and {len(entities) - NAMED} more" if len(entities) > NAMED else ""
    return f"New names on your lists, in your news before: {named}{more} ({_counted(done.hits)})"


def _summary(done: Rescreened) -> list[str]:
    """For each entity its number of articles, since when, its newest sentence, and what is stated of its owners."""
    told = []
    entities = _by_entity(done.hits)
    for records in entities[:ENTITIES]:
        newest, oldest = (pick(records, key=lambda one: (_when(one), one.id)) for pick in (max, min))
        entity = newest.hit.entity
        told.append(f"{_times(done, records)} ({entity.watchlist}{_between(oldest, newest)})")
        sentence = " ".join(newest.hit.best.snippet.text.split())
        sentence = sentence if len(sentence) <= SENTENCE else f"{sentence[:SENTENCE]}…"
        last = "the newest, " if len(records) > 1 else ""
        told.append(f"{last}{newest.article.feed}: “{sentence}” {newest.article.url}".rstrip())
        told += [f"{owner.label.lower()} of {entity.name}: {owner.said}" for owner in entity.owned_by[:2]]
    if len(entities) > ENTITIES:
        told.append(f"… and {len(entities) - ENTITIES} more names")
    return told


def _times(done: Rescreened, records: Sequence[HitRecord]) -> str:
    days = max(1, round((done.rescreen.made - done.rescreen.since).total_seconds() / 86_400))
    times = "once" if len(records) == 1 else f"{len(records)} times"
    return f"{records[0].hit.entity.name}: in your news {times} in the last {days} days"


def _between(oldest: HitRecord, newest: HitRecord) -> str:
    first, last = f"{_when(oldest):%Y-%m-%d}", f"{_when(newest):%Y-%m-%d}"
    return f", on {last}" if first == last else f", from {first} to {last}"


def _by_entity(hits: Sequence[HitRecord]) -> list[list[HitRecord]]:
    """Who was found most often first."""
    of: dict[tuple[str, str], list[HitRecord]] = {}
    for record in hits:
        of.setdefault(record.hit.entity.key, []).append(record)
    return sorted(of.values(), key=lambda records: (-records[0].hit.severity.rank, -len(records)))


def _counted(hits: Sequence[HitRecord]) -> str:
    return "1 hit" if len(hits) == 1 else f"{len(hits):,} hits"


def _when(record: HitRecord) -> datetime:
    return record.article.published or record.article.first_seen


def _only(values: set[str]) -> str:
    """The one value, "" when there are several."""
    return values.pop() if len(values) == 1 else ""
