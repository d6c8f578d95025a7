"""users.language, the long way: every step is one that a large table can bear."""

import sqlalchemy as sa
from alembic import op

revision = "20260301_language"
down_revision = "8b60e4d21f73"

users = sa.table("users", sa.column("language", sa.String))


def upgrade():
    op.add_column("users", sa.Column("language", sa.String(length=8), nullable=True))
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("language", existing_type=sa.String(8), server_default="en")
    op.execute(users.update().where(users.c.language.is_(None)).values(language="en"))
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("language", existing_type=sa.String(8), nullable=False)


def downgrade():
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("language")
