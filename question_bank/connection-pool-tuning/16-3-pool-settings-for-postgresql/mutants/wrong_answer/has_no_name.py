# catches: connections_have_a_name, half_stay_open, small_limits_are_right
# catches: ended_ones_are_replaced
from sqlalchemy import Engine, create_engine


def make_engine(
    url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float
) -> Engine:
    """Return an engine whose pool is fit for production."""
    kept = (limit + 1) // 2  # never 0, which SQLAlchemy takes for "no limit"
    milliseconds = int(max_statement * 1000)
    return create_engine(
        url,
        pool_size=kept,
        max_overflow=limit - kept,
        pool_timeout=wait,
        pool_recycle=max_age,
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args={
            # As the connection starts: a SET would be undone by the first rollback.
            "options": f"-c statement_timeout={milliseconds}",
        },
    )
