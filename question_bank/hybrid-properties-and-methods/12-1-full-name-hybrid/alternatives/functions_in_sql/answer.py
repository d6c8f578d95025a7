from sqlalchemy import String, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


def _get(self) -> str:
    if self.last_name == "":
        return self.first_name
    return self.first_name + " " + self.last_name


def _sql(cls):
    tail = func.coalesce(" " + func.nullif(cls.last_name, ""), "", type_=String())
    return cls.first_name.concat(tail)


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))

    full_name = hybrid_property(fget=_get, expr=_sql)
