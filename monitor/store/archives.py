"""Articles that no feed gave, screened by a command. Each archive stands among the feeds, and is never polled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from monitor.errors import UsageError
from monitor.store.engine import Database
from monitor.store.feeds import fresh_feed
from monitor.store.sql import insert
from monitor.store.tables import feeds


class Archives:
    db: Database

    def add_archive(self, id: str, now: datetime) -> None:
        """Make it if it is not there yet. Raises UsageError when a configured feed has that id."""
        with self.db.write() as connection:
            row = connection.execute(select(feeds).where(feeds.c.id == id)).one_or_none()
            if row is None:
                connection.execute(insert(self.db, feeds), fresh_feed(id, now))
            elif row.url:
                raise UsageError(f"{id} is a feed; choose another name for the archive")
