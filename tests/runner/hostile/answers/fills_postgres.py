# attack: fills the disk of PostgreSQL
# door: postgres
# services: postgres
# verdict: runtime_error or memory_limit
import os

from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS people (name text)"))


def store(name):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})


def add(name):
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for number in range(20):
            rows = "SELECT repeat(md5(n::text), 60) AS x FROM generate_series(1, 20000) AS n"
            connection.execute(text(f"CREATE TABLE big_{number} AS {rows}"))
    store(name)
