# catches: later_columns_are_seen
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, MetaData, Table, select


@lru_cache
def reflect_users(engine: Engine) -> Table:
    """Return the table `users` as the database has it."""
    return Table("users", MetaData(), autoload_with=engine)


def list_users(engine: Engine) -> list[dict[str, Any]]:
    """Return all users, ordered by the primary key."""
    users = reflect_users(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(users).order_by(*users.primary_key.columns))
        return [dict(row) for row in rows.mappings()]
