# catches: postgresql_upgrade
"""Add users.language."""

import sqlalchemy as sa
from alembic import op

revision = "c4d7715f0a9e"
down_revision = "8b60e4d21f73"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String(8)))
    bind = op.get_bind()
    for (user_id,) in bind.execute(sa.text("SELECT id FROM users")).all():
        bind.execute(sa.text("UPDATE users SET language = 'en' WHERE id = :id"), {"id": user_id})
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column(
            "language", existing_type=sa.String(8), nullable=False, server_default="en"
        )


def downgrade() -> None:
    op.drop_column("users", "language")
