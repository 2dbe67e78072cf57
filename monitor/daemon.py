"""The background service: APScheduler's ticks, the dashboard, reloading, signals.

    every second   due feeds → poll threads · due pages → page threads · due deliveries → a thread a channel
    every second   do we lead? of several daemons on one PostgreSQL the others stand by, and look every second too
    every 5 s      files changed? → new lists, new feeds; a broken edit keeps the last good ones, and says so
    every minute   official lists due? → downloaded, taken up
    every 5 s      new names on the lists? → held against stored articles
    every minute   is all well? → alarms, all-clears, the sign of life
    every hour     prune

A tick only claims and hands over: a feed that dawdles keeps its thread, never the tick.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import config
from monitor.allocation import give_back, trim
from monitor.client import Client
from monitor.config import Settings
from monitor.errors import MonitorError, UsageError
from monitor.journal import JsonLines
from monitor.model.feeds import FeedState
from monitor.pipeline import Service, load_lists, refresh_lists
from monitor.pipeline.health import beat, check_health, ping
from monitor.pipeline.lists import Loaded, subscriptions
from monitor.pipeline.rescreen import rescreen, take_up
from monitor.pipeline.rounds import BURST_WINDOW, SETTLE, Rounds
from monitor.pipeline.service import LEADER, owner_is_gone
from monitor.pipeline.trial import try_feed
from monitor.reloading import FileWatch
from monitor.shelf import COMPILED
from monitor.store import Lead, Store, sqlite_path
from monitor.watchlists.refresh import Outcome
from monitor.web.metrics import Live
from monitor.web.serve import serve
from monitor.web.server import Server
from monitor.workers import Workers

if TYPE_CHECKING:
    from monitor.pipeline.cluster import Cluster

TICK = 1.0
"""Seconds between looks for due work: the shortest interval that a feed may ask for."""

RELOAD_TICK = 5.0
"""Seconds between looks at the files; a change is taken up after two equal looks."""

LISTS_TICK = 60.0
"""Seconds between looks whether an official list is due; each is asked for hourly, daily or weekly."""

RESCREEN_TICK = 5.0
"""Seconds between looks whether names are new on the lists."""

HEALTH_TICK = 60.0
"""Seconds between looks at how feeds, lists and channels do."""

TRIM_TICK = 900.0
"""Seconds between two times that freed memory goes back to the system: it lies between what is kept, and a day of polls
leaves 20 MB so."""

PING_TICK = 300.0
"""Seconds between two requests for `alerts.heartbeat_url`, what watchers of such a kind expect."""

FRESH = timedelta(seconds=60)
"""At start, healthy feeds whose last poll is older than this are polled at once: who restarts wants to see it work."""

STALE = timedelta(minutes=10)
"""Without any poll for this long (and three times the shortest interval) the service is not ready: something hangs."""

GRACE = 5.0
"""Seconds that work in hand is given at shutdown before its sockets are closed: all must be over within 10."""

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


def compiled(settings: Settings) -> Path:
    """Where the service keeps its compiled lists: beside its SQLite database, or in var/ here."""
    database = sqlite_path(settings.storage.url)
    return database.parent / COMPILED.name if database else COMPILED


def build_service(
    settings: Settings,
    *,
    echo: Callable[[str], None],
    clock: Callable[[], datetime],
    journal: JsonLines | None = None,
    idle: bool = False,
) -> Service:
    """Read the lists, open the database, make the clients. Raises ConfigError, SourceError or StorageError.

    idle: nothing is written yet, neither of lists nor of feeds.
    """
    give_back()
    store = Store.open(settings.storage.url, now=clock())  # first: compiled lists are kept beside it
    try:
        loaded = load_lists(settings.watchlists, threshold=settings.matching.threshold, compiled=compiled(settings))
    except BaseException:
        store.close()
        raise
    polling = settings.polling
    service = Service(
        store=store,
        client=Client(
            user_agent=polling.user_agent,
            timeout=polling.timeout,
            max_bytes=polling.max_bytes,
            allow_private=polling.allow_private,
            per_host=polling.per_host,
            min_gap=polling.min_gap,
            proxy=polling.proxy.get_secret_value(),
        ),
        channel_client=Client(
            user_agent=polling.user_agent, timeout=30.0, max_bytes=1_000_000, allow_private=True, per_host=4
        ),
        workers=Workers(max_workers=2),
        matcher=loaded.matcher,
        lists=loaded.lists,
        feeds={},
        polling=polling,
        alerts=settings.alerts,
        routes=settings.routes,
        channels={channel.id: channel for channel in settings.channels},
        base_url=settings.web.base_url,
        clock=clock,
        echo=echo,
        templates=settings.templates,
        journal=journal,
    )
    service.lists = loaded.lists
    try:
        if not idle:
            take_up(service, loaded, window=settings.matching.rescreen)
            service.take_feeds(settings.feeds)
    except BaseException:
        close_service(service)
        raise
    return service


def close_service(service: Service) -> None:
    """Close sockets, workers and database; what this process still had claimed is free for the next."""
    service.client.close()
    service.channel_client.close()
    service.workers.close()
    service.store.release(service.owner)
    service.store.close()


def _cluster_class() -> type[Cluster]:
    """Raises UsageError where Dask is not installed."""
    try:
        from monitor.pipeline.cluster import Cluster
    except ImportError as error:
        raise UsageError(
            f"cluster.dask needs one more package ({error}): pip install 'sanctions-watchlist-monitor[dask]'"
        ) from error
    return Cluster


def free_dead_claims(service: Service) -> None:
    """What a killed process on this host, or who led before us, had in hand is due again now, not when leases end."""
    for owner in service.store.lease_owners():
        if owner_is_gone(owner, service.owner):
            service.store.release(owner)


class Daemon:
    """The running service. `start()` returns at once; `stop()` finishes what is in hand, within ten seconds."""

    def __init__(
        self,
        settings: Settings,
        *,
        echo: Callable[[str], None],
        clock: Callable[[], datetime] = utc_now,
        journal: JsonLines | None = None,
        pace: float = 1.0,
    ) -> None:
        """echo: is given a line for a person. journal: where events go as JSON instead.

        pace: how much faster than the machine's its clock runs; ticks come closer together by as much, though never
        within TICK.
        """
        self.settings = settings
        self.echo = echo
        self.journal = journal
        self.pace = pace
        self.clock = clock
        self.polled = threading.Event()  # every due feed was polled once, its pages read, its alerts sent
        self.port = 0
        self._broken: dict[str, str] = {}  # "lists" or "feeds" → why the last edit was not taken up
        self._held: dict[str, tuple[datetime, str]] = {}  # official lists of which a download is not believed
        self._confirmed: dict[str, datetime] = {}  # official lists: when their publishers last confirmed them
        self._stale: list[str] = []  # official lists that were not confirmed for too long
        self._sources = settings.feeds  # as last read: templates among them
        self._started = clock()
        self._first = False
        self._ticked = time.monotonic()
        self.leading = False
        self.rounds: Rounds | None = None
        self.web: Server | None = None
        self._cluster: Cluster | None = None
        self._downloaded = False  # official lists, while standing by

    def start(self) -> None:
        """Raises ConfigError, SourceError or StorageError; then nothing is left running."""
        cluster = _cluster_class() if self.settings.cluster.dask else None
        self.service = build_service(self.settings, echo=self.echo, clock=self.clock, journal=self.journal, idle=True)
        self._cluster_class = cluster
        self._lead = Lead(self.service.store.db)
        try:
            if not self.service.store.db.sqlite:
                self.service.owner += LEADER
            if self._lead.held():
                self._begin()
            self._lists = FileWatch(self.settings.watchlists)
            self._files = FileWatch(self.settings.files)
            self.web = self._serve() if self.settings.web.enabled else None
        except BaseException:
            self._close()
            raise
        self._greet()
        self.scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self.scheduler.add_listener(self._scheduler_event, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for name, job, seconds in (
            ("work", self.tick, TICK),
            ("reload", self.reload, RELOAD_TICK),
            ("lists", self.refresh, LISTS_TICK),
            ("rescreen", self.rescreen, RESCREEN_TICK),
            ("health", self.health, HEALTH_TICK),
            ("ping", self.ping, PING_TICK),
            ("prune", self.prune, 3600.0),
            ("memory", trim, TRIM_TICK),
        ):
            first = utc_now() if name in {"work", "lists"} else None  # the scheduler goes by the machine's clock
            extra = {"next_run_time": first} if first else {}
            self.scheduler.add_job(job, "interval", seconds=max(seconds / self.pace, TICK), id=name, **extra)
        self.scheduler.start()

    def stop(self, grace: float = GRACE) -> bool:
        """Finish what is in hand, at most `grace` seconds, then close everything; whether all of it finished."""
        self.scheduler.shutdown(wait=False)
        finished = not self.rounds or self.rounds.stop(grace)
        if self.rounds and not finished:
            self.service.client.close()
            self.service.channel_client.close()
            self._leave_cluster()
            finished = self.rounds.stop(grace=2.0)
        if self.web:
            self.web.stop()
        self._close()
        return finished

    def _close(self) -> None:
        self._leave_cluster()
        self._lead.give_up()
        close_service(self.service)

    def _begin(self) -> None:
        """Work: we lead. Raises StorageError, and is tried again."""
        service, settings = self.service, self.settings
        free_dead_claims(service)
        take_up(service, Loaded(tuple(service.lists), service.matcher), window=settings.matching.rescreen)
        service.take_feeds(self._sources)
        service.store.poll_soon(self.clock(), older_than=FRESH)
        if self._cluster_class and not self._cluster:
            service.hands = self._cluster = self._cluster_class.of(
                service, settings.cluster.dask, settings.matching.threshold
            )
        self.rounds = self.rounds or Rounds(service)
        self.leading = True
        if self._downloaded:
            self._downloaded = False
            self._take_up("lists", self._reload_lists)

    def _leads(self) -> bool:
        """Whether this daemon is the one that works, as it stands now. Raises StorageError."""
        if self._lead.held():
            if not self.leading:
                self.echo("taking over: no other daemon leads any more")
                self._begin()
            return True
        if self.leading:
            self.leading = False
            self._leave_cluster()
            self.echo(self._standing_by())
        return False

    def _leave_cluster(self) -> None:
        """What it had in hand is claimed again, by whoever leads."""
        if self._cluster:
            self._cluster.close()
            self._cluster = None

    def _standing_by(self) -> str:
        """Raises StorageError."""
        return f"standing by: {self._lead.holder() or 'another daemon'} leads; we take over when it is gone"

    def tick(self) -> None:
        """Hand out what is due. Database trouble is said, and the next tick tries again."""
        self._ticked = time.monotonic()
        try:
            if not self._leads() or not self.rounds:
                return
            self.rounds.claim_polls()
            self.rounds.claim_pages()
            self.rounds.claim_deliveries(settle=SETTLE, calm=BURST_WINDOW)
            self._first = self._first or self.rounds.done.polled + self.rounds.done.failed > 0
            if not self.polled.is_set() and self._first and not self.rounds.in_hand() and not self._due():
                self.polled.set()
        except MonitorError as error:
            self.echo(f"waiting: {error}")

    def ticks_within(self, seconds: float) -> bool:
        """Whether due work was looked for in the last `seconds`: the scheduler lives, and no look hangs."""
        return time.monotonic() - self._ticked < seconds

    def _due(self) -> bool:
        return self.service.store.work_due(self.clock())

    def reload(self) -> None:
        """Take up changed files; keep the last good ones when an edit is broken, and say so until it is mended.

        Who stands by takes them up when it takes over.
        """
        if not self.leading:
            return
        if self._lists.changed():
            self._take_up("lists", self._reload_lists)
        if self._files.changed():
            self._take_up("feeds", self._reload_feeds)

    def _take_up(self, what: str, load: Callable[[], str]) -> None:
        try:
            said = load()
        except MonitorError as error:
            self._broken[what] = str(error)
            self.echo(f"BROKEN EDIT, the last good {what} stay in use: {error}")
        else:
            self._broken.pop(what, None)
            self.echo(said)

    def _reload_lists(self) -> str:
        settings = self.settings
        loaded = load_lists(settings.watchlists, threshold=settings.matching.threshold, compiled=compiled(settings))
        take_up(self.service, loaded, window=self.settings.matching.rescreen)
        self.service.take_feeds(self._sources)
        matcher = loaded.matcher
        return f"watchlists changed: now {matcher.entities} entities, {matcher.names} names"

    def _reload_feeds(self) -> str:
        new = config.load(self.settings.path, os.environ)
        self._sources = new.feeds
        self.service.take_feeds(new.feeds)
        rest = [
            name
            for name in ("storage", "watchlists", "polling", "matching", "alerts", "channels", "routes", "web")
            if getattr(new, name) != getattr(self.settings, name)
        ]
        later = f"; restart to take up the changes in {', '.join(rest)}" if rest else ""
        return f"feeds changed: now {sum(feed.enabled for feed in self.service.feeds.values())}{later}"

    def refresh(self) -> None:
        """Download the official lists that are due; what fails or is not believed leaves the old one in use."""
        done = refresh_lists(self.settings.watchlists, self.service.client, now=self.clock())
        for result in done:
            self.echo(result.message)
        updated = any(result.outcome is Outcome.UPDATED for result in done)
        self._downloaded = self._downloaded or (updated and not self.leading)
        if updated and self.leading:
            self._take_up("lists", self._reload_lists)
        now = self.clock()
        wanted = list(subscriptions(self.settings.watchlists))
        confirmed = {one.watchlist: one.state().checked_at for one in wanted}
        self._confirmed = {name: at for name, at in confirmed.items() if at is not None}
        self._stale = [one.watchlist for one in wanted if one.stale(now)]
        self._held = {one.watchlist: (held.since, held.why) for one in wanted if (held := one.state().held) is not None}

    def rescreen(self) -> None:
        """Hold names that are new on the lists against stored articles, while everything else goes on."""
        if not self.leading or not self.rounds:
            return
        try:
            rescreen(self.service, stopping=self.rounds.stopping.is_set)
        except MonitorError as error:
            self.echo(f"rescreen put off: {error}")

    def health(self) -> None:
        """Tell what is wrong with the service itself, once, and that it is alive, where that is asked for."""
        if not self.leading:
            return
        try:
            check_health(self.service, started=self._started, stale_lists=self._stale, held_lists=self._held)
            beat(self.service, started=self._started)
        except MonitorError as error:
            self.echo(f"health is looked at again in a minute: {error}")

    def ping(self) -> None:
        """Let `alerts.heartbeat_url` know that we live; silence tells its watcher that something is wrong."""
        try:
            if not self.unready():
                ping(self.service)
        except MonitorError as error:
            self.echo(f"heartbeat_url was not asked for: {error}")

    def prune(self) -> None:
        if not self.leading:
            return
        try:
            self.service.store.prune(self.clock(), self.settings.retention)
        except MonitorError as error:
            self.echo(f"prune put off: {error}")

    def unready(self) -> list[str]:
        """Why the service is not polling and delivering as it should; empty when it is."""
        if not self.leading:
            return [self._standing_by()]
        reasons = [f"broken edit of {what}: {why}" for what, why in self._broken.items()]
        reasons += self.service.hands.problems()
        now = self.clock()
        if down := self.service.network.down_since:
            reasons.append(f"our network is down since {down:%Y-%m-%d %H:%M} UTC: no host answers")
        feeds = [feed for feed in self.service.store.feeds() if feed.state is not FeedState.DISABLED]
        polls = [feed.last_polled for feed in feeds if feed.last_polled]
        shortest = min((feed.source.interval or self.settings.polling.interval for feed in feeds), default=0.0)
        limit = max(STALE, timedelta(seconds=3 * shortest))
        if feeds and now - max(polls, default=self._started) > limit:
            reasons.append(f"no feed was polled for {limit}")
        elif feeds and not polls:
            reasons.append("no feed polled yet")
        if feeds and polls and all(feed.failures for feed in feeds):
            reasons.append("every feed fails: is the network down?")
        reasons += [f"official list {name} is stale or missing: see `monitor lists status`" for name in self._stale]
        late = self.service.store.oldest_due_deliveries(now)
        reasons += [
            f"channel {name}: deliveries are waiting since {since:%Y-%m-%d %H:%M} UTC"
            for name, since in late.items()
            if now - since > STALE
        ]
        return reasons

    def live(self) -> Live:
        """What is measured here, for the metrics page."""
        lists = self.service.lists
        kept = compiled(self.settings)
        return Live(
            meters=self.service.meters,
            in_hand={kind: self.rounds.in_hand(kind) if self.rounds else 0 for kind in ("poll", "pages", "send")},
            entities={one.id: len(one.entities) for one in lists},
            names={one.id: sum(len(entity.names) for entity in one.entities) for one in lists},
            compiled=sum(file.stat().st_size for file in kept.glob("*") if file.is_file()) if kept.is_dir() else 0,
            confirmed=dict(self._confirmed),
            held={name: since for name, (since, _) in self._held.items()},
        )

    def _serve(self) -> Server:
        service = self.service
        usual = service.polling.interval
        server = serve(
            self.settings,
            service.store,
            ready=self.unready,
            standing_by=lambda: not self.leading,
            clock=self.clock,
            matcher=lambda: service.matcher,
            read_feed=lambda url: try_feed(
                service.client, service.workers, service.matcher, url, now=self.clock(), usual=usual
            ),
            live=self.live,
        )
        self.port = server.port
        return server

    def _greet(self) -> None:
        matcher, settings = self.service.matcher, self.settings
        enabled = sum(feed.enabled for feed in self.service.feeds.values())
        channels = ", ".join(f"{channel.id} ({channel.type})" for channel in settings.channels)
        self.echo(f"watching {matcher.entities} entities by {matcher.names} names on {len(matcher.versions)} lists")
        if self.leading:
            self.echo(f"polling {enabled} feeds; alerts go to {channels}")
        else:
            self.echo(self._standing_by())
        if self.web:
            self.echo(f"dashboard: {self.service.base_url or f'http://{settings.web.host}:{self.port}'}/")

    def _scheduler_event(self, event: JobExecutionEvent) -> None:
        exception = getattr(event, "exception", None)
        if exception is not None:
            log.error("job %s failed", event.job_id, exc_info=exception)
            self.echo(f"job {event.job_id} failed: {type(exception).__name__}; it runs again")
        elif event.code == EVENT_JOB_MISSED:
            log.warning("job %s was late", event.job_id)
