from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    email: Mapped[str]


class Users:
    """The users of all shards."""

    def __init__(self, engines: dict[str, Engine], buckets: list[str]) -> None:
        self.engines = engines
        self.buckets = buckets

    def add(self, user_id: int, email: str) -> None:
        raise NotImplementedError

    def email_of(self, user_id: int) -> str | None:
        raise NotImplementedError

    def first(self, count: int) -> list[str]:
        raise NotImplementedError
