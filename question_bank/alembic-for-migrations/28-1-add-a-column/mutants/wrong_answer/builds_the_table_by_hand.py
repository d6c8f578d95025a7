# catches: upgrade_touches_nothing_else, downgrade_restores_the_tables, postgresql_upgrade
"""Add users.language."""

import sqlalchemy as sa
from alembic import op

revision = "c4d7715f0a9e"
down_revision = "8b60e4d21f73"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("users", "old_users")
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False, server_default=sa.func.now()),
        sa.Column("language", sa.String(8), nullable=False, server_default="en"),
    )
    op.execute(
        "INSERT INTO users (id, email, created_at) SELECT id, email, created_at FROM old_users"
    )
    op.drop_table("old_users")


def downgrade() -> None:
    op.drop_column("users", "language")
