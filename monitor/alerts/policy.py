"""Who is told of a new hit, through what, and when. Pure: the clock, the history and the settings are handed in.

new hits ─not suppressed, not silenced, not decided about→ by subject × story
         ─routes (first match wins, unless `continue`)→ channels
         ─not alerted before→ at once | thread | digest | after quiet hours
Each decision, also that nobody is told, has its reason in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts.quiet import quiet_until, say_quiet
from monitor.alerts.routes import routes_for
from monitor.alerts.severity import Weighed, weigh
from monitor.alerts.silences import silenced
from monitor.alerts.times import full_hour, next_digest, say_duration, say_time
from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind, Untold
from monitor.model.matches import Disposition, HitRecord
from monitor.model.settings import AlertPolicy, Channel, EmailChannel, Route, SlackChannel
from monitor.model.watchlists import Severity

SAME_TICK = timedelta(seconds=60)
"""Stories that one tick finds are news together: the second is no repeat of the first (`burst` bounds their number)."""

SUMMED = "since the summary of what a rescreen found in older articles"


@dataclass(frozen=True, slots=True)
class _Decision:
    kind: DeliveryKind
    due: datetime
    reason: str
    note: str = ""


@dataclass(slots=True)
class _Routed:
    """What leads to one channel: the routes, and the hits they carry with their weighed severities."""

    routes: list[Route]
    hits: list[tuple[HitRecord, Weighed]]


def plan(
    records: Sequence[HitRecord],
    history: AlertHistory,
    *,
    routes: Sequence[Route],
    channels: Iterable[Channel],
    policy: AlertPolicy,
    feed_tags: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> list[AlertPlan | Untold]:
    """At most one plan for each (subject, story, channel), never one for what `history.alerted` holds; else why not.

    A plan names the most severe of the group's hits that the channel's routes let through. `feed_tags`: feed id →
    its tags. A route's channel that does not exist is passed over: loading the settings refuses it.
    """
    known = {channel.id: channel for channel in channels}
    made: list[AlertPlan | Untold] = []
    for (subject, story), group in _grouped(records).items():
        wanted: list[HitRecord] = []
        for record in group:
            why = _unwanted(record, history, now)
            if why:
                made.append(Untold(record.id, "", why))
            else:
                wanted.append(record)
        routed, strays = _channels(wanted, routes, feed_tags, policy)
        made += strays
        for channel_id, leading in routed.items():
            channel = known.get(channel_id)
            if channel is None:
                continue
            if (subject, story, channel_id) in history.alerted:
                said = f"{channel_id} was told of this story and subject before"
                made += [Untold(record.id, channel_id, said) for record, _ in leading.hits]
                continue
            worst, weighed = max(leading.hits, key=lambda hit: hit[1].severity.rank)
            last = history.last.get((subject, channel_id))
            decision = _decide(leading.routes, channel, weighed.severity, last, policy, now)
            if last is None and (subject, channel_id) in history.summed:
                decision = replace(decision, reason=f"{decision.reason} {SUMMED}")
            said = f"route {', '.join(route.id for route in leading.routes)}"
            made.append(
                AlertPlan(
                    hit_id=worst.id,
                    subject=subject,
                    story=story,
                    channel=channel_id,
                    recipients=recipients(channel),
                    kind=decision.kind,
                    due=decision.due,
                    reason="; ".join(filter(None, (said, weighed.reason, decision.reason))),
                    severity=weighed.severity,
                    note=decision.note,
                )
            )
    return made


def recipients(channel: Channel) -> tuple[str, ...]:
    """Whom the channel tells, a delivery each; ("",) where it does not tell them apart."""
    return channel.recipients if isinstance(channel, EmailChannel) else ("",)


def threads(channel: Channel) -> bool:
    """Whether a follow-up can go below the first message. An incoming webhook never learns its messages' ids."""
    return isinstance(channel, SlackChannel) and bool(channel.token.get_secret_value())


def _grouped(records: Sequence[HitRecord]) -> dict[tuple[str, int], list[HitRecord]]:
    groups: dict[tuple[str, int], list[HitRecord]] = {}
    for record in records:
        groups.setdefault((record.subject, record.article.story), []).append(record)
    return groups


def _unwanted(record: HitRecord, history: AlertHistory, now: datetime) -> str:
    """Why nobody is to be told of this hit, whatever the routes say; "" if somebody may be."""
    if record.suppressed:
        return f"suppression {record.suppressed.suppression} ({record.suppressed.reason or 'no reason given'})"
    silence = silenced(record, history.silences, now)
    if silence:
        return f"silence {silence.id} until {say_time(silence.ends)} ({silence.reason or 'no reason given'})"
    decided = history.decided.get((record.subject, record.article.story))
    if decided:
        hit_id, disposition = decided
        said = "a true match" if disposition is Disposition.TRUE_MATCH else "a false positive"
        return f"repeats hit {hit_id} of the same story, which was decided about: {said}"
    return ""


def _channels(
    group: Sequence[HitRecord],
    routes: Sequence[Route],
    feed_tags: Mapping[str, tuple[str, ...]],
    policy: AlertPolicy,
) -> tuple[dict[str, _Routed], list[Untold]]:
    """What leads to each channel, the routes of linked entities united; and the hits that no route takes."""
    found: dict[str, _Routed] = {}
    strays: list[Untold] = []
    for record in group:
        listed = Weighed(record.hit.severity, "")
        weighed = weigh(record.hit, record.article.title) if policy.severity == "weighed" else listed
        taken = routes_for(record, routes, feed_tags.get(record.article.feed, ()), weighed.severity)
        if not taken:
            said = f"no route takes it ({weighed.reason or f'severity {weighed.severity}'})"
            strays.append(Untold(record.id, "", said))
        for channel in dict.fromkeys(channel for route in taken for channel in route.channels):
            leading = found.setdefault(channel, _Routed([], []))
            leading.routes += [route for route in taken if channel in route.channels and route not in leading.routes]
            leading.hits.append((record, weighed))
    return found, strays


def _decide(
    routes: Sequence[Route],
    channel: Channel,
    severity: Severity,
    last: tuple[datetime, Severity] | None,
    policy: AlertPolicy,
    now: datetime,
) -> _Decision:
    decision = _soonest(routes, channel, severity, last, policy, now)
    until = quiet_until(channel, severity, policy, decision.due)
    if until is None:
        return decision
    said = f"{decision.reason}; {say_quiet(channel, policy)}: held until {say_time(until, ZoneInfo(policy.timezone))}"
    return _Decision(DeliveryKind.DIGEST, until, said, f"Held over {say_quiet(channel, policy)}.")


def _soonest(
    routes: Sequence[Route],
    channel: Channel,
    severity: Severity,
    last: tuple[datetime, Severity] | None,
    policy: AlertPolicy,
    now: datetime,
) -> _Decision:
    """What is decided before quiet hours are looked at."""
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
