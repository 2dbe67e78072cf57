from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from monitor.alerts import policy
from monitor.model.alerts import AlertHistory, AlertPlan, DeliveryKind, Silence, Untold
from monitor.model.matches import Disposition, HitRecord, Suppressed
from monitor.model.settings import AlertPolicy, Channel, Route
from monitor.model.watchlists import Severity
from tests.alerts.support import ARABIC, CHINESE, LUKOIL, MINISTER, NOW, ROSNEFT, RUSSIAN, record

CHANNELS: list[Channel] = TypeAdapter(list[Channel]).validate_python(
    [
        {"id": "terminal", "type": "console"},
        {
            "id": "mail",
            "type": "email",
            "host": "mail.example.org",
            "from": "m@example.org",
            "to": ["a@x.org", "b@x.org"],
        },
        {"id": "slack", "type": "slack", "token": "xoxb-1", "channel": "C1"},
        {"id": "hook", "type": "slack", "webhook_url": "https://hooks.example.org/1"},
        {"id": "eager", "type": "console", "cooldown": "1h"},
    ]
)


def routes(*rows: dict[str, Any]) -> list[Route]:
    return [Route.model_validate({"id": f"r{number}"} | row) for number, row in enumerate(rows)]


def planned(
    records: list[HitRecord],
    table: list[Route],
    history: AlertHistory | None = None,
    *,
    now: datetime = NOW,
    tags: dict[str, tuple[str, ...]] | None = None,
    **settings: Any,
) -> list[AlertPlan]:
    return [
        one for one in decided(records, table, history, now=now, tags=tags, **settings) if isinstance(one, AlertPlan)
    ]


def decided(
    records: list[HitRecord],
    table: list[Route],
    history: AlertHistory | None = None,
    *,
    now: datetime = NOW,
    tags: dict[str, tuple[str, ...]] | None = None,
    channels: list[Channel] | None = None,
    **settings: Any,
) -> list[AlertPlan | Untold]:
    return policy.plan(
        records,
        history or AlertHistory(),
        routes=table,
        channels=channels or CHANNELS,
        policy=AlertPolicy(**settings),
        feed_tags=tags or {},
        now=now,
    )


def told(plans: list[AlertPlan]) -> list[tuple[str, str]]:
    return [(plan.subject, plan.channel) for plan in plans]


def last(ago: timedelta, severity: Severity = Severity.HIGH, channel: str = "mail") -> AlertHistory:
    return AlertHistory(last={("russia-energy/rosneft", channel): (NOW - ago, severity)})


def test_first_matching_route_wins() -> None:
    table = routes({"match": {"watchlists": ["russia-energy"]}, "channels": ["mail"]}, {"channels": ["terminal"]})
    plans = planned([record(), MINISTER], table)
    assert told(plans) == [("russia-energy/rosneft", "mail"), ("russia-officials/lavrov", "terminal")]
    assert plans[0].recipients == ("a@x.org", "b@x.org")
    assert plans[1].recipients == ("",)
    assert plans[0].reason == "route r0; first alert about this subject on mail"


def test_continue_goes_on_to_the_next_route_and_a_channel_is_told_once() -> None:
    table = routes(
        {"channels": ["mail"], "continue": True}, {"channels": ["terminal", "mail"]}, {"channels": ["slack"]}
    )
    plans = planned([record()], table)
    assert [plan.channel for plan in plans] == ["mail", "terminal"]
    assert plans[0].reason.startswith("route r0, r1; ")


@pytest.mark.parametrize(
    ("match", "ids"),
    [
        ({}, {1, 2, 3, 4, 5}),
        ({"watchlists": ["russia-officials"]}, {5}),
        ({"entities": ["rosneft"]}, {1, 3, 4}),
        ({"entities": ["russia-energy/lukoil"]}, {2}),
        ({"feeds": ["al-mina", "nanhai-ribao"]}, {3, 4}),
        ({"tags": ["asia", "shipping"]}, {3, 4}),
        ({"languages": ["ru", "zh"]}, {2, 3}),
        ({"min_severity": "critical"}, {3}),
        ({"max_severity": "medium"}, {5}),
        ({"min_severity": "high", "languages": ["en"], "watchlists": ["russia-energy"]}, {1}),
        ({"languages": ["en-GB"]}, set()),
    ],
)
def test_every_condition_must_hold(match: dict[str, Any], ids: set[int]) -> None:
    tags = {"al-mina": ("shipping", "gulf"), "nanhai-ribao": ("asia",)}
    plans = planned(
        [record(), RUSSIAN, CHINESE, ARABIC, MINISTER], routes({"match": match, "channels": ["terminal"]}), tags=tags
    )
    assert {plan.hit_id for plan in plans} == ids


def test_a_language_takes_its_regions_in() -> None:
    british = replace(record(), article=replace(record().article, lang="en_GB"))
    assert planned([british], routes({"match": {"languages": ["en"]}, "channels": ["terminal"]}))


