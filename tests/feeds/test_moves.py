from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.moves import POLLS, address, after_failure, after_success
from monitor.model.feeds import Move

NOW = datetime(2025, 10, 22, 12, tzinfo=UTC)
OLD, NEW = "https://paper.example/rss", "https://paper.example/feed.xml"
HOUR = timedelta(hours=1)


def told(*said: str, every: timedelta = HOUR, url: str = OLD) -> Move:
    """The move after polls whose answers said these."""
    move = Move()
    for number, one in enumerate(said):
        move = after_success(url, move, one, NOW + number * every)
    return move


def test_a_move_is_followed_when_every_poll_of_a_day_said_it() -> None:
    assert not told(*[NEW] * 24).followed
    move = told(*[NEW] * 25)
    assert (move.to, move.since, move.followed) == (NEW, NOW, True)
    assert address(OLD, move) == NEW


def test_a_feed_polled_once_a_day_is_believed_after_some_polls() -> None:
    day = timedelta(days=1)
    assert not told(*[NEW] * (POLLS - 1), every=day).followed
    assert told(*[NEW] * POLLS, every=day).followed


@pytest.mark.parametrize("other", ["", "https://another.example/rss"])
def test_one_poll_that_says_otherwise_begins_anew(other: str) -> None:
    assert not told(*[NEW] * 20, other, *[NEW] * 20).followed


def test_a_failure_at_the_new_address_leads_back_to_the_one_in_the_settings() -> None:
    move = told(*[NEW] * 25)
    assert after_success(OLD, move, "", NOW) == move, "the new address says nothing of moving"
    assert address(OLD, after_failure(move)) == OLD
    unsure = told(NEW)
    assert after_failure(unsure) == unsure, "an outage of the old address says nothing of the move"


def test_a_feed_with_a_password_stays_where_its_password_is_for() -> None:
    url = "https://desk:secret@paper.example/rss"
    assert told(*[NEW] * 30, url=url) == Move()
