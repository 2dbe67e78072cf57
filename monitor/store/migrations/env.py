"""How Alembic runs: always on the connection and in the transaction that its caller hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString, UTCDateTime

from monitor.store.tables import OutsideText, metadata

_PLAIN = {AutoString: "sa.String()", OutsideText: "sa.Text()", UTCDateTime: "sa.DateTime(timezone=True)"}


def plainly(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A migration is a record of what was: it names SQL's types, not classes that may change after it."""
    return _PLAIN.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    render_item=plainly,
    compare_type=True,
)
context.run_migrations()
