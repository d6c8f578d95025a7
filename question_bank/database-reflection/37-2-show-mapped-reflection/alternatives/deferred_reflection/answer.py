from sqlalchemy import Engine, Text
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import declarative_base, mapped_column, relationship


def map_models(engine: Engine) -> tuple[type, type]:
    class Reflected(DeferredReflection, declarative_base()):
        __abstract__ = True

    class Author(Reflected):
        __tablename__ = "authors"

    class Book(Reflected):
        __tablename__ = "books"
        details = mapped_column("metadata", Text)
        author = relationship(Author, backref="books")

    Reflected.prepare(engine)
    return Author, Book
