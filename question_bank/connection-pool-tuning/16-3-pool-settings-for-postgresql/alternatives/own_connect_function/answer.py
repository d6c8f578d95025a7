import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import QueuePool


class Connector:
    def __init__(self, url, name, max_statement):
        arguments = make_url(url).translate_connect_args(username="user", database="dbname")
        self.arguments = {**arguments, "application_name": name}
        self.statement_timeout = f"{max_statement * 1000:.0f}"

    def __call__(self):
        connection = psycopg.connect(**self.arguments, autocommit=True)
        connection.execute(f"SET statement_timeout = {self.statement_timeout}")
        connection.autocommit = False
        return connection


def make_engine(url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float):
    size = limit // 2 + limit % 2
    connect = Connector(url, name, max_statement)
    dialect = create_engine(url).dialect
    pool = QueuePool(
        connect,
        pool_size=size,
        max_overflow=limit - size,
        timeout=wait,
        recycle=max_age,
        pre_ping=True,
        use_lifo=True,
        dialect=dialect,
    )
    return create_engine(url, pool=pool)