def test_one_alert_for_a_subject_in_a_story_whatever_the_number_of_its_copies() -> None:
    copies = [record(1), record(2, severity=Severity.CRITICAL, feed="other"), record(3, feed="third")]
    plans = planned(copies, routes({"channels": ["terminal"]}))
    assert [(plan.hit_id, plan.story) for plan in plans] == [(2, 11)]


def test_what_was_alerted_is_not_alerted_again() -> None:
    history = AlertHistory(alerted=frozenset({("russia-energy/rosneft", 11, "mail")}))
    table = routes({"channels": ["mail", "terminal"]})
    assert told(planned([record()], table, history)) == [("russia-energy/rosneft", "terminal")]


def test_a_channel_that_does_not_exist_stops_nothing() -> None:
    assert told(planned([record()], routes({"channels": ["gone", "terminal"]}))) == [
        ("russia-energy/rosneft", "terminal")
    ]


def test_two_stories_in_one_tick_are_both_told_at_once() -> None:
    plans = planned([record(1), record(2, story=12)], routes({"channels": ["mail"]}), last(timedelta(seconds=30)))
    assert [plan.kind for plan in plans] == [DeliveryKind.ALERT] * 2
    assert all(plan.due == NOW for plan in plans)


def test_a_repeat_within_the_cooldown_waits_for_the_digest() -> None:
    (plan,) = planned([record()], routes({"channels": ["mail"]}), last(timedelta(hours=1)))
    assert plan.kind is DeliveryKind.DIGEST
    assert plan.due == datetime(2026, 11, 23, 15, tzinfo=UTC)  # 8:17 and six hours, on the full hour
    assert plan.reason == (
        "route r0; alerted 1 h ago, within the cooldown of 6 h: in the digest of 23 Nov 2026, 15:00 UTC"
    )


def test_a_repeat_on_a_channel_with_threads_follows_in_the_thread() -> None:
    (plan,) = planned([record()], routes({"channels": ["slack"]}), last(timedelta(hours=1), channel="slack"))
    assert (plan.kind, plan.due) == (DeliveryKind.ALERT, NOW)
    assert plan.reason.endswith("follows in the thread")


def test_an_incoming_webhook_has_no_threads() -> None:
    (plan,) = planned([record()], routes({"channels": ["hook"]}), last(timedelta(hours=1), channel="hook"))
    assert plan.kind is DeliveryKind.DIGEST


def test_worse_news_do_not_wait() -> None:
    worse = record(severity=Severity.CRITICAL)
    (plan,) = planned([worse], routes({"channels": ["mail"]}), last(timedelta(hours=1)))
    assert plan.kind is DeliveryKind.ALERT
    assert "critical is more severe than high was" in plan.reason
    (plan,) = planned([worse], routes({"channels": ["mail"]}), last(timedelta(hours=1), Severity.CRITICAL))
    assert plan.kind is DeliveryKind.DIGEST


def test_after_the_cooldown_it_is_told_at_once_and_a_channel_has_its_own() -> None:
    (plan,) = planned([record()], routes({"channels": ["mail"]}), last(timedelta(hours=6)))
    assert plan.kind is DeliveryKind.ALERT
    (plan,) = planned([record()], routes({"channels": ["eager"]}), last(timedelta(hours=2), channel="eager"))
    assert plan.kind is DeliveryKind.ALERT
    (plan,) = planned([record()], routes({"channels": ["mail"]}), last(timedelta(hours=2)), cooldown="0s")
    assert plan.kind is DeliveryKind.ALERT


def test_a_route_with_a_digest_holds_its_hits_for_it() -> None:
    (plan,) = planned(
        [record()],
        routes({"channels": ["mail"], "digest": "daily"}),
        digest_at="18:30",
        timezone="Europe/Berlin",
    )
    assert plan.kind is DeliveryKind.DIGEST
    assert plan.due == datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    assert plan.reason == "route r0; its daily digest is due 23 Nov 2026, 18:30 CET"


def test_one_route_that_wants_it_at_once_is_enough() -> None:
    table = routes({"channels": ["mail"], "digest": "weekly", "continue": True}, {"channels": ["mail"]})
    (plan,) = planned([record()], table)
    assert plan.kind is DeliveryKind.ALERT


def test_a_time_zone_that_does_not_exist_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValidationError, match="not a time zone"):
        AlertPolicy(timezone="Mars/Olympus")


