"""Counts in Prometheus's text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.meters import Histogram, Meters
from monitor.model.feeds import FeedState, FeedStatus
from monitor.store import Overview, Store, Totals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]
Metric = tuple[str, str, str, Sequence[Sample]]
"""Name, type, help, samples. Samples of a histogram carry in `_part` what is put behind the name."""


@dataclass(frozen=True)
class Live:
    """What the service in this process knows beside the database."""

    meters: Meters = field(default_factory=Meters)
    in_hand: Mapping[str, int] = field(default_factory=dict)  # poll, pages or send → pieces being worked on
    entities: Mapping[str, int] = field(default_factory=dict)  # watchlist → entities
    names: Mapping[str, int] = field(default_factory=dict)  # watchlist → names
    compiled: int = 0  # bytes of compiled lists
    confirmed: Mapping[str, datetime] = field(default_factory=dict)  # official list → when last confirmed
    held: Mapping[str, datetime] = field(default_factory=dict)  # official list → since when a download is held back


def exposition(store: Store, *, now: datetime, ready: bool, live: Live | None) -> str:
    """Counts are read from the database, so that a restart resets none of them; durations are `live`'s, and those of
    this process. `live` None: no service runs in it. Raises StorageError.
    """
    own = metrics(store.overview(now, days=1), store.totals(), store.feeds(), ready=ready)
    return written([*own, *_queues(store, now), *(_live(live) if live else ()), *process_metrics()])


def _queues(store: Store, now: datetime) -> list[Metric]:
    texts = [({"text": text}, count) for text, count in store.texts(now).items()]
    waits = [
        ({"channel": channel}, max(0.0, (now - since).total_seconds()))
        for channel, since in sorted(store.oldest_due_deliveries(now).items())
    ]
    return [
        ("monitor_texts_24h", "gauge", "Articles of the last 24 hours, by what of them was screened.", texts),
        ("monitor_feeds_due", "gauge", "Feeds whose poll is due and has not begun.", _one(store.due_feeds(now))),
        ("monitor_delivery_wait_seconds", "gauge", "Age of the oldest message that is due, by channel.", waits),
    ]


def _live(live: Live) -> list[Metric]:
    meters = live.meters
    return [
        (
            "monitor_poll_seconds",
            "histogram",
            "From asking for a feed to recording it.",
            _spread(meters.polls, "outcome"),
        ),
        ("monitor_page_seconds", "histogram", "From asking for a page to its text.", _spread(meters.pages, "outcome")),
        (
            "monitor_match_seconds",
            "histogram",
            "Processor time of the matcher for one feed's new entries, or one page.",
            _spread(meters.matching, "of"),
        ),
        (
            "monitor_match_characters",
            "histogram",
            "Length of the texts that were matched.",
            _spread(meters.texts, "of"),
        ),
        (
            "monitor_alert_seconds",
            "histogram",
            "From finding a hit to its message's being sent; digests, quiet hours and retries included.",
            _spread(meters.alerts, "channel"),
        ),
        ("monitor_in_hand", "gauge", "Polls, pages and sends being worked on.", _by("kind", live.in_hand)),
        ("monitor_list_entities", "gauge", "Entities in use, by watchlist.", _by("watchlist", live.entities)),
        ("monitor_list_names", "gauge", "Names in use, by watchlist.", _by("watchlist", live.names)),
        ("monitor_compiled_bytes", "gauge", "Size of the compiled lists on disk.", _one(live.compiled)),
        (
            "monitor_list_confirmed_timestamp_seconds",
            "gauge",
            "When an official list was last confirmed by its publisher, Unix time.",
            _by("watchlist", {name: at.timestamp() for name, at in live.confirmed.items()}),
        ),
        (
            "monitor_list_held_timestamp_seconds",
            "gauge",
            "Since when a download of an official list is held back, Unix time.",
            _by("watchlist", {name: at.timestamp() for name, at in live.held.items()}),
        ),
    ]


def _by(label: str, values: Mapping[str, float]) -> list[Sample]:
    return [({label: name}, value) for name, value in sorted(values.items())]


def _spread(histogram: Histogram, label: str) -> list[Sample]:
    """The samples of a histogram, as its text format has them."""
    samples: list[Sample] = []
    for name, counts in histogram.read().items():
        own = {label: name}
        for bound, below in counts.below:
            samples.append(({"_part": "_bucket", **own, "le": f"{bound:g}"}, below))
        samples.append(({"_part": "_bucket", **own, "le": "+Inf"}, counts.count))
        samples.append(({"_part": "_sum", **own}, counts.total))
        samples.append(({"_part": "_count", **own}, counts.count))
    return samples


def metrics(view: Overview, totals: Totals, feeds: Sequence[FeedStatus], *, ready: bool) -> list[Metric]:
    watched = [feed for feed in feeds if feed.state is not FeedState.DISABLED]
    states = Counter(feed.state for feed in feeds)
    hits = [({"severity": severity, "disposition": now}, n) for (severity, now), n in sorted(totals.hits.items())]
    told = [({"channel": channel, "state": state}, n) for (channel, state), n in sorted(totals.deliveries.items())]
    return [
        ("monitor_ready", "gauge", "1 when polling and delivering as it should.", _one(ready)),
        ("monitor_polls_total", "counter", "Polls of feeds.", _one(totals.polls)),
        ("monitor_poll_failures_total", "counter", "Polls that failed.", _one(totals.failed_polls)),
        ("monitor_entries_total", "counter", "Entries stored and screened.", _one(view.entries)),
        ("monitor_hits", "gauge", "Hits stored, by severity and decision.", hits),
        ("monitor_deliveries", "gauge", "Deliveries, by channel and state.", told),
        ("monitor_deliveries_due", "gauge", "Deliveries whose time has come.", _one(view.due_deliveries)),
        ("monitor_pages_due", "gauge", "Articles whose page is to be read now.", _one(view.due_pages)),
        ("monitor_articles_24h", "gauge", "Articles screened in the last 24 hours.", _one(view.articles)),
        ("monitor_full_articles_24h", "gauge", "Of them, with the full text of their page.", _one(view.full_articles)),
        ("monitor_feeds", "gauge", "Feeds, by state.", [({"state": state}, states[state]) for state in FeedState]),
        (
            "monitor_feed_failures",
            "gauge",
            "Polls of a feed that failed in a row.",
            [({"feed": feed.source.id}, feed.failures) for feed in watched],
        ),
        (
            "monitor_feed_last_success_timestamp_seconds",
            "gauge",
            "When a feed last answered as it should, Unix time.",
            [({"feed": feed.source.id}, feed.last_success.timestamp()) for feed in watched if feed.last_success],
        ),
    ]


def process_metrics(proc: Path = Path("/proc/self")) -> list[Metric]:
    """This process, under the names that Prometheus' own clients use; nothing on systems without /proc."""
    try:
        pages = int((proc / "statm").read_text().split()[1])
        files = sum(1 for _ in (proc / "fd").iterdir())
    except (OSError, ValueError, IndexError):
        return []
    used = os.times()
    return [
        ("process_resident_memory_bytes", "gauge", "Resident memory.", _one(pages * os.sysconf("SC_PAGE_SIZE"))),
        ("process_open_fds", "gauge", "Open file descriptors.", _one(files)),
        ("process_cpu_seconds_total", "counter", "Processor time.", _one(used.user + used.system)),
        ("process_threads", "gauge", "Threads.", _one(threading.active_count())),
    ]


def written(metrics: Iterable[Metric]) -> str:
    lines: list[str] = []
    for name, kind, told, samples in metrics:
        lines += [f"# HELP {name} {told}", f"# TYPE {name} {kind}"]
        for labels, value in samples:
            inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items() if label != "_part")
            full = name + labels.get("_part", "")
            lines.append(f"{full}{{{inner}}} {value:.15g}" if inner else f"{full} {value:.15g}")
    return "\n".join(lines) + "\n"


def _one(value: float) -> list[Sample]:
    return [({}, value)]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
