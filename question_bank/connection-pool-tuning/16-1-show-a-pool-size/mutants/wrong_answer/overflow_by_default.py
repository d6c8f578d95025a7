# catches: peak_has_an_end, peaks_fit_the_limit, small_share_bounds_the_pool, too_few_are_refused
# catches: waits_as_told
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
    size = min(math.ceil(in_use), share)
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        pool_timeout=wait,
    )
