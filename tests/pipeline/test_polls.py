"""One poll of one feed after the other."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.daemon import Daemon, close_service
from monitor.model.feeds import FeedState
from monitor.pipeline.health import check_health
from tests.pipeline.office import Office, Press
from tests.store.support import MINUTE, NOW

HOUR = timedelta(hours=1)


def test_a_feed_that_moved_for_good_is_read_there_after_a_day_and_it_is_said_once(office: Office, press: Press) -> None:
    press.feed("/new", "Calm seas")
    press.answers["/old"] = (301, {"Location": "/new"}, "")
    office.start({"id": "tide", "url": press.at(1, "/old")})
    for _ in range(25):
        office.poll()
        office.now += HOUR
    status = office.status("tide")
    assert (status.move.to, status.move.followed, status.failures) == (press.at(1, "/new"), True, 0)
    assert status.source.url.endswith("/old"), "the settings are a person's"
    assert len(office.heard("has moved for good")) == 1
    press.asked.clear()
    office.poll()
    assert press.asked == ["/new"]
    assert len(office.heard("has moved for good")) == 1

    press.answers["/new"] = (404, {}, "no")
    press.feed("/old", "Calm seas")
    office.poll()
    assert office.status("tide").failures == 1
    office.poll()
    assert press.asked[-1] == "/old"
    assert office.status("tide").state is FeedState.OK


@pytest.mark.parametrize("status", [302, 307])
def test_a_feed_that_is_lent_elsewhere_stays(office: Office, press: Press, status: int) -> None:
    press.feed("/new", "Calm seas")
    press.answers["/old"] = (status, {"Location": "/new"}, "")
    office.start({"id": "tide", "url": press.at(1, "/old")})
    for _ in range(5):
        office.poll()
        office.now += 12 * HOUR
    assert not office.status("tide").move.to
    assert press.asked[-2:] == ["/old", "/new"]


def test_a_feed_that_is_gone_is_asked_once_a_day_and_comes_back(office: Office, press: Press) -> None:
    press.answers["/rss"] = (410, {}, "no")
    office.start({"id": "tide", "url": press.at(1), "interval": "1m"})
    office.poll()
    status = office.status("tide")
    assert (status.state, status.failures) == (FeedState.GONE, 1)
    assert "410" in status.last_error
    assert office.wait("tide") > 20 * 3600
    press.feed("/rss", "Calm seas")
    office.poll()
    assert office.status("tide").state is FeedState.OK


def test_our_network_that_is_down_is_held_against_no_feed(office: Office, press: Press) -> None:
    press.feed("/rss", "Calm seas")
    names = [f"paper-{host}" for host in range(1, 6)]
    office.start(*({"id": name, "url": press.at(host)} for host, name in enumerate(names, 1)))
    office.poll()
    assert not office.heard("network")
    press.close()
    try:
        for _ in range(3):
            office.now += MINUTE
            office.poll()
            assert [office.status(name).failures for name in names] == [0] * 5
            assert all(office.wait(name) <= 75 for name in names), "tried again soon, for it may be back"
    finally:
        press.open()
    assert sum(line.startswith("our network is down") for line in office.said) == 1
    assert "our network is down" in office.status("paper-5").last_error
    assert office.service.network.down_since == NOW + MINUTE
    assert not check_health(office.service, started=NOW - HOUR).began, "it may pass"
    office.now += 15 * MINUTE
    [trouble] = check_health(office.service, started=NOW - HOUR).began
    assert "every feed fails: is the network down" in trouble.said
    office.poll()
    assert len(office.heard("the network is back after 17 minutes")) == 1
    assert office.service.network.down_since is None
    assert {office.status(name).state for name in names} == {FeedState.OK}


def test_a_network_that_is_down_from_the_start(office: Office, press: Press) -> None:
    names = [f"paper-{host}" for host in range(1, 6)]
    office.start(*({"id": name, "url": f"http://{name}.invalid/rss"} for name in names))
    office.poll()
    assert [office.status(name).failures for name in names] == [0] * 5
    assert office.service.network.down_since is not None


def test_dead_feeds_among_living_ones_are_their_own_fault(office: Office, press: Press) -> None:
    press.feed("/rss", "Calm seas")
    rows = [{"id": f"dead-{n}", "url": f"http://dead-{n}.invalid/rss"} for n in range(4)]
    rows += [{"id": f"paper-{host}", "url": press.at(host)} for host in range(1, 6)]
    office.start(*rows)
    for _ in range(3):
        office.poll()
        office.now += MINUTE
    assert [office.status(f"dead-{n}").failures for n in range(4)] == [3] * 4
    assert not office.heard("network")


def test_readyz_says_that_the_network_is_down(tmp_path: Path, press: Press) -> None:
    office = Office(tmp_path, press)
    office.start(*({"id": f"paper-{n}", "url": f"http://paper-{n}.invalid/rss"} for n in range(4)), interval="1s")
    close_service(office.service)
    daemon = Daemon(office.settings, echo=office.said.append)
    daemon.start()
    try:
        for _ in range(100):
            if daemon.service.network.down_since:
                break
            threading.Event().wait(0.1)
        assert any("our network is down since" in reason for reason in daemon.unready())
    finally:
        daemon.stop()


def test_a_feed_is_asked_as_often_as_it_brings_news_unless_a_person_said_how_often(
    office: Office, press: Press
) -> None:
    titles = [f"Ferry number {n} has sailed" for n in range(20)]
    for path, minutes in (("/busy", 4), ("/calm", 600), ("/own", 600)):
        dates = [NOW - n * minutes * MINUTE for n in range(20)]
        press.feed(path, *titles, dates=dates)
    press.feed("/undated", *titles)
    office.start(
        {"id": "busy", "url": press.at(1, "/busy")},
        {"id": "calm", "url": press.at(1, "/calm")},
        {"id": "undated", "url": press.at(1, "/undated")},
        {"id": "own", "url": press.at(1, "/own"), "interval": "1s"},
    )
    for _ in range(2):  # the second poll finds nothing new, and remembers
        office.poll()
        waits = {name: office.wait(name) for name in ("busy", "calm", "undated", "own")}
        assert 300 <= waits["busy"] <= 315
        assert 3600 <= waits["calm"] <= 3780
        assert 900 <= waits["undated"] <= 945
        assert 1 <= waits["own"] <= 1.1


def test_feeds_are_fetched_through_the_proxy_that_is_set(office: Office, press: Press) -> None:
    document = "<rss version='2.0'><channel><title>T</title><item><title>Rosneft fined</title></item></channel></rss>"
    press.answers["http://news.example/rss"] = (200, {}, document)  # as a proxy is asked, with the whole address
    office.start({"id": "far", "url": "http://news.example/rss"}, proxy=press.at(1, ""))
    office.poll()
    assert office.status("far").last_error == ""
    assert office.status("far").entries == 1
