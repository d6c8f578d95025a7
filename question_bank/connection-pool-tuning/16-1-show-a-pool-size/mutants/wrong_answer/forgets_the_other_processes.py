# catches: average_stays_open, peak_has_an_end, peaks_fit_the_limit, small_share_bounds_the_pool
# catches: too_few_are_refused, waits_as_told
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
    share = limit
    if share < 1:
        raise ValueError("there is less than one connection for each process")
    in_use = users / pause * held
    size = min(math.ceil(in_use), share)
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=min(2 * size, share - size),
        pool_timeout=wait,
    )
