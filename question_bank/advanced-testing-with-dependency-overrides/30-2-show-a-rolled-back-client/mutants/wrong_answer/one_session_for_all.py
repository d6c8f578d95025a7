# catches: uncommitted_rows_are_gone
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


def get_session() -> Iterator[Session]:
    raise HTTPException(503, "The production database cannot be reached from here.")
    yield


DbSession = Annotated[Session, Depends(get_session)]
app = FastAPI()


@app.get("/items")
def names(session: DbSession) -> list[str]:
    return list(session.scalars(select(Item.name).order_by(Item.name)))


@app.post("/items", status_code=201)
def add(names: list[str], session: DbSession) -> None:
    session.add_all(Item(name=name) for name in names)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise HTTPException(409, "One of them is there already.") from None
    if session.scalar(select(func.count(Item.id))) > 5:
        raise HTTPException(422, "Five items fill the shop.")  # nothing was committed
    session.commit()


@contextmanager
def client_on(engine: Engine) -> Iterator[TestClient]:
    with engine.connect() as connection:
        transaction = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        app.dependency_overrides[get_session] = lambda: session
        try:
            yield TestClient(app)
        finally:
            del app.dependency_overrides[get_session]
            session.close()
            transaction.rollback()
