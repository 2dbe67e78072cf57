"""Gaps and outages, told from recorded polls. Pure.

A success is good until the next poll was due, and a while longer: polls wait for their turn. What lies between that
and the next success is not proven to have been looked at. Where the next success still lists entries that were known
before, nothing had dropped off the feed meanwhile, and the gap is caught up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.coverage import FeedCoverage, Gap, Outage, Poll, WatchedFeed

LATE, LATEST = timedelta(minutes=2), timedelta(minutes=15)
"""How late a poll may come without being a gap: half of its interval, within these."""

UNSTATED = timedelta(hours=1)
"""When the next poll was due where that was not noted: the longest interval that is chosen for a feed by itself."""


def patience(poll: Poll, feed: WatchedFeed) -> tuple[datetime, datetime]:
    """When the next poll was due, and from when on it is missed."""
    usual = timedelta(seconds=feed.interval) if feed.interval is not None else UNSTATED
    due = poll.next_poll or poll.finished + usual
    return due, due + min(max((due - poll.finished) / 2, LATE), LATEST)


class FeedTracker:
    """One feed's polls, taken up in the order of their time, and what they come to between `start` and `end`."""

    def __init__(self, feed: WatchedFeed, start: datetime, end: datetime) -> None:
        self.feed = feed
        self.start, self.end = start, end
        self.polls = self.failed = self.unchanged = self.entries = self.edited = 0
        self.last: datetime | None = None  # success
        self._since = feed.since
        self._due, self._missed = feed.since, feed.since + LATEST
        self._failures = 0
        self._said = ""
        self._gaps: list[Gap] = []

    def add(self, poll: Poll) -> None:
        if self.start <= poll.finished < self.end:
            self.polls += 1
            self.failed += bool(poll.error)
            self.unchanged += poll.unchanged
            self.entries += poll.new
            self.edited += poll.edited
        if poll.error:
            self._failures += 1
            self._said = poll.error
            return
        if poll.finished > self._missed:
            self._gap(poll.finished, caught_up(poll))
        if poll.finished < self.end:
            self.last = poll.finished
        self._since = poll.finished
        self._due, self._missed = patience(poll, self.feed)
        self._failures, self._said = 0, ""

    def close(self, now: datetime, outages: Sequence[Outage] = ()) -> FeedCoverage:
        """What it all came to; `now`: until when polls are known."""
        until = min(self.feed.until or now, now)
        if until > self._missed:
            self._gap(self.feed.until if self.feed.until and self.feed.until <= now else None, None)
        return FeedCoverage(
            feed=self.feed,
            polls=self.polls,
            failed=self.failed,
            unchanged=self.unchanged,
            entries=self.entries,
            edited=self.edited,
            last_success=self.last,
            gaps=tuple(
                replace(gap, down=any(_overlap(gap, outage, now) for outage in outages))
                for gap in self._gaps
                if gap.due < self.end and (gap.until or now) > self.start
            ),
        )

    def _gap(self, until: datetime | None, bridged: bool | None) -> None:
        self._gaps.append(
            Gap(self.feed.id, self._since, self._due, until, self._failures, self._said, caught_up=bridged)
        )  # fmt: skip


def caught_up(poll: Poll) -> bool | None:
    """Whether a success shows that nothing was missed since the one before."""
    if poll.unchanged:
        return True
    return None if poll.known is None else poll.known > 0


class OutageTracker:
    """All feeds' polls, failed ones too, in the order of their time. `last`: the last one before them."""

    def __init__(self, last: Poll | None) -> None:
        self._last = last.finished if last else None
        self._missed: dict[str, datetime] = {}  # feed → from when on its next poll is missed
        self._outages: list[Outage] = []

    def expect(self, poll: Poll, feed: WatchedFeed) -> None:
        """Take up a feed's last success before the others, which its later failures may have made pointless."""
        missed = patience(poll, feed)[1]
        if self._last is not None and missed >= self._last:
            self._missed[poll.feed] = missed

    def add(self, poll: Poll, feed: WatchedFeed) -> None:
        self._look(poll.started, over=True)
        self._last = max(self._last or poll.finished, poll.finished)
        self._missed[poll.feed] = patience(poll, feed)[1]

    def close(self, after: Poll | None, now: datetime) -> tuple[Outage, ...]:
        """`after`: the first poll that was not taken up."""
        self._look(after.started if after else now, over=after is not None)
        return tuple(self._outages)

    def _look(self, moment: datetime, *, over: bool) -> None:
        if self._last is None or moment - self._last <= LATE:  # as nearly always
            return
        if any(missed < moment for missed in self._missed.values()):
            self._outages.append(Outage(self._last, moment if over else None))


def within(outages: Iterable[Outage], start: datetime, end: datetime) -> tuple[Outage, ...]:
    return tuple(one for one in outages if one.since < end and (one.until is None or one.until > start))


def _overlap(gap: Gap, outage: Outage, now: datetime) -> bool:
    return outage.since < (gap.until or now) and (outage.until or now) > gap.due
