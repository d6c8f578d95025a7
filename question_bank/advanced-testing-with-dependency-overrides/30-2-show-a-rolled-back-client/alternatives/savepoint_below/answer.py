from collections.abc import AsyncIterator, Iterator
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


class client_on:
    """A savepoint below every session: a session that finds one joins by a savepoint too."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()

    async def session(self) -> AsyncIterator[Session]:
        session = Session(bind=self.connection)
        try:
            yield session
        finally:
            session.close()

    def __enter__(self) -> TestClient:
        self.connection.begin()
        self.connection.begin_nested()
        app.dependency_overrides[get_session] = self.session
        return TestClient(app)

    def __exit__(self, *_: object) -> None:
        app.dependency_overrides.pop(get_session)
        self.connection.close()  # which rolls back
