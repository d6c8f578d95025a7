import psycopg
from sqlalchemy import create_engine, event, exc
from sqlalchemy.pool import QueuePool


def make_engine(url, *, name, limit, wait, max_age, max_statement):
    kept = limit - limit // 2
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=kept,
        max_overflow=limit // 2,
        pool_timeout=wait,
        pool_recycle=max_age,
        pool_use_lifo=True,
        pool_reset_on_return="rollback",
    )

    @event.listens_for(engine, "connect")
    def prepare(connection, record):
        set_config = "SELECT set_config('application_name', %s, false), set_config('statement_timeout', %s, false)"
        connection.execute(set_config, [name, str(int(max_statement * 1000))])
        connection.commit()

    @event.listens_for(engine, "checkout")
    def ping(connection, record, proxy):
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.OperationalError as gone:
            raise exc.DisconnectionError from gone

    return engine
