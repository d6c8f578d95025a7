from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI
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
    raise NotImplementedError


# the two routes go here


class MockSession:
    """Stands in for a Session: keeps users in memory."""


@contextmanager
def mock_session() -> Iterator[MockSession]:
    yield MockSession()
