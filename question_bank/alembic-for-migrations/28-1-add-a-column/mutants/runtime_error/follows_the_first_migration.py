# catches: column_is_there, users_have_en, downgrade_removes_it, rows_without_it_get_en
# catches: null_is_refused, upgrade_touches_nothing_else, downgrade_restores_the_tables, goes_up_again
# catches: follows_the_last_one, postgresql_upgrade, postgresql_downgrade
"""Add users.language."""

import sqlalchemy as sa
from alembic import op

revision = "c4d7715f0a9e"
down_revision = "3f9a1c27d5e0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("language", sa.String(8), nullable=False, server_default="en"),
    )


def downgrade() -> None:
    op.drop_column("users", "language")
