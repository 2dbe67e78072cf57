"""Decisions and deeds are chained; a decision may be a proposal, and outlives its hit."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BLOCK = 1000

DEEDS = sa.table(
    "audit",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.Text) for name in ("who", "what", "about", "details", "salt")),
)
DECISIONS = sa.table(
    "dispositions",
    sa.column("id", sa.Integer),
    sa.column("hit_id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.Text) for name in ("who", "was", "became", "reason", "step", "salt")),
)
CHAIN = sa.table(
    "chain",
    sa.column("number", sa.Integer),
    sa.column("kind", sa.Text),
    sa.column("row_id", sa.Integer),
    sa.column("digest", sa.LargeBinary),
    sa.column("link", sa.LargeBinary),
)


def upgrade() -> None:
    op.create_table(
        "chain",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chain")),
        sa.UniqueConstraint("kind", "row_id", name=op.f("uq_chain_kind_row_id")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("salt", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("erased_by", sa.Integer(), nullable=True))
    with op.batch_alter_table("dispositions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("step", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("salt", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("erased_by", sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f("fk_dispositions_hit_id"), type_="foreignkey")
    op.execute("UPDATE audit SET details = ''")
    op.execute("UPDATE dispositions SET step = 'decided'")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.alter_column("details", existing_type=sa.Text(), nullable=False)
    with op.batch_alter_table("dispositions", schema=None) as batch_op:
        batch_op.alter_column("step", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("hits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proposal_id", sa.Integer(), nullable=True))
    _take_in()


def _take_in() -> None:
    """What was done and decided before is chained in the order of its time."""
    connection = op.get_bind()
    link = bytes(32)
    rows: list[dict[str, Any]] = []
    salted: dict[str, list[dict[str, Any]]] = {"deed": [], "decision": []}
    for number, (kind, id) in enumerate(_by_time(connection), start=1):
        table = DEEDS if kind == "deed" else DECISIONS
        row = dict(connection.execute(sa.select(table).where(table.c.id == id)).mappings().one())
        row.pop("id")
        row.pop("salt")
        salt = secrets.token_hex(16)
        digest = sha256(_canonical([kind, salt, row])).digest()
        link = sha256(_canonical([number, kind, id, digest.hex(), link.hex()])).digest()
        rows.append({"number": number, "kind": kind, "row_id": id, "digest": digest, "link": link})
        salted[kind].append({"row": id, "with": salt})
        if len(rows) == BLOCK:
            _write(connection, rows, salted)
    _write(connection, rows, salted)


def _by_time(connection: sa.Connection) -> Iterator[tuple[str, int]]:
    of = [
        sa.select(sa.literal(kind).label("kind"), table.c.id, table.c.at, sa.literal(place).label("place"))
        for place, (kind, table) in enumerate((("deed", DEEDS), ("decision", DECISIONS)))
    ]
    both = sa.union_all(*of).subquery()
    ordered = connection.execute(sa.select(both).order_by(both.c.at, both.c.place, both.c.id)).all()
    yield from ((row.kind, row.id) for row in ordered)


def _write(connection: sa.Connection, rows: list[dict[str, Any]], salted: dict[str, list[dict[str, Any]]]) -> None:
    if rows:
        connection.execute(CHAIN.insert(), rows)
        rows.clear()
    for kind, table in (("deed", DEEDS), ("decision", DECISIONS)):
        if salted[kind]:
            given = sa.update(table).where(table.c.id == sa.bindparam("row")).values(salt=sa.bindparam("with"))
            connection.execute(given, salted[kind])
            salted[kind].clear()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_time).encode()


def _time(value: object) -> str:
    assert isinstance(value, datetime)
    moment = value if value.tzinfo else value.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def downgrade() -> None:
    raise NotImplementedError("a schema is not taken back: restore the backup made before the upgrade")
