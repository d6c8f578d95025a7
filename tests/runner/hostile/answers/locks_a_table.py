# attack: leaves a transaction open that locks the table
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


kept = []


def add(name):
    store(name)
    connection = engine.connect()
    connection.execute(text("LOCK TABLE people IN ACCESS EXCLUSIVE MODE"))
    kept.append(connection)
