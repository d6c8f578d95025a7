from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True)
class Load:
    users: int
    pause: float
    held: float

    def in_use(self) -> float:
        return self.users * self.held / self.pause


def pool_settings(load: Load, processes: int, limit: int) -> dict[str, int]:
    if limit < processes:
        raise ValueError(f"{processes} processes cannot share {limit} connections")
    wanted = int(-(-load.in_use() // processes))
    most = min(3 * wanted, limit // processes)
    kept = min(wanted, most)
    return {"pool_size": kept, "max_overflow": most - kept}


def make_engine(url, *, processes, limit, wait, **load):
    settings = pool_settings(Load(**load), processes, limit)
    return sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_timeout=wait, **settings)
