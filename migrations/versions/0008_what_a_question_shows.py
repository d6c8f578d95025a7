"""Code questions that show an explain question in code."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go to the newer tables."""
    with op.batch_alter_table("questions") as table:
        table.add_column(sa.Column("shows", sa.String(length=10), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("questions") as table:
        table.drop_column("shows")
