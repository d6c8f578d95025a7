"""Whether the checks of a question share a process."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go to the newer tables."""
    with op.batch_alter_table("question_versions") as table:
        table.add_column(sa.Column("fresh", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("question_versions") as table:
        table.alter_column("fresh", server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("question_versions") as table:
        table.drop_column("fresh")
