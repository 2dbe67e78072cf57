"""Whether it is our own network that is down, and not the feeds. Pure.

One dead host is the host's affair; when one after another does not answer, and nobody does in between, it is ours. Only
hosts that were well count as witnesses: those that have been dead for long prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

HOSTS = 3
"""Different hosts that must have failed since anybody last answered."""

CALM = timedelta(seconds=10)
"""How long nobody may have answered, where fewer than half of all hosts have failed: at a start, the names that the DNS
does not know fail before the first newspaper has answered."""

RETRY = 60.0
"""Seconds until a feed is tried again that our network kept from being read."""


@dataclass(frozen=True, slots=True)
class Network:
    """What the last requests say. "Answering" is anything that came from a host, be it 404."""

    answered: datetime | None = None  # when somebody last did
    silent: Mapping[str, str] = field(default_factory=dict)  # feed → host: those that were well, and then did not
    since: datetime | None = None  # the first of them
    down: bool = False


def after_answer(now: datetime) -> Network:
    return Network(answered=now)


def after_silence(before: Network, feed: str, host: str, *, well: bool, hosts: int, now: datetime) -> Network:
    """A host did not answer. well: whether the feed's last poll succeeded, or it is new. hosts: how many we ask."""
    if not well:
        return before
    silent = {**before.silent, feed: host}
    since = before.since or now
    failed = len(set(silent.values()))
    waited = now - max(since, before.answered or since) >= CALM
    down = before.down or (failed >= HOSTS and (2 * failed >= hosts or waited))
    return replace(before, silent=silent, since=since, down=down)
