"""The tables. They never leave this room: outward the store speaks the types of `monitor.model`.

    feeds ─< polls >─ list_sets            what was looked at, when, against what: the proof of coverage
    feeds ─< articles ─< article_versions  an entry's text, each edit and each page read a version of its own
             articles >─ stories           near-identical articles
    entry_keys → articles, story_keys → stories     digests by which they are known again; they outlive texts
    story_probes → stories                          hashes by which near copies are found, for days
    pages → articles                       the queue of pages to be read
    hits → articles, mentions → hits, dispositions → hits, acknowledgements → hits
    audit                                  what people did besides
    lists, list_versions, list_changes, rescreens   what the lists are and were, what changed, what is looked at again
    suppressions, holds                    what is kept from people, and what is kept for good
    chain                                  digests of both, each bound to the one before it
    secrets                                keys that this installation made for itself
    alerts >─< hits, deliveries >─< alerts, threads; untold → hits; silences, troubles

Times are UTC, durations seconds, scores 0–100. Digests are BLAKE2b, 16 bytes. Unique constraints, not code, are what
makes duplicates impossible.
"""

from __future__ import annotations

from monitor.store.tables.alerts import (
    AlertHitRow,
    AlertRow,
    DeliveryAlertRow,
    DeliveryRow,
    OptOutRow,
    SilenceRow,
    ThreadRow,
    TroubleRow,
    UntoldRow,
    alert_hits,
    alerts,
    deliveries,
    delivery_alerts,
    opt_outs,
    silences,
    threads,
    troubles,
    untold,
)
from monitor.store.tables.articles import (
    ArticleRow,
    EntryKeyRow,
    PageRow,
    StoryKeyRow,
    StoryProbeRow,
    StoryRow,
    VersionRow,
    articles,
    entry_keys,
    pages,
    stories,
    story_keys,
    story_probes,
    versions,
)
from monitor.store.tables.base import Base, OutsideText, metadata, storable
from monitor.store.tables.feeds import FeedRow, ListSetRow, PollRow, feeds, list_sets, polls
from monitor.store.tables.hits import (
    AcknowledgementRow,
    AuditRow,
    ChainRow,
    DispositionRow,
    HitRow,
    MentionRow,
    acknowledgements,
    audit,
    chain,
    dispositions,
    hits,
    mentions,
)
from monitor.store.tables.keeping import HoldRow, SuppressionRow, holds, suppressions
from monitor.store.tables.lists import (
    ListChangeRow,
    ListRow,
    ListVersionRow,
    RescreenRow,
    list_changes,
    list_versions,
    lists,
    rescreens,
)
from monitor.store.tables.secrets import SecretRow, secrets

__all__ = [
    "AcknowledgementRow",
    "AlertHitRow",
    "AlertRow",
    "ArticleRow",
    "AuditRow",
    "Base",
    "ChainRow",
    "DeliveryAlertRow",
    "DeliveryRow",
    "DispositionRow",
    "EntryKeyRow",
    "FeedRow",
    "HitRow",
    "HoldRow",
    "ListChangeRow",
    "ListRow",
    "ListSetRow",
    "ListVersionRow",
    "MentionRow",
    "OptOutRow",
    "OutsideText",
    "PageRow",
    "PollRow",
    "RescreenRow",
    "SecretRow",
    "SilenceRow",
    "StoryKeyRow",
    "StoryProbeRow",
    "StoryRow",
    "SuppressionRow",
    "ThreadRow",
    "TroubleRow",
    "UntoldRow",
    "VersionRow",
    "acknowledgements",
    "alert_hits",
    "alerts",
    "articles",
    "audit",
    "chain",
    "deliveries",
    "delivery_alerts",
    "dispositions",
    "entry_keys",
    "feeds",
    "hits",
    "holds",
    "list_changes",
    "list_sets",
    "list_versions",
    "lists",
    "mentions",
    "metadata",
    "opt_outs",
    "pages",
    "polls",
    "rescreens",
    "secrets",
    "silences",
    "storable",
    "stories",
    "story_keys",
    "story_probes",
    "suppressions",
    "threads",
    "troubles",
    "untold",
    "versions",
]
