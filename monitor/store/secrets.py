"""Keys that this installation makes for itself, kept where every process of it finds them."""

from __future__ import annotations

import secrets as random
from datetime import datetime

from sqlalchemy import select

from monitor.store.engine import Database
from monitor.store.sql import insert
from monitor.store.tables import secrets

BYTES = 32


class Secrets:
    db: Database

    def secret(self, name: str, now: datetime) -> bytes:
        """32 random bytes, always the same under one name; made when first asked for."""
        find = select(secrets.c.value).where(secrets.c.name == name)
        with self.db.read() as connection:
            known = connection.execute(find).scalar()
        if known is None:
            values = {"name": name, "value": random.token_bytes(BYTES), "made": now}
            with self.db.write() as connection:
                connection.execute(insert(self.db, secrets).values(values).on_conflict_do_nothing())
                known = connection.execute(find).scalar_one()
        return bytes(known)
