"""The verbs of the service: poll_due · read_pages · refresh_lists · dispatch_due.

    poll_due        Feed ─fetch→ bytes ─parse→ Entries ─(unseen or edited)→ Articles ─match, judge→ Hits
                    ── one transaction: validators, entries, articles, hits, alerts, pending deliveries ──
    read_pages      articles whose page is due ─fetch→ page ─extract→ full text ─match, judge→ Hits
                    ── one transaction: article version, hits, alerts, pending deliveries ──
    refresh_lists   publishers ─conditional GET→ official lists, dated snapshots
                    watchlist files and snapshots ─read→ Entities ─compile→ Matcher, swapped in whole
    dispatch_due    due Deliveries ─bundle→ ─render→ send → sent | retry at … | dead

The feed's own text is screened and recorded before its page is asked for: a page that fails or dawdles delays nothing.
Fetching, parsing, extracting, matching and sending happen outside any transaction; what a process had in hand when it
was killed is claimed again by the next one, because claims are leases in the database.
"""

from monitor.pipeline.dispatch import Dispatched, dispatch_due
from monitor.pipeline.lists import load_lists, refresh_lists
from monitor.pipeline.pages import read_pages
from monitor.pipeline.polls import poll_feed
from monitor.pipeline.rounds import Done, Rounds, poll_once
from monitor.pipeline.service import Service

__all__ = [
    "Dispatched",
    "Done",
    "Rounds",
    "Service",
    "dispatch_due",
    "load_lists",
    "poll_feed",
    "poll_once",
    "read_pages",
    "refresh_lists",
]
