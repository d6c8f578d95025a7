from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

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


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:
        yield session


async def get_user(user_id: int, session: Annotated[AsyncSession, Depends(get_session)]) -> User:
    user = await session.get(User, user_id, options=[selectinload(User.teams)])
    if user is None:
        raise HTTPException(404, "There is no such user.")
    return user


CurrentUser = Annotated[User, Depends(get_user)]


async def get_active_user(user: CurrentUser) -> User:
    if not user.active:
        raise HTTPException(403, "This user is not active.")
    return user


class Profile(BaseModel):
    id: int
    name: str
    active: bool
    teams: list[str]


class Badge(BaseModel):
    id: int
    name: str


@app.get("/users/{user_id}")
async def show_user(user: CurrentUser) -> Profile:
    teams = sorted(team.name for team in user.teams)
    return Profile(id=user.id, name=user.name, active=user.active, teams=teams)


@app.get("/users/{user_id}/badge")
async def show_badge(user: Annotated[User, Depends(get_active_user)]) -> Badge:
    return Badge(id=user.id, name=user.name)
