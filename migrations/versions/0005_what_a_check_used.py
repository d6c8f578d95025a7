"""What each check used, and the seed of those that drew their inputs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go to the newer tables."""
    with op.batch_alter_table("check_results") as table:
        table.add_column(sa.Column("cpu_ms", sa.Double(), nullable=True))
        table.add_column(sa.Column("peak_memory_kib", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("seed", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("check_results") as table:
        for name in ("seed", "peak_memory_kib", "cpu_ms"):
            table.drop_column(name)
