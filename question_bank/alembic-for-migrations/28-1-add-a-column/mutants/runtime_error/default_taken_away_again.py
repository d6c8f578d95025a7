# catches: rows_without_it_get_en, postgresql_upgrade
"""Add users.language."""

import sqlalchemy as sa
from alembic import op

revision = "c4d7715f0a9e"
down_revision = "8b60e4d21f73"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("language", sa.String(8), nullable=False, server_default="en"),
    )
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("language", existing_type=sa.String(8), server_default=None)


def downgrade() -> None:
    op.drop_column("users", "language")
