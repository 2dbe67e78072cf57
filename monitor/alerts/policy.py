"""Who is told of a new hit, through what, and when. Pure: the clock, the history and the settings are handed in.

new hits ─by subject × story→ routes (first match wins, unless `continue`) ─united→ channels
         ─not alerted before→ at once | thread | digest, each with its reason in words
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts.times import full_hour, next_digest, say_duration, say_time
from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind
from monitor.model.matches import HitRecord
from monitor.model.settings import AlertPolicy, Channel, EmailChannel, Route, RouteMatch, SlackChannel
from monitor.model.watchlists import Severity

SAME_TICK = timedelta(seconds=60)
"""Stories that one tick finds are news together: the second is no repeat of the first (`burst` bounds their number)."""


@dataclass(frozen=True, slots=True)
class _Decision:
    kind: DeliveryKind
    due: datetime
    reason: str


def plan(
    records: Sequence[HitRecord],
    history: AlertHistory,
    *,
    routes: Sequence[Route],
    channels: Iterable[Channel],
    policy: AlertPolicy,
    feed_tags: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> list[AlertPlan]:
    """At most one plan for each (subject, story, channel) and never one for what `history.alerted` holds.

    A plan names the most severe of the group's hits that the channel's routes let through. `feed_tags`: feed id →
    its tags. A route's channel that does not exist is passed over: loading the settings refuses it.
    """
    known = {channel.id: channel for channel in channels}
    plans: list[AlertPlan] = []
    for (subject, story), group in _grouped(records).items():
        for channel_id, (routed, hits) in _channels(group, routes, feed_tags).items():
            channel = known.get(channel_id)
            if channel is None or (subject, story, channel_id) in history.alerted:
                continue
            worst = max(hits, key=lambda record: record.hit.severity.rank)
            last = history.last.get((subject, channel_id))
            decision = _decide(routed, channel, worst.hit.severity, last, policy, now)
            plans.append(
                AlertPlan(
                    hit_id=worst.id,
                    subject=subject,
                    story=story,
                    channel=channel_id,
                    recipients=channel.recipients if isinstance(channel, EmailChannel) else ("",),
                    kind=decision.kind,
                    due=decision.due,
                    reason=f"route {', '.join(route.id for route in routed)}; {decision.reason}",
                )
            )
    return plans


def matches(match: RouteMatch, record: HitRecord, tags: Iterable[str]) -> bool:
    """Whether every condition that is given holds. Entities are named `id` or `watchlist/id`, languages by prefix."""
    entity, article = record.hit.entity, record.article
    return (
        (not match.watchlists or entity.watchlist in match.watchlists)
        and (not match.entities or bool({entity.id, f"{entity.watchlist}/{entity.id}"} & set(match.entities)))
        and (not match.feeds or article.feed in match.feeds)
        and (not match.tags or bool(set(tags) & set(match.tags)))
        and (not match.languages or any(_speaks(article.lang, language) for language in match.languages))
        and match.min_severity.rank <= record.hit.severity.rank <= match.max_severity.rank
    )


def _speaks(lang: str, wanted: str) -> bool:
    """`en` takes `en-GB` in, `en-GB` does not take `en` in; case and `_` do not matter."""
    lang, wanted = (tag.lower().replace("_", "-") for tag in (lang, wanted))
    return lang == wanted or lang.startswith(wanted + "-")


def _grouped(records: Sequence[HitRecord]) -> dict[tuple[str, int], list[HitRecord]]:
    groups: dict[tuple[str, int], list[HitRecord]] = {}
    for record in records:
        groups.setdefault((record.subject, record.article.story), []).append(record)
    return groups


def _channels(
    group: Sequence[HitRecord], routes: Sequence[Route], feed_tags: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[list[Route], list[HitRecord]]]:
    """Channel → the routes that lead to it and the hits they carry: the routes of linked entities united."""
    found: dict[str, tuple[list[Route], list[HitRecord]]] = {}
    for record in group:
        for route in routes:
            if not matches(route.match, record, feed_tags.get(record.article.feed, ())):
                continue
            for channel in dict.fromkeys(route.channels):
                routed, hits = found.setdefault(channel, ([], []))
                if route not in routed:
                    routed.append(route)
                hits.append(record)
            if not route.continue_:
                break
    return found


def _decide(
    routes: Sequence[Route],
    channel: Channel,
    severity: Severity,
    last: tuple[datetime, Severity] | None,
    policy: AlertPolicy,
    now: datetime,
) -> _Decision:
    zone = ZoneInfo(policy.timezone)
    digests = [route.digest for route in routes if route.digest]
    if len(digests) == len(routes):  # one route that wants it at once is enough to be told at once
        due, period = min((next_digest(now, period, policy.digest_at, zone), period) for period in digests)
        return _Decision(DeliveryKind.DIGEST, due, f"its {period} digest is due {say_time(due, zone)}")

    at_once = DeliveryKind.ALERT
    if last is None:
        return _Decision(at_once, now, f"first alert about this subject on {channel.id}")
    alerted, before = last
    cooldown = timedelta(seconds=policy.cooldown if channel.cooldown is None else channel.cooldown)
    since = now - alerted
    ago = f"alerted {say_duration(since)} ago"
    if since <= SAME_TICK:
        return _Decision(at_once, now, "another story of the same minute")
    if since >= cooldown:
        return _Decision(at_once, now, f"last {ago}, the cooldown of {say_duration(cooldown)} is over")
    within = f"{ago}, within the cooldown of {say_duration(cooldown)}"
    if severity.rank > before.rank:
        return _Decision(at_once, now, f"{within}, but {severity.value} is more severe than {before.value} was")
    if threads(channel):
        return _Decision(at_once, now, f"{within}: follows in the thread")
    due = full_hour((alerted + cooldown).astimezone(UTC), zone)
    return _Decision(DeliveryKind.DIGEST, due, f"{within}: in the digest of {say_time(due, zone)}")


def threads(channel: Channel) -> bool:
    """Whether a follow-up can go below the first message. An incoming webhook never learns its messages' ids."""
    return isinstance(channel, SlackChannel) and bool(channel.token.get_secret_value())
