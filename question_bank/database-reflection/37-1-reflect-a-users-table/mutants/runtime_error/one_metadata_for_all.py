# catches: missing_table_is_told, any_table_is_read, constraints_are_read
# catches: reads_what_it_refers_to, rows_are_ordered, names_may_be_anything
# catches: later_columns_are_seen, databases_are_apart
from typing import Any

from sqlalchemy import Engine, MetaData, Table, select


metadata = MetaData()


def reflect_users(engine: Engine) -> Table:
    """Return the table `users` as the database has it."""
    return Table("users", metadata, autoload_with=engine)


def list_users(engine: Engine) -> list[dict[str, Any]]:
    """Return all users, ordered by the primary key."""
    users = reflect_users(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(users).order_by(*users.primary_key.columns))
        return [dict(row) for row in rows.mappings()]
