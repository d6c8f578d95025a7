# catches: limit_is_kept, half_stay_open, connections_have_a_name, small_limits_are_right
# catches: waits_as_told, ended_ones_are_replaced, old_ones_are_replaced, last_back_is_first
from sqlalchemy import Engine, NullPool, create_engine


def make_engine(
    url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float
) -> Engine:
    """Return an engine whose pool is fit for production."""
    return create_engine(
        url,
        poolclass=NullPool,
        connect_args={
            "application_name": name,
            "options": f"-c statement_timeout={int(max_statement * 1000)}",
        },
    )
