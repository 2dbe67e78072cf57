"""What the desk asks of an entity; who has seen a hit; keys that this installation makes for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hit_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_acknowledgements_delivery_id")),
        sa.ForeignKeyConstraint(["hit_id"], ["hits.id"], name=op.f("fk_acknowledgements_hit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    with op.batch_alter_table("acknowledgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgements_hit_id"), ["hit_id"], unique=False)
    with op.batch_alter_table("hits", schema=None) as batch_op:
        batch_op.create_index("ix_hits_of_entity", ["watchlist", "entity_id", "found_at", "disposition"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is not taken back: restore the backup made before the upgrade")
