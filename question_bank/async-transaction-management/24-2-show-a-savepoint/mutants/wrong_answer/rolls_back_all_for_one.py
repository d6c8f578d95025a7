# catches: skips_duplicates, skips_what_the_table_has
from collections.abc import AsyncIterable

from sqlalchemy.exc import IntegrityError
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
    async with sessions() as session:
        async for email in emails:
            session.add(User(email=email))
            try:
                await session.flush()
            except IntegrityError:
                await session.rollback()
                skipped.append(email)
        await session.commit()
    return skipped
