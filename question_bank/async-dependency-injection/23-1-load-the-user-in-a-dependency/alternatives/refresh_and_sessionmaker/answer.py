from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite:///directory.db")


class Base(DeclarativeBase):
    pass


members = Table(
    "members",
    Base.metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("team_id", ForeignKey("teams.id"), primary_key=True),
)


class Team(Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    active: Mapped[bool]
    password_hash: Mapped[str]
    teams: Mapped[list[Team]] = relationship(secondary=members)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)

new_session = async_sessionmaker(engine, expire_on_commit=False)


async def get_session():
    async with new_session() as session, session.begin():
        yield session


Db = Annotated[AsyncSession, Depends(get_session)]


async def get_user(request: Request, user_id: int, db: Db):
    if (user := await db.get(User, user_id)) is None:
        raise HTTPException(404, detail=f"no user at {request.url.path}")
    await db.refresh(user, attribute_names=["teams"])
    return user


async def get_active_user(user=Depends(get_user)):
    if user.active is False:
        raise HTTPException(403)
    return user


@app.get("/users/{user_id}", response_model=None)
def show(user=Depends(get_user)):
    names = [team.name for team in user.teams]
    names.sort()
    return dict(id=user.id, name=user.name, active=user.active, teams=names)


@app.get("/users/{user_id}/badge", response_model=None)
async def show_badge(user=Depends(get_active_user)):
    return {"id": user.id, "name": user.name}
