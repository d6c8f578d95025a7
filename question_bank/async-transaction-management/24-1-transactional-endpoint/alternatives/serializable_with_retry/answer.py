import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from pydantic import BaseModel, PositiveInt
from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.exc import DBAPIError
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


AGAIN = {"40001", "40P01"}  # serialization failure, deadlock
careful = engine.execution_options(isolation_level="SERIALIZABLE")


class Wanted(BaseModel):
    source: int
    target: int
    amount: PositiveInt


async def attempt(wanted):
    async with AsyncSession(careful) as session, session.begin():
        source = await session.get(Account, wanted.source)
        target = await session.get(Account, wanted.target)
        if source is None or target is None:
            return 404
        if source.balance - wanted.amount < 0:
            return 409
        source.balance, target.balance = source.balance - wanted.amount, target.balance + wanted.amount
        stored = Transfer(source_id=source.id, target_id=target.id, amount=wanted.amount)
        session.add(stored)
        await session.flush()
        done = {"id": stored.id} | wanted.model_dump()
    return done


@app.post("/transfers", status_code=201)
async def create_transfer(wanted: Wanted):
    if wanted.source == wanted.target:
        return Response(status_code=422)
    while True:
        try:
            done = await attempt(wanted)
        except DBAPIError as problem:
            if getattr(problem.orig, "sqlstate", None) not in AGAIN:
                raise
            await asyncio.sleep(random.uniform(0, 0.02))
        else:
            return done if isinstance(done, dict) else Response(status_code=done)
