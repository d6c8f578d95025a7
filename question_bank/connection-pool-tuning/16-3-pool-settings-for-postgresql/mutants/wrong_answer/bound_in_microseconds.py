# catches: long_statements_are_cancelled, bound_outlives_a_rollback
from sqlalchemy import Engine, create_engine


def make_engine(
    url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float
) -> Engine:
    """Return an engine whose pool is fit for production."""
    kept = (limit + 1) // 2  # never 0, which SQLAlchemy takes for "no limit"
    milliseconds = int(max_statement * 1_000_000)
    return create_engine(
        url,
        pool_size=kept,
        max_overflow=limit - kept,
        pool_timeout=wait,
        pool_recycle=max_age,
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args={
            "application_name": name,
            # As the connection starts: a SET would be undone by the first rollback.
            "options": f"-c statement_timeout={milliseconds}",
        },
    )
