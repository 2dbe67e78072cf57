"""Which of several daemons on one PostgreSQL works: the one that holds an advisory lock; the others stand by.

The lock belongs to a connection. When its process is killed the server sees that at once; when its host is cut off, by
keepalives within some 15 seconds. SQLite is of one host, and there every daemon leads.
"""

from __future__ import annotations

import os
import socket
from typing import Any

from sqlalchemy import Connection, text

from monitor.store.engine import Database

LEADING_LOCK = 0x6D6F6E69
"""First half of the lock's key ("moni"); the second is the schema's, as several monitors may share a database."""

_KEEPALIVES = (
    "SET tcp_keepalives_idle = 5",  # seconds
    "SET tcp_keepalives_interval = 3",
    "SET tcp_keepalives_count = 3",
)
_KEY = {"key": LEADING_LOCK}
_TRY = text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))")
_MINE = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
    " AND classid = :key AND objid = hashtext(current_schema())::bigint & 4294967295)"
)
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
    " AND classid = :key AND objid = hashtext(current_schema())::bigint & 4294967295"
)


class Lead:
    """One daemon's claim to lead. Used by one thread at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Whether this daemon leads, now that it has tried to. Raises StorageError when the server cannot be asked."""
        if self._db.sqlite:
            return True
        try:
            with self._db.faults():
                connection = self._connection = self._connection or self._connect()
                return bool(connection.execute(_MINE, _KEY).scalar() or connection.execute(_TRY, _KEY).scalar())
        except BaseException:
            self.give_up()
            raise

    def holder(self) -> str:
        """Who leads, as `host:pid`; "" when nobody does, or it cannot be seen. Raises StorageError."""
        if self._db.sqlite:
            return ""
        with self._db.read() as connection:
            return str(connection.execute(_HOLDER, _KEY).scalar() or "").removeprefix("monitor ")

    def give_up(self) -> None:
        """Let another lead."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # closed for good, not given back to the pool with the lock
            connection.close()

    def _connect(self) -> Connection:
        connection = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        name: dict[str, Any] = {"name": f"monitor {socket.gethostname()[:40]}:{os.getpid()}"}
        connection.execute(text("SELECT set_config('application_name', :name, false)"), name)
        for setting in _KEEPALIVES:
            connection.exec_driver_sql(setting)
        return connection
