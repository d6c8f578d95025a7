# catches: sides_stay_in_step
from sqlalchemy import Engine, Table
from sqlalchemy.orm import DeclarativeBase, relationship


def map_models(engine: Engine) -> tuple[type, type]:
    class Base(DeclarativeBase):
        pass

    books = Table("books", Base.metadata, autoload_with=engine)

    class Author(Base):
        __table__ = Table("authors", Base.metadata, autoload_with=engine)
        books = relationship("Book")

    class Book(Base):
        __table__ = books
        details = books.c.metadata
        author = relationship("Author")

    return Author, Book