@given(
    st.lists(
        st.builds(
            record,
            id=st.integers(1, 50),
            entity=st.sampled_from([ROSNEFT, LUKOIL]),
            severity=st.sampled_from(Severity),
            story=st.integers(1, 4),
        ),
        max_size=12,
    ),
    st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_nothing_is_missed_and_nothing_is_told_twice(records: list[HitRecord], ago: timedelta) -> None:
    history = AlertHistory(
        alerted=frozenset({("russia-energy/rosneft", 1, "mail")}),
        last={("russia-energy/rosneft", "mail"): (NOW - ago, Severity.MEDIUM)},
    )
    table = routes({"match": {"min_severity": "high"}, "channels": ["mail"]}, {"channels": ["slack", "mail"]})
    plans = planned(records, table, history)
    keys = [(plan.subject, plan.story, plan.channel) for plan in plans]
    assert len(set(keys)) == len(keys)
    wanted = {(one.subject, one.article.story) for one in records} - {("russia-energy/rosneft", 1)}
    assert {(subject, story) for subject, story, channel in keys if channel == "mail"} == wanted
    assert all(plan.due >= NOW and plan.reason and plan.recipients for plan in plans)
    assert planned(records, table, replace(history, alerted=history.alerted | set(keys))) == []


def test_a_suppressed_hit_is_told_to_nobody_and_says_by_which_suppression_and_why() -> None:
    hidden = replace(record(1), suppressed=Suppressed(7, "the stadium", "ana"))
    made = decided([hidden, record(2, story=12)], routes({"channels": ["terminal"]}))
    assert made[0] == Untold(1, "", "suppression 7 (the stadium)")
    assert isinstance(made[1], AlertPlan)


def silence(**conditions: str) -> Silence:
    return Silence(3, NOW - timedelta(days=1), NOW + timedelta(days=1), "annual meeting", "ana", **conditions)


def test_a_silenced_hit_is_told_to_nobody_and_says_which_silence_and_why() -> None:
    history = AlertHistory(silences=(silence(entity="rosneft", feed="harbour-gazette"),))
    other = record(2, feed="al-mina")
    made = decided([record(), other], routes({"channels": ["mail", "terminal"]}), history)
    assert made[0] == Untold(1, "", "silence 3 until 24 Nov 2026, 09:17 UTC (annual meeting)")
    plans = [one for one in made if isinstance(one, AlertPlan)]
    assert [(plan.hit_id, plan.channel) for plan in plans] == [(2, "mail"), (2, "terminal")]


def test_a_story_that_somebody_decided_about_is_not_told_again() -> None:
    history = AlertHistory(decided={("russia-energy/rosneft", 11): (4, Disposition.FALSE_POSITIVE)})
    made = decided([record(), record(2, story=12)], routes({"channels": ["mail"]}), history)
    assert made[0] == Untold(1, "", "repeats hit 4 of the same story, which was decided about: a false positive")
    assert [one.story for one in made if isinstance(one, AlertPlan)] == [12]


def test_why_nobody_was_told() -> None:
    table = routes({"match": {"min_severity": "critical"}, "channels": ["mail"]})
    assert decided([record()], table) == [Untold(1, "", "no route takes it (severity high)")]
    history = AlertHistory(alerted=frozenset({("russia-energy/rosneft", 11, "mail")}))
    assert decided([record()], routes({"channels": ["mail"]}), history) == [
        Untold(1, "mail", "mail was told of this story and subject before")
    ]


def test_quiet_hours_hold_everything_until_they_end_and_say_so() -> None:
    quiet = {"from": "09:00", "to": "10:30", "timezone": "Europe/London", "except": "critical"}
    channels = TypeAdapter(list[Channel]).validate_python([{"id": "desk", "type": "console", "quiet": quiet}])
    table = routes({"channels": ["desk"]})
    (plan,) = decided([record()], table, channels=channels)
    assert isinstance(plan, AlertPlan)
    assert (plan.kind, plan.due) == (DeliveryKind.DIGEST, datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
    assert plan.reason.endswith("; quiet hours 09:00–10:30 Europe/London: held until 23 Nov 2026, 10:30 UTC")
    assert plan.note == "Held over quiet hours 09:00–10:30 Europe/London."
    (worst,) = decided([record(severity=Severity.CRITICAL)], table, channels=channels)
    assert isinstance(worst, AlertPlan)
    assert worst.kind is DeliveryKind.ALERT


def test_routes_go_by_the_weighed_severity_only_when_asked_to() -> None:
    told_in_headline = record(title="Rosneft fined over sanctions", severity=Severity.MEDIUM)
    match = replace(told_in_headline.hit.matches[0], mention=replace(told_in_headline.hit.best.mention, field="title"))
    hit = replace(told_in_headline, hit=replace(told_in_headline.hit, matches=(match,)))
    table = routes({"match": {"min_severity": "high"}, "channels": ["mail"]})
    assert planned([hit], table) == []
    (plan,) = planned([hit], table, severity="weighed")
    assert plan.severity is Severity.HIGH
    assert plan.reason == (
        "route r0; raised from medium to high: in the headline, “fined” near it; first alert about this subject on mail"
    )
