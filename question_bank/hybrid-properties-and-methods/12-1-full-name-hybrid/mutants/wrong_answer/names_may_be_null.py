# catches: table_has_its_columns
from sqlalchemy import Column, Integer, String, case
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    first_name = Column(String)
    last_name = Column(String)

    @hybrid_property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    @full_name.expression
    def full_name(cls):
        return case((cls.last_name == "", cls.first_name), else_=cls.first_name + " " + cls.last_name)
