# catches: both_sides_agree, database_orders_by_the_full_name, empty_last_name_on_an_instance
# catches: empty_last_name_in_sql
from sqlalchemy import ColumnElement, Computed, case, func, literal, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]

    @hybrid_property
    def full_name(self) -> str:
        return self.first_name + " " + self.last_name
