from collections.abc import AsyncIterable

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


async def import_users(sessions: async_sessionmaker, emails: AsyncIterable[str]) -> list[str]:
    skipped = []
    session = sessions()
    try:
        async for email in emails:
            statement = insert(User).values(email=email).on_conflict_do_nothing()
            result = await session.execute(statement.returning(User.id))
            if result.first() is None:
                skipped.append(email)
        await session.commit()
    except BaseException:
        await session.rollback()
        raise
    finally:
        await session.close()
    return skipped
