"""Where this site itself does what a topic asks for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go to the newer tables. The bank's next load fills in what the topics say."""
    with op.batch_alter_table("topics") as table:
        table.add_column(sa.Column("here", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("topics") as table:
        table.alter_column("here", server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("topics") as table:
        table.drop_column("here")
