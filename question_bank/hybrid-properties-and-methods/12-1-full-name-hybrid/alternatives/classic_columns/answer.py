from sqlalchemy import Column, Integer, String, case, literal
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    first_name = Column(String(100), nullable=False)
    last_name = Column(String(100), nullable=False)

    @hybrid_property
    def full_name(self):
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @full_name.expression
    def full_name(cls):
        tail = case((cls.last_name != "", literal(" ") + cls.last_name), else_="")
        return cls.first_name + tail
