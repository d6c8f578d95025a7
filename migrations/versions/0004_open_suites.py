"""The files of an open suite, in the grader's place."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go to the newer tables."""
    with op.batch_alter_table("question_versions") as table:
        table.add_column(sa.Column("suite", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("question_versions") as table:
        table.drop_column("suite")
