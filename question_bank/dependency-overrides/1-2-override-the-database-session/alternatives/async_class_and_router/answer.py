from fastapi import APIRouter, Depends, FastAPI, Response, status
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("sqlite:///users.db")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


Base.metadata.create_all(engine)


async def get_session():
    with Session(engine) as session:
        yield session


class UserIn(BaseModel):
    name: str


class UserOut(UserIn):
    model_config = ConfigDict(from_attributes=True)
    id: int


router = APIRouter(prefix="/users")


@router.post("", response_model=UserOut, status_code=status.HTTP_201_CREATED)
async def create(data: UserIn, session: Session = Depends(get_session)):
    user = User(**data.model_dump())
    session.add(user)
    session.commit()
    session.refresh(user)
    return user


@router.get("/{user_id}", response_model=UserOut)
async def read(user_id: int, session: Session = Depends(get_session)):
    return session.get(User, user_id) or Response(status_code=404)


app = FastAPI()
app.include_router(router)


class FakeSession:
    def __init__(self):
        self.pending = []
        self.committed = []

    def add(self, instance):
        self.pending.append(instance)

    def get(self, entity, ident):
        return next((user for user in self.committed if user.id == ident), None)

    def commit(self):
        everyone = self.pending + self.committed
        for user in self.pending:
            if user.id is None:
                user.id = 1 + max((other.id or 0 for other in everyone), default=0)
        self.committed, self.pending = everyone, []

    def rollback(self):
        self.pending = []

    def refresh(self, instance):
        assert instance in self.committed


class mock_session:  # used as a function is
    def __enter__(self):
        self.session = FakeSession()
        self.before = app.dependency_overrides
        app.dependency_overrides = {**self.before, get_session: self.serve}
        return self.session

    async def serve(self):
        yield self.session

    def __exit__(self, *problem):
        app.dependency_overrides = self.before
