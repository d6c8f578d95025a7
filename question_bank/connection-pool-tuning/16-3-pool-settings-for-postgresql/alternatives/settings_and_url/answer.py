from dataclasses import asdict, dataclass
from math import ceil

from sqlalchemy import create_engine, make_url


@dataclass(frozen=True)
class PoolSettings:
    pool_size: int
    max_overflow: int
    pool_timeout: float
    pool_recycle: float
    pool_pre_ping: bool = True
    pool_use_lifo: bool = True

    @classmethod
    def for_process(cls, limit, wait, max_age):
        return cls(ceil(limit / 2), limit // 2, wait, max_age)


def make_engine(url, *, name, limit, wait, max_age, max_statement):
    parameters = {
        "application_name": name,
        "options": f"-c statement_timeout={round(max_statement * 1000)}ms",
    }
    address = make_url(url).update_query_dict(parameters)
    return create_engine(address, **asdict(PoolSettings.for_process(limit, wait, max_age)))
