# catches: bound_outlives_a_rollback
from sqlalchemy import Engine, create_engine, event


def make_engine(
    url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float
) -> Engine:
    """Return an engine whose pool is fit for production."""
    kept = (limit + 1) // 2
    engine = create_engine(
        url,
        pool_size=kept,
        max_overflow=limit - kept,
        pool_timeout=wait,
        pool_recycle=max_age,
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args={"application_name": name},
    )

    @event.listens_for(engine, "connect")
    def bound_statements(connection, record):
        connection.execute(f"SET statement_timeout = {int(max_statement * 1000)}")

    return engine
