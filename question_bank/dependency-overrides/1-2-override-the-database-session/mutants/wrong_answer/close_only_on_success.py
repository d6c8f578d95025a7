# catches: sessions_are_closed
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("sqlite:///users.db")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


Base.metadata.create_all(engine)
app = FastAPI()


def get_session() -> Iterator[Session]:
    session = Session(engine)
    yield session
    session.close()


CurrentSession = Annotated[Session, Depends(get_session)]


class NewUser(BaseModel):
    name: str


class ShownUser(BaseModel):
    id: int
    name: str


@app.post("/users", status_code=201)
def create_user(new: NewUser, session: CurrentSession) -> ShownUser:
    user = User(name=new.name)
    session.add(user)
    session.commit()
    return ShownUser(id=user.id, name=user.name)


@app.get("/users/{user_id}")
def read_user(user_id: int, session: CurrentSession) -> ShownUser:
    user = session.get(User, user_id)
    if user is None:
        raise HTTPException(404, "There is no such user.")
    return ShownUser(id=user.id, name=user.name)


class MockSession:
    """Stands in for a Session: keeps users in memory, and apart until they are committed."""

    def __init__(self) -> None:
        self._added: list[User] = []
        self._stored: dict[int, User] = {}

    def add(self, user: User) -> None:
        self._added.append(user)

    def get(self, model: type[User], key: int) -> User | None:
        return self._stored.get(key)

    def commit(self) -> None:
        taken = {user.id for user in self._added if user.id is not None} | self._stored.keys()
        for user in self._added:
            if user.id is None:
                user.id = max(taken, default=0) + 1
                taken.add(user.id)
            self._stored[user.id] = user
        self._added.clear()

    def flush(self) -> None:
        pass

    def rollback(self) -> None:
        self._added.clear()

    def refresh(self, user: User) -> None:
        pass


@contextmanager
def mock_session() -> Iterator[MockSession]:
    session = MockSession()
    before = dict(app.dependency_overrides)
    app.dependency_overrides[get_session] = lambda: session
    try:
        yield session
    finally:
        app.dependency_overrides.clear()
        app.dependency_overrides.update(before)
