# catches: rename_shows_on_both_sides, filter_runs_in_the_database
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    stored_name: Mapped[str]

    def __init__(self, **values):
        first, last = values["first_name"], values["last_name"]
        values["stored_name"] = f"{first} {last}" if last else first
        super().__init__(**values)

    @hybrid_property
    def full_name(self) -> str:
        return self.stored_name
