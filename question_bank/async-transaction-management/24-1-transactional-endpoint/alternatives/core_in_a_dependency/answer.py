import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException, status
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, ForeignKey, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
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


async def transaction():
    async with engine.begin() as connection:
        yield connection


class Payment(BaseModel):
    source: int
    target: int
    amount: int = Field(gt=0)


def two_accounts(payment: Payment) -> Payment:
    if payment.source != payment.target:
        return payment
    raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT)


@app.post("/transfers", status_code=status.HTTP_201_CREATED)
async def create_transfer(
    payment: Payment = Depends(two_accounts),
    connection: AsyncConnection = Depends(transaction, scope="function"),
):
    balances = {}
    for key in sorted((payment.source, payment.target)):
        query = select(Account.balance).where(Account.id == key).with_for_update()
        balances[key] = await connection.scalar(query)
    if None in balances.values():
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    if payment.amount > balances[payment.source]:
        raise HTTPException(status.HTTP_409_CONFLICT)
    for key, change in ((payment.source, -payment.amount), (payment.target, payment.amount)):
        write = update(Account).where(Account.id == key).values(balance=balances[key] + change)
        await connection.execute(write)
    values = dict(source_id=payment.source, target_id=payment.target, amount=payment.amount)
    key = await connection.scalar(insert(Transfer).values(values).returning(Transfer.id))
    return {"id": key, **payment.model_dump()}
