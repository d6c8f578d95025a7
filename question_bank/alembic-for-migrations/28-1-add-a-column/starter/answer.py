"""Add users.language."""

import sqlalchemy as sa
from alembic import op

revision = "choose one"
down_revision = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
