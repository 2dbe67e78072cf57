"""What the verbs share: the database, the network, the workers, the matcher of the moment."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from monitor.alerts import policy
from monitor.alerts.render.templates import Own
from monitor.client import Client
from monitor.feeds.search import expand
from monitor.journal import JsonLines
from monitor.matching import Matcher
from monitor.meters import Meters
from monitor.model.alerts import AlertHistory, AlertPlan, Untold
from monitor.model.articles import Article
from monitor.model.matches import HitRecord
from monitor.model.settings import AlertPolicy, Channel, FeedSource, Polling, Route
from monitor.model.watchlists import Watchlist
from monitor.pipeline.field import Hands, Here, Screening, Tools, screen
from monitor.pipeline.network import NetworkWatch
from monitor.store import Store
from monitor.workers import Workers


def lease_owner() -> str:
    """This process's name on its leases, `host:pid:token`: the token tells a restarted container's pid 1 apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


LEADER = "+lead"
"""Ends the names of daemons of which only one works at a time."""


def owner_is_gone(owner: str, me: str) -> bool:
    """Whether the process that holds leases under this name is known to be dead.

    Only this host's can be known, and whoever led before us.
    """
    host, _, rest = owner.partition(":")
    pid, _, _ = rest.partition(":")
    my_host, _, my_rest = me.partition(":")
    if owner != me and owner.endswith(LEADER) and me.endswith(LEADER):  # we lead: it does not any more
        return True
    if owner == me or host != my_host or not pid.isdigit():
        return False
    if pid == my_rest.partition(":")[0]:
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # alive, and somebody else's
        return False
    return False


@dataclass
class Service:
    """The collaborators of one running process. `matcher` and `feeds` are replaced whole when files change."""

    store: Store
    client: Client  # for feeds and pages: guarded as polling says
    channel_client: Client  # for Slack and webhooks: goes where the channels are configured to go
    workers: Workers
    matcher: Matcher
    feeds: Mapping[str, FeedSource]
    polling: Polling
    alerts: AlertPolicy
    routes: Sequence[Route]
    channels: Mapping[str, Channel]
    base_url: str
    clock: Callable[[], datetime]
    echo: Callable[[str], None]
    """Progress for a person, a line each; the console channel speaks through it too."""
    lists: Sequence[Watchlist] = ()  # of which the matcher was compiled
    templates: Own = ()  # of messages, in place of ours
    rng: Random = field(default_factory=Random)
    network: NetworkWatch = field(default_factory=NetworkWatch)
    owner: str = field(default_factory=lease_owner)
    hands: Hands = field(init=False)  # this process's own, or a cluster's
    meters: Meters = field(default_factory=Meters)
    journal: JsonLines | None = None
    """Where events go as JSON; None: what they say is said to a person."""

    def __post_init__(self) -> None:
        self.hands = Here(lambda: Tools(self.client, self.workers, self.matcher, self.polling.timeout))

    def note(self, event: str, said: str = "", /, **facts: Any) -> None:
        """Something happened: as JSON with its facts, or as the sentence, where there is one for a person."""
        if self.journal is not None:
            self.journal.event(event, said, **facts)
        elif said:
            self.echo(said)

    def screen(self, articles: Sequence[Article], source: str) -> Screening:
        """The hits of each article against the lists of now. source: "feed" or "page", for the meters.

        Raises WorkersGone.
        """
        if not articles:
            return Screening((), self.matcher.versions)
        screened = self.hands.do(screen, articles)
        self.meters.matching.took(screened.seconds, source)
        for article in articles:
            self.meters.texts.took(len(article.title) + len(article.text), source)
        return screened

    def take_feeds(self, sources: Sequence[FeedSource]) -> None:
        """Poll these from now on, with a search for each entity where one is a template. Raises StorageError."""
        expanded = expand(sources, self.lists)
        self.store.sync_feeds(expanded.feeds, self.clock())
        self.feeds = {feed.id: feed for feed in expanded.feeds}
        for problem in expanded.problems:
            self.echo(problem)

    def plan(self, records: Sequence[HitRecord], history: AlertHistory) -> Sequence[AlertPlan | Untold]:
        """The alert policy, for the store to call inside the hits' own transaction."""
        return policy.plan(
            records,
            history,
            routes=self.routes,
            channels=list(self.channels.values()),
            policy=self.alerts,
            feed_tags={feed.id: feed.tags for feed in self.feeds.values()},
            now=self.clock(),
        )

    def tell_hits(self, ids: Sequence[int]) -> None:
        """One line per new hit."""
        for hit_id in ids:
            record = self.store.hit(hit_id)
            if record is not None:
                hit = record.hit
                self.note(
                    "hit",
                    f"hit {record.id}: {hit.entity.name} ({hit.entity.watchlist}, {hit.score:.0f}, {hit.severity}) "
                    f"in “{record.article.title}” [{record.article.feed}]",
                    hit=record.id,
                    article=int(record.article.id),
                    feed=record.article.feed,
                    entity=hit.entity.id,
                    watchlist=hit.entity.watchlist,
                    score=round(hit.score, 1),
                    severity=hit.severity.value,
                )
