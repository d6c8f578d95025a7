from sqlalchemy import MetaData, Table, inspect
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.orm import Session


class UsersTable:
    def __init__(self, engine):
        self.engine = engine
        inspector = inspect(engine)
        if not inspector.has_table("users"):
            raise NoSuchTableError("users")
        self.table = Table("users", MetaData())
        inspector.reflect_table(self.table, include_columns=None)
        self.key = inspector.get_pk_constraint("users")["constrained_columns"]

    def rows(self):
        with Session(self.engine) as session:
            order = (self.table.c[name] for name in self.key)
            return [
                {str(name): value for name, value in row._mapping.items()}
                for row in session.execute(self.table.select().order_by(*order))
            ]


def reflect_users(engine):
    return UsersTable(engine).table


def list_users(engine):
    return UsersTable(engine).rows()
