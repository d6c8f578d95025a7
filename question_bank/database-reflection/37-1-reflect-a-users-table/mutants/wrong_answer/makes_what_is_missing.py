# catches: missing_table_is_told, nothing_is_made
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, Table, inspect, select


def reflect_users(engine: Engine) -> Table:
    """Return the table `users` as the database has it."""
    metadata = MetaData()
    if not inspect(engine).has_table("users"):
        Table("users", metadata, Column("id", Integer, primary_key=True))
        metadata.create_all(engine)
    return Table("users", MetaData(), autoload_with=engine)


def list_users(engine: Engine) -> list[dict[str, Any]]:
    """Return all users, ordered by the primary key."""
    users = reflect_users(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(users).order_by(*users.primary_key.columns))
        return [dict(row) for row in rows.mappings()]
