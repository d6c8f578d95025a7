from contextlib import ExitStack, contextmanager
from itertools import count
from unittest.mock import create_autospec, patch

from fastapi import Body, Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("sqlite:///users.db")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


Base.metadata.create_all(engine)
app = FastAPI()
make_session = sessionmaker(engine, expire_on_commit=False)


def get_session():
    session = make_session()
    try:
        yield session
    finally:
        session.close()


@app.post("/users", status_code=201)
def create_user(name: str = Body(embed=True), session: Session = Depends(get_session)):
    user = User(name=name)
    session.add(user)
    session.flush()
    shown = {"id": user.id, "name": user.name}
    session.commit()
    return shown


@app.get("/users/{user_id}")
def read_user(user_id: int, session: Session = Depends(get_session)):
    if user := session.get(User, user_id):
        return {"id": user.id, "name": user.name}
    raise HTTPException(404)


def mock_of_a_session():
    users, added, ids = {}, [], count(1000)

    def flush():
        taken = {*users, *(user.id for user in added)}
        for user in added:
            if user.id is None:
                user.id = next(key for key in ids if key not in taken)

    def commit():
        flush()
        users.update({user.id: user for user in added})
        added.clear()

    mock = create_autospec(Session, instance=True)
    mock.add.side_effect = lambda user, **_: added.append(user)
    mock.get.side_effect = lambda entity, ident, **_: users.get(ident)
    mock.flush.side_effect = flush
    mock.commit.side_effect = commit
    mock.rollback.side_effect = added.clear
    return mock


@contextmanager
def mock_session():
    mock = mock_of_a_session()
    with ExitStack() as stack:
        stack.enter_context(patch.dict(app.dependency_overrides, {get_session: lambda: mock}))
        yield mock
