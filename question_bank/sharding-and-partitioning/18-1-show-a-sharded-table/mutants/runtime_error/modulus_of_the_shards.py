# catches: the_map_decides
# catches: only_its_shard_is_used
from sqlalchemy import Engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


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

    def session_of(self, user_id: int) -> Session:
        names = list(self.engines)
        return Session(self.engines[names[user_id % len(names)]])

    def add(self, user_id: int, email: str) -> None:
        with self.session_of(user_id) as session:
            session.add(User(id=user_id, email=email))
            session.commit()

    def email_of(self, user_id: int) -> str | None:
        with self.session_of(user_id) as session:
            return session.scalar(select(User.email).where(User.id == user_id))

    def first(self, count: int) -> list[str]:
        best = select(User.email).order_by(User.email).limit(count)
        found = []
        for engine in self.engines.values():
            with Session(engine) as session:
                found += session.scalars(best)
        return sorted(found)[:count]
