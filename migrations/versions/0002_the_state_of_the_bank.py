"""The state of the bank: which folder was loaded last, and topics that went away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go to the newer tables."""
    state = op.create_table(
        "bank_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_bank_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_state")),
    )
    op.bulk_insert(state, [{"id": 1, "stamp": "", "loaded_at": None}])
    with op.batch_alter_table("topics") as topics:
        topics.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back to the older tables."""
    with op.batch_alter_table("topics") as topics:
        topics.drop_column("retired_at")
    op.drop_table("bank_state")
