"""Pages of hits and deliveries, the newest first; a page's `before` is the id of the last row of the page before it."""

from __future__ import annotations

from monitor.model.alerts import Delivery
from monitor.model.matches import Disposition, HitRecord
from monitor.store import HitQuery, Row, Store
from monitor.web.filters import DeliveryFilter, HitFilter


def hits(store: Store, asked: HitFilter, *, before: int | None, limit: int) -> tuple[list[HitRecord], int | None]:
    """At most `limit` hits, and the cursor of the next page, None when there is none."""
    found = store.hits(query(asked, before, limit))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def rows(store: Store, asked: HitFilter, *, before: int | None, limit: int) -> tuple[list[Row], int | None]:
    """The same, one row for what a story has on an entity."""
    found = store.rows(query(asked, before, limit))
    return found[:limit], found[limit - 1].record.id if len(found) > limit else None


def query(asked: HitFilter, before: int | None, limit: int) -> HitQuery:
    """One more than the page has, to see whether there is another."""
    return HitQuery(
        watchlist=asked.watchlist,
        entity=asked.entity,
        severity=asked.severity,
        feed=asked.feed,
        lang=asked.lang,
        disposition=asked.disposition if isinstance(asked.disposition, Disposition) else None,
        since=asked.since,
        text=asked.q or "",
        suppressed=asked.suppressed,
        before=before,
        limit=limit + 1,
    )


def deliveries(
    store: Store, asked: DeliveryFilter, *, before: int | None, limit: int
) -> tuple[list[Delivery], int | None]:
    """At most `limit` deliveries, and the cursor of the next page, None when there is none."""
    found = store.deliveries(state=asked.state, before=before, limit=limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None
