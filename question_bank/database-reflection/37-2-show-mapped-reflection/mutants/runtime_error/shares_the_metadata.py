# catches: columns_of_each_branch_are_mapped
from sqlalchemy import Engine, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, relationship

shared = MetaData()


def map_models(engine: Engine) -> tuple[type, type]:
    class Base(DeclarativeBase):
        metadata = shared

    books = Table("books", Base.metadata, autoload_with=engine)

    class Author(Base):
        __table__ = Table("authors", Base.metadata, autoload_with=engine)
        books = relationship("Book", back_populates="author")

    class Book(Base):
        __table__ = books
        details = books.c.metadata
        author = relationship("Author", back_populates="books")

    return Author, Book
