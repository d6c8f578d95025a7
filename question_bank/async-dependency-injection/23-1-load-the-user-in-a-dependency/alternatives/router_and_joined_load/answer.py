from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, status
from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy import Column, ForeignKey, Table, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

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


class BadgeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str


class UserOut(BadgeOut):
    active: bool
    teams: list[str]

    @field_validator("teams", mode="before")
    @classmethod
    def names(cls, teams):
        return sorted([team.name for team in teams])


async def get_session():
    session = AsyncSession(bind=engine)
    try:
        yield session
    finally:
        await session.close()


async def get_user(user_id: int = Path(), db: AsyncSession = Depends(get_session)):
    query = select(User).options(joinedload(User.teams)).where(User.id == user_id)
    found = (await db.execute(query)).unique().scalar_one_or_none()
    if not found:
        raise HTTPException(status_code=status.HTTP_404_NOT_FOUND)
    yield found


def get_active_user(user: User = Depends(get_user)):
    if user.active:
        return user
    raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)


router = APIRouter(prefix="/users/{user_id}")


@router.get("", response_model=UserOut)
async def profile(user: User = Depends(get_user)):
    return user


@router.get("/badge", response_model=BadgeOut)
async def badge(user: User = Depends(get_active_user)):
    return user


app.include_router(router)
