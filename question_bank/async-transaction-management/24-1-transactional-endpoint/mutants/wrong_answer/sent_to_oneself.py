# catches: nonsense_is_422
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["DATABASE_URL"])


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger)


class Transfer(Base):
    __tablename__ = "transfers"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:
        yield session


class NewTransfer(BaseModel):
    source: int
    target: int
    amount: int = Field(ge=1)


class DoneTransfer(BaseModel):
    id: int
    source: int
    target: int
    amount: int


async def transfer(session: AsyncSession, new: NewTransfer) -> int:
    """Move the money and return the id. The caller's transaction keeps it, or undoes it."""
    query = (
        select(Account)
        .where(Account.id.in_([new.source, new.target]))
        .order_by(Account.id)
        .with_for_update()
    )
    accounts = {account.id: account for account in await session.scalars(query)}
    if len(accounts) < 2:
        raise HTTPException(404, "There is no such account.")
    source, target = accounts[new.source], accounts[new.target]
    if source.balance < new.amount:
        raise HTTPException(409, "The balance is too small.")
    source.balance -= new.amount
    target.balance += new.amount
    stored = Transfer(source_id=source.id, target_id=target.id, amount=new.amount)
    session.add(stored)
    await session.flush()
    return stored.id


@app.post("/transfers", status_code=201)
async def create_transfer(
    new: NewTransfer, session: Annotated[AsyncSession, Depends(get_session)]
) -> DoneTransfer:
    async with session.begin():
        key = await transfer(session, new)
    return DoneTransfer(id=key, **new.model_dump())
