"""The database: the one room that knows SQL."""

from __future__ import annotations

from datetime import datetime

from monitor.model.audit import Deed
from monitor.model.decisions import Decision
from monitor.store import migrate
from monitor.store.acknowledgements import Acknowledgement, Acknowledgements
from monitor.store.archives import Archives
from monitor.store.audit import Audit
from monitor.store.backup import Backups
from monitor.store.coverage import Coverage
from monitor.store.deliveries import Deliveries
from monitor.store.desk import DeskQueries, KeptText, Outcome, Row
from monitor.store.engine import Database, sqlite_path
from monitor.store.entities import Entities, EntityCount, NameUse
from monitor.store.erasure import Erasing, Erasure
from monitor.store.facets import Counted, Facets, Totals
from monitor.store.feeds import Feeds
from monitor.store.hits import HitQuery, Hits
from monitor.store.holds import Holds
from monitor.store.leading import Lead
from monitor.store.leases import Leases
from monitor.store.lists import Lists, Rescreen, Taken
from monitor.store.notices import Notices
from monitor.store.optouts import OptOuts
from monitor.store.overview import Overview, Overviews
from monitor.store.pacing import Pacing
from monitor.store.pages import Pages
from monitor.store.polls import Polls
from monitor.store.retention import Pruned, Pruning
from monitor.store.secrets import Secrets
from monitor.store.silences import Silences
from monitor.store.stream import Stream
from monitor.store.suppressions import Suppressions
from monitor.store.texts import StoredText, Texts
from monitor.store.upkeep import Upkeep
from monitor.store.verdicts import Verdicts


class Store(
    Feeds,
    Polls,
    Archives,
    Pages,
    Hits,
    Deliveries,
    Pacing,
    Verdicts,
    Silences,
    Suppressions,
    Notices,
    OptOuts,
    Leases,
    Overviews,
    Counted,
    DeskQueries,
    Audit,
    Entities,
    Stream,
    Secrets,
    Acknowledgements,
    Texts,
    Lists,
    Holds,
    Pruning,
    Erasing,
    Backups,
    Upkeep,
    Coverage,
):
    """One database. Safe to use from several threads and several processes at once.

    Every method is one transaction, or a few short ones; each raises StorageError when the database cannot be used.
    """

    def __init__(self, db: Database) -> None:
        self.db = db

    @classmethod
    def open(cls, url: str, *, now: datetime) -> Store:
        """Open the database, making it, or bringing its schema up to date, as needed. Raises StorageError."""
        db = Database(url)
        try:
            migrate.upgrade(db)
            store = cls(db)
            store.settle_clock(now)
        except BaseException:
            db.close()
            raise
        return store

    def close(self) -> None:
        self.db.close()


def latest_schema() -> str:
    """The version that opening a database brings its schema to."""
    return migrate.revisions()[-1]


__all__ = [
    "Acknowledgement",
    "Database",
    "Decision",
    "Deed",
    "EntityCount",
    "Erasure",
    "Facets",
    "HitQuery",
    "KeptText",
    "Lead",
    "NameUse",
    "Outcome",
    "Overview",
    "Pruned",
    "Rescreen",
    "Row",
    "Store",
    "StoredText",
    "Taken",
    "Totals",
    "latest_schema",
    "sqlite_path",
]
