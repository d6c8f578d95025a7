import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError, NoSuchTableError


def reflect_users(engine):
    metadata = sa.MetaData()
    try:
        metadata.reflect(bind=engine, only=["users"])
    except InvalidRequestError as missing:
        raise NoSuchTableError("users") from missing
    return metadata.tables["users"]


def list_users(engine):
    table = reflect_users(engine)
    names = [column.name for column in table.columns]
    keys = [column for column in table.columns if column.primary_key]
    with engine.begin() as connection:
        found = connection.execute(sa.select(table).order_by(*keys)).all()
    return [dict(zip(names, row)) for row in found]
