# catches: constraints_are_read, reads_what_it_refers_to
from typing import Any

from sqlalchemy import Column, Engine, MetaData, Table, inspect, select


def reflect_users(engine: Engine) -> Table:
    """Return the table `users` as the database has it."""
    found = inspect(engine).get_columns("users")
    return Table(
        "users",
        MetaData(),
        *(
            Column(
                column["name"],
                column["type"],
                nullable=column["nullable"],
                primary_key=bool(column["primary_key"]),
            )
            for column in found
        ),
    )


def list_users(engine: Engine) -> list[dict[str, Any]]:
    """Return all users, ordered by the primary key."""
    users = reflect_users(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(users).order_by(*users.primary_key.columns))
        return [dict(row) for row in rows.mappings()]
