from alembic import op

revision = "language"
down_revision = "8b60e4d21f73"


def upgrade():
    op.execute("""
        ALTER TABLE users
        ADD COLUMN "language" varchar(8) DEFAULT 'en' NOT NULL
    """)


def downgrade():
    op.execute("alter table users drop column language")
