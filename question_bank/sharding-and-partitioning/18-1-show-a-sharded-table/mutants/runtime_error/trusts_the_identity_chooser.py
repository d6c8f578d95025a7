# catches: only_its_shard_is_used
from sqlalchemy import Engine, select
from sqlalchemy.ext.horizontal_shard import ShardedSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    email: Mapped[str]


class Users:
    """The users of all shards."""

    def __init__(self, engines: dict[str, Engine], buckets: list[str]) -> None:
        def shard_of(user_id: int) -> str:
            return buckets[user_id % len(buckets)]

        self.new_session = sessionmaker(
            class_=ShardedSession,
            shards=engines,
            shard_chooser=lambda mapper, user, clause=None: shard_of(user.id),
            identity_chooser=lambda mapper, key, **_: [shard_of(key[0])],
            execute_chooser=lambda context: list(engines),
        )

    def add(self, user_id: int, email: str) -> None:
        with self.new_session.begin() as session:
            session.add(User(id=user_id, email=email))

    def email_of(self, user_id: int) -> str | None:
        with self.new_session() as session:
            user = session.get(User, user_id)
            return None if user is None else user.email

    def first(self, count: int) -> list[str]:
        with self.new_session() as session:
            users = session.scalars(select(User).order_by(User.email).limit(count))
            return sorted(user.email for user in users)[:count]
