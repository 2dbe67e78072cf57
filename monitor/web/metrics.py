"""Counts in Prometheus's text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from monitor.model.feeds import FeedState, FeedStatus
from monitor.store import Overview, Store, Totals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]
Metric = tuple[str, str, str, Sequence[Sample]]
"""Name, type, help, samples."""


def exposition(store: Store, *, now: datetime, ready: bool) -> str:
    """Everything is read from the database, so that a restart resets no counter. Raises StorageError."""
    own = metrics(store.overview(now, days=1), store.totals(), store.feeds(), ready=ready)
    return written([*own, *process_metrics()])


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
            inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            lines.append(f"{name}{{{inner}}} {value:.15g}" if inner else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _one(value: float) -> list[Sample]:
    return [({}, value)]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
