"""Claims: who holds some, giving them up, whether anything waits for one; and a clock that stepped back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, true, union, update

from monitor.model.alerts import DeliveryState
from monitor.store.deliveries import delivery_is_due
from monitor.store.engine import Database
from monitor.store.feeds import feed_is_due
from monitor.store.pages import page_is_due
from monitor.store.sql import FREE, SKEW, unleased
from monitor.store.tables import deliveries, feeds, pages

_LEASED = (feeds, pages, deliveries)


class Leases:
    db: Database

    def release(self, owner: str) -> None:
        """Give up everything that is claimed under this name: it is due again at once."""
        with self.db.write() as connection:
            for table in _LEASED:
                connection.execute(update(table).where(table.c.lease_owner == owner).values(FREE))

    def lease_owners(self) -> list[str]:
        """The names under which something is claimed, whether or not the claims have run out."""
        names = [select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)) for table in _LEASED]
        with self.db.read() as connection:
            return sorted(connection.execute(union(*names)).scalars())

    def work_due(self, now: datetime) -> bool:
        """Whether a feed, a page or a delivery is due that nobody has claimed."""
        waiting = or_(
            exists().where(feeds.c.enabled == true(), unleased(feeds, now), feed_is_due(now)),
            exists().where(*page_is_due(now)),
            exists().where(*delivery_is_due(now)),
        )
        with self.db.read() as connection:
            return bool(connection.execute(select(waiting)).scalar())

    def settle_clock(self, now: datetime) -> None:
        """Make due now what a clock that has stepped back since put off. (Feeds and leases see to themselves.)"""
        ahead = now + SKEW
        early_deliveries = (deliveries.c.state == DeliveryState.PENDING.value, deliveries.c.created > ahead)
        late_pages = (pages.c.due.is_not(None), pages.c.due > now + LONGEST_WAIT)
        with self.db.read() as connection:
            if not connection.execute(
                select(or_(exists().where(*early_deliveries), exists().where(*late_pages)))
            ).scalar():
                return
        with self.db.write() as connection:
            values = {"created": now, "next_attempt": now}
            connection.execute(update(deliveries).where(*early_deliveries).values(values))
            connection.execute(update(pages).where(*late_pages).values(due=now))


LONGEST_WAIT = timedelta(days=1)
"""No page is put off for longer."""
