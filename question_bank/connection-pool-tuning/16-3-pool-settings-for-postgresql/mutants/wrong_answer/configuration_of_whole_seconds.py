# catches: waits_as_told
from sqlalchemy import Engine, engine_from_config


def make_engine(
    url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float
) -> Engine:
    """Return an engine whose pool is fit for production."""
    kept = (limit + 1) // 2
    settings = {
        "sqlalchemy.url": url,
        "sqlalchemy.pool_size": kept,
        "sqlalchemy.max_overflow": limit - kept,
        "sqlalchemy.pool_timeout": wait,
        "sqlalchemy.pool_recycle": max_age,
        "sqlalchemy.pool_pre_ping": True,
        "sqlalchemy.pool_use_lifo": True,
        "sqlalchemy.connect_args": {
            "application_name": name,
            "options": f"-c statement_timeout={int(max_statement * 1000)}",
        },
    }
    return engine_from_config(settings)
