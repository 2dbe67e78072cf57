"""Who is polled when many are due: a slow or crowded host, and searches."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from monitor import config
from monitor.pipeline.lists import load_lists
from monitor.pipeline.rescreen import take_up
from monitor.pipeline.rounds import Rounds, poll_once
from tests.pipeline.office import Office

MANY = "watchlist: oil\nentities:\n" + "".join(f"  - {{id: e{n}, name: Firma Numer {n}}}\n" for n in range(12))


def settle(rounds: Rounds) -> None:
    end = time.monotonic() + 20
    while rounds.in_hand() and time.monotonic() < end:
        rounds.wait(0.1)


def search_office(office: Office, **more: object) -> None:
    template = {"id": "hunt", "url": office.press.at(1, "/find?q={name}"), "search": {"watchlists": ["oil"]}}
    for n in range(12):
        office.press.feed(f"/find?q=Firma%20Numer%20{n}", f"Firma Numer {n} opens a port")
    office.press.feed("/rss", "Harbour opens")
    (office.directory / "oil.yaml").write_text(MANY)
    office.start({"id": "harbour", "url": office.press.at(1), "interval": "1m"}, template | more)
    paths = (office.directory / "list.yaml", office.directory / "oil.yaml")
    take_up(office.service, load_lists(paths, threshold=88.0), window=0)
    office.service.take_feeds(config.load(office.directory / "monitor.yaml", {}).feeds)


def asked(office: Office) -> list[str]:
    return [path for path in office.press.asked if path.startswith("/find")]


def test_searches_are_asked_for_one_after_the_other_over_their_interval(office: Office) -> None:
    search_office(office, interval="12m")
    rounds = Rounds(office.service)
    for second in range(300):
        rounds.claim_polls()
        settle(rounds)
        assert len(asked(office)) == second // 60 + 1
        office.now += timedelta(seconds=1)
    assert len(set(asked(office))) == 5
    assert office.press.asked.count("/rss") >= 4  # the ordinary feed goes on beside them
    found = {feed.source.id for feed in office.service.store.feeds() if feed.entries}
    assert len(found) == 6
    assert all(id == "harbour" or id.startswith("hunt.oil.e") for id in found)
    rounds.stop(1)


def test_a_night_without_power_is_no_crowd_afterwards(office: Office) -> None:
    search_office(office, interval="12m")
    poll_once(office.service)
    office.now += timedelta(days=1)
    office.service.store.poll_soon(office.now, older_than=timedelta(minutes=1))
    before = len(asked(office))
    rounds = Rounds(office.service)
    for _ in range(3):
        rounds.claim_polls()
        settle(rounds)
        office.now += timedelta(seconds=1)
    assert len(asked(office)) == before + 1
    rounds.stop(1)


def test_a_single_pass_leaves_searches_their_pace(office: Office) -> None:
    search_office(office, interval="12m")
    poll_once(office.service)
    assert len(asked(office)) == 12  # nobody was searched for before
    poll_once(office.service)
    assert len(asked(office)) == 12
    office.now += timedelta(minutes=15)
    poll_once(office.service)
    assert len(asked(office)) == 24
    poll_once(office.service, only={"hunt.oil.e3"})
    assert asked(office)[-1] == "/find?q=Firma%20Numer%203"


def test_a_single_pass_asks_every_feed_of_one_host_whenever_the_one_before_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        office.press.feed(f"/{number}", f"Harbour {number} opens")
    office.start(
        *({"id": f"paper{number}", "url": office.press.at(1, f"/{number}")} for number in range(5)), per_host=1
    )
    claim_polls = Rounds.claim_polls

    def at_the_worst_moment(rounds: Rounds, **how: Any) -> list[str]:
        """What is in hand ends after its host was found busy, and before it is asked whether anything is in hand."""
        started = claim_polls(rounds, **how)
        if not started:
            settle(rounds)
        return started

    monkeypatch.setattr(Rounds, "claim_polls", at_the_worst_moment)
    monkeypatch.setattr(Rounds, "wait", lambda rounds, seconds: None)  # as if a fetch took longer than the wait
    assert poll_once(office.service).polled == 5
    assert sorted(office.press.asked) == [f"/{number}" for number in range(5)]


def test_who_leaves_the_list_is_searched_for_no_longer(office: Office) -> None:
    search_office(office)
    (office.directory / "oil.yaml").write_text(MANY.replace("Numer 0}", "Numer 77}"))
    short = "".join(MANY.splitlines(keepends=True)[:4])
    (office.directory / "oil.yaml").write_text(short)
    take_up(office.service, load_lists([office.directory / "oil.yaml"], threshold=88.0), window=0)
    sources = config.load(office.directory / "monitor.yaml", {}).feeds
    office.service.take_feeds(sources)
    assert [id for id in office.service.feeds if id.startswith("hunt")] == ["hunt.oil.e0", "hunt.oil.e1"]
    states = {feed.source.id: feed.source.enabled for feed in office.service.store.feeds()}
    assert states["hunt.oil.e1"]
    assert not states["hunt.oil.e2"]
    office.service.store.sync_feeds(sources, office.now)  # as other commands do, which read no lists
    assert {feed.source.id: feed.source.enabled for feed in office.service.store.feeds()} == states


def test_feeds_of_one_host_keep_no_thread_from_another(office: Office) -> None:
    crowd = [{"id": f"crowd-{n}", "url": office.press.at(1, f"/{n}")} for n in range(9)]
    office.start(*crowd, {"id": "other", "url": office.press.at(2)}, concurrency=4, per_host=1)
    rounds = Rounds(office.service)
    first = rounds.claim_polls()
    assert first[:2] == ["crowd-0", "crowd-1"]
    assert first[2:] == ["other"]
    settle(rounds)
    assert len(rounds.claim_polls()) == 2
    settle(rounds)
    rounds.stop(1)
