from sqlalchemy import inspect, select
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import Session, registry


def user_model(engine):
    if not inspect(engine).has_table("users"):
        raise NoSuchTableError("users")

    class Base(registry().generate_base()):
        __abstract__ = True

    class Reflected(DeferredReflection):
        __abstract__ = True

    class User(Reflected, Base):
        __tablename__ = "users"

    Reflected.prepare(engine)
    return User


def reflect_users(engine):
    return user_model(engine).__table__


def list_users(engine):
    table = reflect_users(engine)
    statement = select(*table.columns).order_by(*table.primary_key)
    with Session(engine) as session:
        rows = session.execute(statement)
        return [{column.name: row[n] for n, column in enumerate(table.columns)} for row in rows]
