# catches: small_share_bounds_the_pool
import math

from sqlalchemy import Engine, QueuePool, create_engine


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
    share = limit // processes
    if share < 1:
        raise ValueError("there is less than one connection for each process")
    in_use = users / pause * held / processes
    size = math.ceil(in_use)
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=min(2 * size, share - size),
        pool_timeout=wait,
    )
