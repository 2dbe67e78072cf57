"""When a feed that is said to have moved for good is asked for at its new address. Pure.

A 301 is often a mistake that is taken back the same day, and sometimes an expired domain's buyer; the settings are a
person's and are never rewritten. So a move is believed only when every poll of a day said the same, and ends with the
first failure at the new address: then the one that a person wrote is asked again. A 302 says nothing about tomorrow.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.model.feeds import Move

POLLS = 3
"""Polls in a row that must say the same."""

TIME = timedelta(days=1)
"""Between the first of them and the last."""


def address(url: str, move: Move) -> str:
    """Where a feed that is configured as `url` is asked for."""
    return move.to if move.followed else url


def after_success(url: str, before: Move, said: str, now: datetime) -> Move:
    """The move after a poll whose answer `said` where the feed has moved for good ("": nowhere)."""
    if before.followed:
        return before
    if not said or said == url or urlsplit(url).username is not None:  # a name and password are for where they stand
        return Move()
    if said != before.to or before.since is None:
        return Move(said, now, 1)
    polls = before.polls + 1
    return replace(before, polls=polls, followed=polls >= POLLS and now - before.since >= TIME)


def after_failure(before: Move) -> Move:
    return Move() if before.followed else before
