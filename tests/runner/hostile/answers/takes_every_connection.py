# attack: takes every connection that PostgreSQL has
# door: postgres
# services: postgres
# verdict: wrong_answer or runtime_error
import os

import psycopg

with psycopg.connect() as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS people (name text)")
kept = []


def add(name):
    with psycopg.connect() as connection:
        connection.execute("INSERT INTO people VALUES (%s)", [name])
    try:
        while True:
            kept.append(psycopg.connect())
    except psycopg.OperationalError:
        pass
