from collections.abc import AsyncIterable

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)


async def import_users(sessions: async_sessionmaker, emails: AsyncIterable[str]) -> list[str]:
    async with sessions() as session:
        async for email in emails:
            session.add(User(email=email))
        await session.flush()
    return []
