"""What the monitor says of itself: through the same outbox, once, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from monitor.daemon import Daemon, build_service
from monitor.model.alerts import DeliveryKind, Notice
from monitor.model.watchlists import Severity
from monitor.pipeline.health import beat, check_health, ping, tell
from tests.alerts.servers import Reply, Sink
from tests.pipeline.desk import Desk
from tests.store.support import MINUTE, NOW, nobody, poll

HOUR = timedelta(hours=1)
TERMINAL = {"id": "terminal", "type": "console"}


def polled(desk: Desk, feed: str, error: str = "") -> None:
    outcome = poll(feed=feed, at=desk.now, **({"error": error, "status": 503} if error else {}))
    desk.service.store.record_poll(outcome, nobody)


def look(desk: Desk, **more: Any) -> list[str]:
    """What a look at the health of things makes people read."""
    check_health(desk.service, started=NOW - HOUR, **more)
    return [message for message in desk.send() if "lead, not a finding" in message]


def test_a_dead_feed_is_told_once_also_after_a_restart_and_so_is_its_recovery(desk: Desk) -> None:
    desk.start([TERMINAL])
    polled(desk, "world")
    polled(desk, "trade")
    for _ in range(8):
        desk.now += HOUR
        polled(desk, "world", "https://world.example answered 503")
        polled(desk, "trade")
        told = look(desk)
        if told:
            break
    [alarm] = told
    assert "feed world is dead: last read 2 Mar 2026, 09:30 UTC; https://world.example answered 503" in alarm
    assert any(line.startswith("ALARM: feed world is dead") for line in desk.said)

    desk.service.store.close()
    desk.service = build_service(desk.settings, echo=desk.said.append, clock=lambda: desk.now)
    desk.now += HOUR
    polled(desk, "world", "https://world.example answered 502")
    polled(desk, "trade")
    assert look(desk) == []

    polled(desk, "world")
    [clear] = look(desk)
    assert "All clear: feed world is dead" in clear
    assert look(desk) == []


def test_a_channel_that_fails_is_told_of_over_another(desk: Desk, sink: Callable[..., Sink]) -> None:
    down = sink(Reply(500))
    desk.start([{"id": "desk-slack", "type": "slack", "webhook_url": f"{down.url}/hook"}, TERMINAL])
    polled(desk, "world")
    polled(desk, "trade")
    desk.news("Rosneft fined")
    desk.send()
    assert look(desk) == [], "it may mend itself"
    for _ in range(4):
        desk.now += 5 * MINUTE
        desk.send("desk-slack")
    polled(desk, "world")
    [alarm] = look(desk)
    assert "channel desk-slack takes no messages: Slack answered 500" in alarm
    assert {d.channel for d in desk.service.store.deliveries() if d.kind is DeliveryKind.NOTICE} == {"terminal"}

    down.replies[:] = [Reply(200)]
    desk.now += HOUR
    desk.send("desk-slack")
    polled(desk, "world")
    [clear] = look(desk)
    assert "All clear: channel desk-slack takes no messages" in clear


def test_a_stale_list_and_a_service_that_polls_nothing(desk: Desk) -> None:
    desk.start([TERMINAL])
    polled(desk, "world")
    desk.now += HOUR
    [alarm] = look(desk, stale_lists=["ofac-sdn"])
    assert "Monitor in trouble: 2 problems" in alarm
    assert "no feed was polled since" in alarm
    assert "the official list ofac-sdn is stale" in alarm


def test_a_feed_that_falls_silent(desk: Desk) -> None:
    desk.start([TERMINAL])
    for _ in range(8):
        desk.now += 6 * HOUR
        desk.news(f"Harbour news of {desk.now}")
    polled(desk, "trade")
    assert look(desk) == []
    desk.now += 26 * HOUR
    polled(desk, "world")
    polled(desk, "trade")
    [alarm] = look(desk)
    assert "feed world answers, but brought nothing new since" in alarm


def test_a_sign_of_life_once_a_day_that_says_what_was_done(desk: Desk) -> None:
    desk.start([TERMINAL], heartbeat="daily", digest_at="07:00")
    desk.now = NOW.replace(hour=6, minute=59)
    started = desk.now
    assert not beat(desk.service, started=started)
    desk.now = NOW.replace(hour=7, minute=0)
    polled(desk, "world")
    desk.service.store.note(who="ana", what="login", now=NOW)
    assert beat(desk.service, started=started)
    assert not beat(desk.service, started=started)
    [message] = desk.send()
    assert "The monitor is alive, 2 Mar 2026, 07:00 UTC" in message
    assert "2 feeds watched, 1 polls (0 failed)" in message
    assert f"audit trail: {desk.service.store.head()}" in message, "noted in a mailbox, it cannot be made anew"
    desk.now += timedelta(days=1)
    assert beat(desk.service, started=started)
    assert not beat(desk.service, started=desk.now), "what was due before it began is for others to miss"


def test_no_sign_of_life_unless_it_is_asked_for(desk: Desk) -> None:
    desk.start([TERMINAL])
    assert not beat(desk.service, started=NOW - timedelta(days=9))
    assert not ping(desk.service)


def test_the_watcher_of_the_monitor_is_asked_for(desk: Desk, sink: Callable[..., Sink]) -> None:
    watcher = sink(Reply(200))
    desk.start([TERMINAL], heartbeat_url=f"{watcher.url}/ping/secret-token")
    assert ping(desk.service)
    watcher.replies[:] = [Reply(500)]
    assert not ping(desk.service)
    assert "does not answer" in desk.said[-1]
    assert "secret-token" not in "".join(desk.said)


def test_a_notice_goes_where_the_routes_say_and_once_for_its_key(desk: Desk) -> None:
    desk.start([TERMINAL])
    notice = Notice("lists", "Lists changed: ofac-sdn: 3 added", Severity.MEDIUM, ("Added: Example Shipping",))
    assert tell(desk.service, notice, key="lists 1") == 1
    assert tell(desk.service, notice, key="lists 1") == 0
    [message] = desk.send()
    assert "Added: Example Shipping" in message


def test_the_watcher_hears_nothing_while_something_is_wrong(desk: Desk, sink: Callable[..., Sink]) -> None:
    watcher = sink(Reply(200))
    desk.start([TERMINAL], heartbeat_url=f"{watcher.url}/ping")
    daemon = Daemon(desk.settings, echo=desk.said.append, clock=lambda: desk.now)
    daemon.service, daemon.leading = desk.service, True
    daemon.ping()
    assert watcher.requests == [], "no feed was polled yet"
    polled(desk, "world")
    daemon.ping()
    assert len(watcher.requests) == 1
    desk.now += HOUR
    daemon.ping()
    daemon.health()
    assert len(watcher.requests) == 1
    assert any(line.startswith("ALARM: no feed was polled since") for line in desk.said)


def test_a_list_that_is_held_back_is_told_at_once_and_when_somebody_has_accepted_it(desk: Desk) -> None:
    desk.start([TERMINAL])
    polled(desk, "world")
    held = {"ofac-sdn": (desk.now, "10 records where the last list had 42")}
    [alarm] = look(desk, held_lists=held)
    assert "a download of the official list ofac-sdn is held back, the old one stays in use: 10 records where" in alarm
    assert look(desk, held_lists=held) == []
    desk.now += timedelta(minutes=5)
    [clear] = look(desk)
    assert "All clear: a download of the official list ofac-sdn is held back" in clear
