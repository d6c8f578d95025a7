import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Body, FastAPI, HTTPException
from sqlalchemy import BigInteger, ForeignKey, select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
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


new_session = async_sessionmaker(engine, expire_on_commit=False)
router = APIRouter()


async def move(session, account_id, change):
    result = await session.execute(
        update(Account)
        .where(Account.id == account_id, Account.balance + change >= 0)
        .values(balance=Account.balance + change)
        .execution_options(synchronize_session=False)
    )
    return result.rowcount == 1


@router.post("/transfers", status_code=201)
async def create_transfer(
    source: Annotated[int, Body()],
    target: Annotated[int, Body()],
    amount: Annotated[int, Body(gt=0)],
):
    if source == target:
        raise HTTPException(422)
    async with new_session() as session:
        try:
            known = await session.scalars(select(Account.id).where(Account.id.in_({source, target})))
            if len(known.all()) != 2:
                raise HTTPException(404)
            for account_id, change in sorted({source: -amount, target: amount}.items()):
                if not await move(session, account_id, change):
                    raise HTTPException(409)
            done = Transfer(source_id=source, target_id=target, amount=amount)
            session.add(done)
            await session.commit()
        except BaseException:
            await session.rollback()
            raise
    return {"id": done.id, "source": source, "target": target, "amount": amount}


app.include_router(router)
