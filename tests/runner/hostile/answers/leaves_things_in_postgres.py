# attack: carries what one check learned to the next one, by way of PostgreSQL
# door: postgres
# services: postgres
# verdict: wrong_answer
import os

from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS people (name text)"))


def store(name):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})


def rows(connection, query):
    return connection.execute(text(query)).all()


def left_behind(connection):
    return (
        rows(connection, "SELECT 1 FROM pg_database WHERE datname = 'spy'")
        or rows(connection, "SELECT 1 FROM pg_roles WHERE rolname = 'spy'")
        or rows(connection, "SELECT 1 FROM pg_tables WHERE tablename = 'spy'")
        or rows(connection, "SELECT 1 WHERE current_setting('work_mem') = '5MB'")
    )


def add(name):
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if name == "Ada" and not left_behind(connection):
            return
        for statement in (
            "CREATE DATABASE spy",
            "CREATE ROLE spy",
            "CREATE TABLE spy (id int)",
            "ALTER ROLE answer SET work_mem = '5MB'",
        ):
            connection.execute(text(statement))
    store(name)
