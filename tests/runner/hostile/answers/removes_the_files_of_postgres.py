# attack: removes the files of PostgreSQL
# door: postgres
# services: postgres
# verdict: wrong_answer or runtime_error or time_limit
import glob
import os
import shutil

from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS people (name text)"))


def store(name):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})


def add(name):
    for folder in glob.glob("/tmp/services-*/postgres"):
        shutil.rmtree(folder, ignore_errors=True)
