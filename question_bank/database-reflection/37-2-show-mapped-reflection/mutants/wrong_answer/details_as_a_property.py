# catches: details_is_the_column_metadata
from sqlalchemy import Engine, Table
from sqlalchemy.orm import DeclarativeBase, relationship


def map_models(engine: Engine) -> tuple[type, type]:
    class Base(DeclarativeBase):
        pass

    books = Table("books", Base.metadata, autoload_with=engine)

    class Author(Base):
        __table__ = Table("authors", Base.metadata, autoload_with=engine)
        books = relationship("Book", back_populates="author")

    class Book(Base):
        __table__ = books
        author = relationship("Author", back_populates="books")

    def details(book):
        return book.metadata

    def set_details(book, value):
        book.metadata = value

    Book.details = property(details, set_details)
    return Author, Book
