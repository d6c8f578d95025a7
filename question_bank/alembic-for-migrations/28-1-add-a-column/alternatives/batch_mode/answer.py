from collections.abc import Sequence

from alembic import op
from sqlalchemy import Column, Unicode, text

revision: str = "0003_user_language"
down_revision: str | Sequence[str] | None = ("8b60e4d21f73",)


def upgrade():
    with op.batch_alter_table("users") as batch:
        batch.add_column(Column("language", Unicode(8), server_default=text("'en'"), nullable=False))


def downgrade():
    with op.batch_alter_table("users") as batch:
        batch.drop_column("language")
