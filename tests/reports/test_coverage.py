"""Gaps and outages: told from polls as they were recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model.coverage import FeedCoverage, Outage, Poll, WatchedFeed
from monitor.reports.coverage import FeedTracker, OutageTracker, within

DAY = datetime(2026, 11, 22, tzinfo=UTC)
END = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=30)
QUARTER = timedelta(minutes=15)
FEED = WatchedFeed("world", "The World", "https://world.example/rss", since=DAY - timedelta(days=9))


def at(hours: float, *, error: str = "", known: int | None = 20, unchanged: bool = False, feed: str = "world") -> Poll:
    moment = DAY + timedelta(hours=hours)
    return Poll(feed, moment, moment, error, unchanged, seen=20, known=known, next_poll=moment + QUARTER, list_set=1)


def quarters(start: float, end: float, **more: object) -> list[Poll]:
    """A poll every quarter of an hour, hours counted from midnight."""
    return [at(start + number / 4, **more) for number in range(int((end - start) * 4))]  # type: ignore[arg-type]


def coverage(polls: list[Poll], feed: WatchedFeed = FEED, now: datetime = LATER) -> FeedCoverage:
    tracker = FeedTracker(feed, DAY, END)
    for poll in polls:
        tracker.add(poll)
    return tracker.close(now)


def test_polled_all_day_there_is_no_gap() -> None:
    found = coverage(quarters(-1, 25))
    assert found.gaps == ()
    assert found.healthy
    assert (found.polls, found.failed) == (96, 0)
    assert found.last_success == DAY + timedelta(hours=23.75)


def test_failures_that_pass_within_the_interval_are_no_gap() -> None:
    polls = quarters(-1, 25)
    polls.insert(20, at(4.05, error="503"))
    found = coverage(polls)
    assert found.gaps == ()
    assert found.failed == 1


def test_hours_of_failures_are_a_gap_from_the_last_success_to_the_next() -> None:
    polls = [*quarters(-1, 13), *quarters(13, 17, error="503 Service Unavailable"), *quarters(17, 25)]
    [gap] = coverage(polls).gaps
    assert (gap.since, gap.until) == (DAY + timedelta(hours=12.75), DAY + timedelta(hours=17))
    assert gap.due == DAY + timedelta(hours=13)
    assert (gap.failed, gap.said) == (16, "503 Service Unavailable")


def test_a_gap_is_caught_up_where_the_next_poll_reaches_back_to_what_was_known() -> None:
    def after(poll: Poll) -> FeedCoverage:
        return coverage([*quarters(-1, 13), poll, *quarters(17.25, 25)])

    assert [gap.caught_up for gap in after(at(17, known=3)).gaps] == [True]
    assert after(at(17, known=3)).healthy
    assert [gap.caught_up for gap in after(at(17, known=0)).gaps] == [False]
    assert not after(at(17, known=0)).healthy
    assert [gap.caught_up for gap in after(at(17, known=None)).gaps] == [None]
    assert not after(at(17, known=None)).healthy
    assert [gap.caught_up for gap in after(at(17, known=None, unchanged=True)).gaps] == [True]


def test_gaps_over_the_edges_of_the_period_are_told_whole() -> None:
    polls = [at(-3), *quarters(2, 22), at(26)]
    first, last = coverage(polls).gaps
    assert (first.since, first.until) == (DAY - timedelta(hours=3), DAY + timedelta(hours=2))
    assert (last.since, last.until) == (DAY + timedelta(hours=21.75), DAY + timedelta(hours=26))


def test_a_gap_that_begins_after_the_period_is_not_its_own() -> None:
    assert coverage([*quarters(-1, 24.25), at(40)]).gaps == ()


def test_a_feed_that_was_never_polled_is_one_gap() -> None:
    new = WatchedFeed("new", "", "https://new.example/rss", since=DAY + timedelta(hours=8))
    found = coverage([], new)
    [gap] = found.gaps
    assert (gap.since, gap.until) == (new.since, None)
    assert not found.healthy


def test_a_feed_that_was_switched_off_has_no_gap_afterwards() -> None:
    off = WatchedFeed("off", "", "https://off.example/rss", DAY - QUARTER, until=DAY + timedelta(hours=12))
    assert coverage(quarters(-0.25, 12), off).gaps == ()
    [gap] = coverage(quarters(-0.25, 6), off).gaps
    assert gap.until == off.until


def test_while_the_period_lasts_only_what_is_over_can_be_missed() -> None:
    now = DAY + timedelta(hours=12, minutes=10)
    assert coverage(quarters(-1, 12.25), now=now).gaps == ()
    [gap] = coverage(quarters(-1, 11.25), now=now).gaps
    assert gap.until is None


def test_old_polls_that_do_not_say_when_the_next_was_due_are_given_an_hour() -> None:
    moment = DAY - timedelta(minutes=10)
    polls = [Poll("world", moment + n * timedelta(minutes=55), moment + n * timedelta(minutes=55)) for n in range(30)]
    assert coverage(polls).gaps == ()
    hourly = WatchedFeed("world", "", "https://world.example/rss", FEED.since, interval=600.0)
    assert len(coverage(polls, hourly).gaps) == len([poll for poll in polls if poll.finished < END])


def outages(polls: list[Poll], *, before: Poll | None = None, after: Poll | None = None) -> tuple[Outage, ...]:
    tracker = OutageTracker(before)
    for poll in polls:
        tracker.add(poll, FEED)
    return tracker.close(after, LATER)


def test_when_no_feed_is_polled_though_one_is_due_the_monitor_was_down() -> None:
    polls = [*quarters(0, 6), *quarters(9, 24)]
    assert outages(polls, before=at(-0.25), after=at(24)) == (
        Outage(DAY + timedelta(hours=5.75), DAY + timedelta(hours=9)),
    )


def test_feeds_that_fail_do_not_make_an_outage() -> None:
    assert outages(quarters(0, 24, error="refused"), before=at(-0.25), after=at(24)) == ()


def test_an_outage_that_lasts_has_no_end() -> None:
    assert outages(quarters(0, 6), before=at(-0.25)) == (Outage(DAY + timedelta(hours=5.75), None),)


def test_an_outage_over_the_whole_period() -> None:
    tracker = OutageTracker(at(-5))
    tracker.expect(at(-5), FEED)
    found = within(tracker.close(at(30), LATER), DAY, END)
    assert found == (Outage(DAY - timedelta(hours=5), DAY + timedelta(hours=30)),)


def test_a_feed_that_failed_for_days_is_no_sign_of_an_outage() -> None:
    tracker = OutageTracker(at(-0.5, feed="other"))
    tracker.expect(at(-70), FEED)
    tracker.add(at(-0.25, feed="other"), FEED)
    assert tracker.close(at(-0.01, feed="other"), LATER) == ()


@given(st.lists(st.tuples(st.integers(-300, 1800), st.booleans(), st.sampled_from([None, 0, 5])), max_size=40))
def test_every_moment_is_covered_or_in_a_gap(minutes: list[tuple[int, bool, int | None]]) -> None:
    """Whatever the polls were: no gap overlaps another, and what is outside gaps is near a success."""
    polls = [
        at(m / 60, error="" if well else "no", known=known)
        for m, well, known in sorted(minutes, key=lambda one: one[0])
    ]
    found = coverage(polls)
    for one, other in zip(found.gaps, found.gaps[1:], strict=False):
        assert one.until is not None
        assert one.until <= other.since
    successes = [poll.finished for poll in polls if not poll.error]
    for hour in range(24):
        moment = DAY + timedelta(hours=hour)
        in_gap = any(gap.since <= moment and (gap.until is None or moment <= gap.until) for gap in found.gaps)
        near = any(success <= moment <= success + 2 * QUARTER for success in successes)
        assert in_gap or near
