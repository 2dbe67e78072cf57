"""The sign of life, and when it is due. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from monitor.alerts.times import Period, next_digest, say_time
from monitor.model.alerts import Notice, Trouble
from monitor.model.watchlists import Severity

_LONGEST: dict[Period, timedelta] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=2),
    "weekly": timedelta(days=8),
}


def last_due(now: datetime, period: Period, at: str, zone: tzinfo) -> datetime | None:
    """The latest time at which a message of this period was due, not after `now`."""
    due, found = next_digest(now - _LONGEST[period] - timedelta(seconds=1), period, at, zone), None
    while due <= now:
        found, due = due, next_digest(due, period, at, zone)
    return found


def heartbeat(
    now: datetime,
    *,
    feeds: int,
    polls: int,
    failed: int,
    articles: int,
    hits: int,
    troubles: Sequence[Trouble],
    head: str = "",
) -> Notice:
    """A sign of life. Counts are of the last 24 hours, but for `feeds`: those watched.

    head: the end of the audit trail: kept in somebody's mailbox, it shows later whether the trail was cut or made anew.
    """
    said = [
        f"{feeds} feeds watched, {polls} polls ({failed} failed), {articles} articles screened, {hits} hits "
        "in the last 24 hours"
    ]
    said += [f"still wrong: {one.said}" for one in troubles] or ["nothing is known to be wrong"]
    if head:
        said.append(f"audit trail: {head} (to be checked with `monitor audit verify --head`)")
    return Notice("heartbeat", f"The monitor is alive, {say_time(now)}", Severity.LOW, tuple(said))
