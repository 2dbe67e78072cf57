"""A look at an installation: clock, disk, database, lists, feeds, channels, the service. Nothing is changed or sent."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from monitor.alerts.send.probe import probe
from monitor.client import Client
from monitor.errors import FetchError, MonitorError
from monitor.matching import MATCHER_VERSION
from monitor.model.alerts import DeliveryState
from monitor.model.feeds import FeedState, FeedStatus
from monitor.model.findings import Finding, Grade
from monitor.model.settings import Channel
from monitor.pipeline.lists import DOWNLOADS, subscriptions
from monitor.store import Store, latest_schema
from monitor.watchlists.read import list_files, read_list

OK, WATCH, BROKEN = Grade.OK, Grade.WATCH, Grade.BROKEN

SKEW = timedelta(minutes=2)
"""A record this far in the future was written by a clock that was ahead, or ours is behind."""

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
"""Where systemd-timesyncd says that it set the clock (systemd-timesyncd.service(8))."""

LOW = 1_000_000_000
EMPTY = 100_000_000
"""Free bytes below which somebody should look, and below which writing will fail before long."""

QUICK = 500_000_000
"""Bytes of a SQLite file up to which its integrity is checked without being asked to: some seconds."""

SHOWN = 5
"""Failing feeds that are named; `monitor feeds list` names all."""

LIBRARIES = ("SQLAlchemy", "APScheduler", "feedparser", "trafilatura", "rapidfuzz", "fastapi", "lxml", "urllib3")


def clock(now: datetime, newest: datetime | None) -> Iterator[Finding]:
    """`newest`: the latest time in the database."""
    if newest and newest > now + SKEW:
        yield Finding(
            "clock",
            BROKEN,
            f"it is {now:%Y-%m-%d %H:%M} UTC here, but the database has a record of {newest:%Y-%m-%d %H:%M}",
            "set this machine's clock (NTP); until then nothing is polled before its time",
        )
    elif SYNCHRONISED.exists():
        yield Finding("clock", OK, f"{now:%Y-%m-%d %H:%M:%S} UTC, set by systemd-timesyncd")
    else:
        yield Finding("clock", OK, f"{now:%Y-%m-%d %H:%M:%S} UTC; nothing here says who sets it")


def disk(*paths: Path) -> Iterator[Finding]:
    """Space and rights where these files and directories are, or will be."""
    seen: set[int] = set()
    for path in paths:
        there = next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())
        device = there.stat().st_dev
        if not os.access(there, os.W_OK):
            yield Finding("disk", BROKEN, f"{there} may not be written", f"give {_user()} the right to write there")
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(there).free
        grade = BROKEN if free < EMPTY else WATCH if free < LOW else OK
        mend = "" if grade is OK else "free some space, or set retention.articles lower and run `monitor db prune`"
        yield Finding("disk", grade, f"{free / 1e9:.1f} GB free at {there}", mend)


def database(store: Store, *, thorough: bool) -> Iterator[Finding]:
    """Whether it answers, its schema, and, if small or asked for, whether the file is sound."""
    try:
        schema = store.schema_version()
    except MonitorError as error:
        yield Finding("database", BROKEN, str(error))
        return
    size = Path(store.db.path).stat().st_size if store.db.sqlite else 0
    about = f"{store.db.name}, schema {schema or 'none'}" + (f", {size / 1e6:.0f} MB" if size else "")
    if schema != latest_schema():
        yield Finding(
            "database",
            WATCH,
            f"{about}; this program's is {latest_schema()}",
            "it is brought up to date at the next start: run `monitor db backup` before",
        )
        return
    if not thorough and size > QUICK:
        yield Finding("database", OK, f"{about}; the file was not checked (--thorough does)")
        return
    problems = store.integrity()
    yield Finding(
        "database",
        BROKEN if problems else OK,
        f"{about}; {problems[0]}" if problems else f"{about}; sound",
        "stop the service and restore a backup" if problems else "",
    )


def lists(paths: Sequence[Path], now: datetime, *, downloads: Path = DOWNLOADS) -> Iterator[Finding]:
    """Every watchlist file, and how old the official lists are."""
    files = entities = names = 0
    for path in paths:
        try:
            for file in list_files(path):
                try:
                    read = read_list(file)
                except MonitorError as error:
                    yield Finding("lists", BROKEN, _first(error), "mend the file; the service does not start with it")
                    continue
                files, entities = files + 1, entities + len(read.entities)
                names += sum(len(entity.names) for entity in read.entities)
        except MonitorError as error:
            yield Finding("lists", BROKEN, _first(error), "see `watchlists` in the settings")
    for one in subscriptions(paths, downloads=downloads):
        state = one.state()
        if state.held:
            told = f"{one.watchlist}: a download is held back since {state.held.since:%Y-%m-%d}: {state.held.why}"
            yield Finding("lists", BROKEN, told, f"look at it, then `monitor lists accept {one.source}`")
        elif one.stale(now):
            since = f"was last confirmed {state.checked_at:%Y-%m-%d %H:%M} UTC" if state.checked_at else "is not here"
            yield Finding("lists", BROKEN, f"{one.watchlist} {since}", state.error or "`monitor lists update`")
        else:
            told = f"{one.watchlist}: confirmed {state.checked_at:%Y-%m-%d %H:%M} UTC, {state.records} records"
            yield Finding("lists", OK, told)
    grade = OK if entities else BROKEN
    mend = "" if entities else "nothing is watched: see `watchlists` in the settings"
    yield Finding("lists", grade, f"{files} files, {entities} entities, {names} names", mend)


def feeds(statuses: Sequence[FeedStatus], now: datetime) -> Iterator[Finding]:
    watched = [feed for feed in statuses if feed.state is not FeedState.DISABLED]
    bad = [feed for feed in watched if feed.state in (FeedState.FAILING, FeedState.GONE)]
    for feed in bad[:SHOWN]:
        since = f"{feed.last_success:%Y-%m-%d %H:%M} UTC" if feed.last_success else "never"
        told = f"{feed.source.id}: {feed.last_error or feed.state} (last good poll: {since})"
        yield Finding("feeds", WATCH, told, f"`monitor feeds test {feed.source.id}`")
    if len(bad) > SHOWN:
        yield Finding("feeds", WATCH, f"{len(bad) - SHOWN} more fail", "`monitor feeds list`")
    unheard = [feed for feed in watched if feed.last_success is None and feed not in bad]
    polled = max((feed.last_polled for feed in watched if feed.last_polled), default=None)
    lately = f", the last poll {_ago(now - polled)} ago" if polled else ""
    well = len(watched) - len(bad) - len(unheard)
    told = f"{len(watched)} feeds: {well} well, {len(bad)} failing, {len(unheard)} not reached yet{lately}"
    if not watched:
        yield Finding("feeds", BROKEN, "no feed is configured", "`monitor feeds add URL`")
    elif polled and not well:
        yield Finding("feeds", BROKEN, told, "none of them answers: is the network down, or a proxy in the way?")
    else:
        yield Finding("feeds", OK, told)


def channels(
    configured: Sequence[Channel], client: Client, deliveries: Mapping[tuple[str, str], int]
) -> Iterator[Finding]:
    """Each is asked, all at once, whether it would take a message; none is sent. `deliveries`: by channel and state."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda channel: probe(channel, client=client), configured))
    for channel, wrong in zip(configured, answers, strict=True):
        dead = deliveries.get((channel.id, DeliveryState.DEAD.value), 0)
        about = f"{channel.id} ({channel.type})"
        if wrong:
            yield Finding("channels", BROKEN, f"{about}: {wrong}", "mend it, then `monitor alerts test`")
        elif dead:
            told = f"{about} would take a message, but {dead} could not be delivered"
            yield Finding("channels", WATCH, told, "`monitor alerts list --state dead`, then `monitor alerts retry`")
        else:
            yield Finding("channels", OK, f"{about} would take a message")


def service(url: str, client: Client) -> Iterator[Finding]:
    """`url`: of the dashboard's /readyz."""
    try:
        client.get(url, timeout=5.0)
    except FetchError as error:
        if error.status == 503:
            yield Finding("service", BROKEN, "it runs, but is not ready", f"{url} says why")
        elif error.status:
            yield Finding("service", WATCH, f"{url} answers {error.status}: something else listens there")
        else:
            mend = "`monitor run`, or the systemd unit (`monitor service install`)"
            yield Finding("service", WATCH, f"no service answers at {url}", mend)
    else:
        yield Finding("service", OK, f"it runs and is ready ({url})")


def versions() -> Iterator[Finding]:
    parts = [f"Python {platform.python_version()}", f"matcher {MATCHER_VERSION}"]
    for name in LIBRARIES:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("versions", BROKEN, f"{name} is not installed", "install the package again")
    yield Finding("versions", OK, ", ".join(parts))


def _first(error: MonitorError) -> str:
    return str(error).splitlines()[0]


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _user() -> str:
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"
