"""dispatch_due: what waits, what comes together, what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from monitor.alerts.seals import KEY, is_seal, sealed_delivery
from monitor.model.alerts import DeliveryState
from tests.alerts.servers import Reply, Sink
from tests.pipeline.desk import Desk
from tests.store.support import MINUTE, NOW


def many(count: int, what: str = "Rosneft cargo") -> list[str]:
    return [f"{what} number {n} sails" for n in range(count)]


def test_what_came_in_quiet_hours_comes_as_one_message_when_they_end(desk: Desk) -> None:
    quiet = {"from": "09:00", "to": "11:00"}
    desk.start([{"id": "desk", "type": "console", "quiet": quiet, "burst": 50}])
    desk.news("Rosneft fined")
    desk.news("Lukoil sells stations")
    assert desk.send() == []
    desk.now = NOW.replace(hour=11, minute=0)
    [message] = desk.send()
    assert "Rosneft fined" in message
    assert "Lukoil sells stations" in message
    assert "Held over quiet hours 09:00–11:00 UTC." in message


def test_a_message_that_was_due_before_quiet_hours_is_held_too(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console", "quiet": {"from": "09:40", "to": "11:00"}}])
    desk.news("Rosneft fined")
    desk.now = NOW.replace(minute=41)
    assert desk.send() == []
    desk.now = NOW.replace(hour=11, minute=0)
    [message] = desk.send()
    assert "Held over quiet hours" in message


def test_a_flood_within_a_rate_becomes_a_digest_and_says_so(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console", "rate": "3/h", "burst": 500}], cooldown="0s")
    desk.news("Rosneft fined", "Lukoil sells stations")
    assert len(desk.send()) == 2
    desk.now += 2 * MINUTE
    desk.news(*many(40))
    [digest] = desk.send()
    assert digest.count("Rosneft cargo number") >= 40
    assert "desk takes 3 messages an hour: what came beyond that is in this one." in digest
    desk.now += 2 * MINUTE
    desk.news("Lukoil closes a refinery", "Rosneft names a chairman")
    assert desk.send() == [], "nothing is left of this hour"
    desk.now += 30 * MINUTE
    assert desk.send() == []
    desk.now += 30 * MINUTE
    [late] = desk.send()
    assert "Lukoil closes a refinery" in late
    assert "Rosneft names a chairman" in late
    assert {d.state for d in desk.service.store.deliveries()} == {DeliveryState.SENT}


def test_nothing_is_lost_however_low_the_rate(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console", "rate": "1/h", "burst": 5}], cooldown="0s")
    told: list[str] = []
    for hour in range(5):
        desk.now = NOW + timedelta(hours=hour)
        desk.news(*[f"Rosneft cargo {hour}.{n} sails" for n in range(7)])
        told += desk.send()
    desk.now = NOW + timedelta(hours=7)
    told += desk.send()
    assert 5 <= len(told) <= 6
    assert all(f"Rosneft cargo {hour}.{n} sails" in "".join(told) for hour in range(5) for n in range(7))


def test_what_a_channel_cannot_be_told_in_the_end_is_told_over_its_fallback_once(
    desk: Desk, sink: Callable[..., Sink]
) -> None:
    gone = sink(Reply(404, b"no_service"))
    slack = {"id": "desk-slack", "type": "slack", "webhook_url": f"{gone.url}/hook", "fallback": "spare"}
    desk.start([slack, {"id": "spare", "type": "console"}])
    desk.news("Rosneft fined")
    desk.send("desk-slack")
    [message] = [said for said in desk.send("spare") if "lead, not a finding" in said]
    assert "Rosneft fined" in message
    assert "desk-slack could not be told: Slack answered 404: no_service" in message
    assert desk.send("spare") == []
    states = {(d.channel, d.state) for d in desk.service.store.deliveries()}
    assert states == {("desk-slack", DeliveryState.DEAD), ("spare", DeliveryState.SENT)}


def test_a_channel_that_fails_for_long_has_its_fallback_told_early_and_once(
    desk: Desk, sink: Callable[..., Sink]
) -> None:
    down = sink(Reply(500, b"no"))
    slack = {"id": "desk-slack", "type": "slack", "webhook_url": f"{down.url}/hook", "fallback": "spare"}
    desk.start([slack, {"id": "spare", "type": "console"}])
    desk.news("Rosneft fined")
    began, told = desk.now, []
    while desk.now < began + timedelta(days=3):
        desk.send("desk-slack")
        told += [(desk.now - began, said) for said in desk.send("spare") if "lead, not a finding" in said]
        [slack_one] = [one for one in desk.service.store.deliveries() if one.channel == "desk-slack"]
        if slack_one.next_attempt is None:
            break
        desk.now = slack_one.next_attempt
    assert slack_one.state is DeliveryState.DEAD  # given up in the end, which tells nobody again
    [(late, message)] = told
    assert late < timedelta(minutes=30)
    assert f"desk-slack could not be told so far, and is tried again (delivery {slack_one.id}): " in message


def test_who_asks_to_be_asked_tomorrow_has_the_fallback_told_today(desk: Desk, sink: Callable[..., Sink]) -> None:
    busy = sink(Reply(429, b"", {"Retry-After": "7200"}))
    slack = {"id": "desk-slack", "type": "slack", "webhook_url": f"{busy.url}/hook", "fallback": "spare"}
    desk.start([slack, {"id": "spare", "type": "console"}], fallback_after="1h")
    desk.news("Rosneft fined")
    desk.send("desk-slack")
    assert len([said for said in desk.send("spare") if "lead, not a finding" in said]) == 1


def test_a_channel_that_was_told_anyway_is_not_told_again_as_a_fallback(desk: Desk, sink: Callable[..., Sink]) -> None:
    gone = sink(Reply(410, b"channel_is_archived"))
    slack = {"id": "desk-slack", "type": "slack", "webhook_url": f"{gone.url}/hook", "fallback": "terminal"}
    desk.start([{"id": "terminal", "type": "console"}, slack])
    desk.news("Rosneft fined")
    assert len(desk.send("terminal")) == 1
    desk.send("desk-slack")
    assert desk.send("terminal") == []


def test_a_flood_that_dies_falls_back_as_one_message(desk: Desk, sink: Callable[..., Sink]) -> None:
    gone = sink(Reply(404, b"no_service"))
    slack = {"id": "desk-slack", "type": "slack", "webhook_url": f"{gone.url}/hook", "fallback": "spare"}
    desk.start([slack, {"id": "spare", "type": "console"}], burst=5)
    desk.news(*many(30))
    desk.send("desk-slack")
    [message] = [said for said in desk.send("spare") if "lead, not a finding" in said]
    assert all(title in message for title in many(30))


def test_a_link_in_a_message_proves_where_it_came_from(desk: Desk) -> None:
    desk.start([{"id": "desk", "type": "console"}])
    desk.service.base_url = "https://watch.example.org"
    desk.news("Rosneft fined")
    [message] = desk.send()
    found = re.search(r"https://watch\.example\.org/hits/1\?via=(\S+)", message)
    assert found
    [sent] = desk.service.store.deliveries()
    key = desk.service.store.secret(KEY, NOW)
    assert sealed_delivery(found[1]) == sent.id
    assert is_seal(key, found[1], sent.id, sent.uid)
    assert not is_seal(bytes(32), found[1], sent.id, sent.uid)
