# catches: any_table_is_read, missing_table_is_told, constraints_are_read
# catches: reads_what_it_refers_to, later_columns_are_seen, databases_are_apart
# catches: rows_are_ordered, names_may_be_anything
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, select


def reflect_users(engine: Engine) -> Table:
    """Return the table `users` as the database has it."""
    return Table(
        "users",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("name", String(40), nullable=False),
        Column("age", Integer),
    )


def list_users(engine: Engine) -> list[dict[str, Any]]:
    """Return all users, ordered by the primary key."""
    users = reflect_users(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(users).order_by(*users.primary_key.columns))
        return [dict(row) for row in rows.mappings()]
