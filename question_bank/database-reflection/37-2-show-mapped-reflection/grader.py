"""Checks for the code beside 37.2: columns come from the database, the rest from the class."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def branch(authors, books, more=()):
    """Make a branch's database with these rows, and columns `more` in both tables."""
    from sqlalchemy import create_engine, text

    engine = create_engine("sqlite://")
    columns = "".join(f", {name} TEXT" for name in more)
    with engine.begin() as connection:
        for table in (
            f"authors (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL{columns})",
            "books (id INTEGER NOT NULL PRIMARY KEY, title TEXT NOT NULL, "
            f"author_id INTEGER NOT NULL REFERENCES authors (id), metadata TEXT{columns})",
        ):
            connection.execute(text(f"CREATE TABLE {table}"))
        for name in authors:
            connection.execute(text("INSERT INTO authors (name) VALUES (:name)"), {"name": name})
        for title, author_id, metadata in books:
            connection.execute(
                text("INSERT INTO books (title, author_id, metadata) VALUES (:t, :a, :m)"),
                {"t": title, "a": author_id, "m": metadata},
            )
    return engine


@probe
def rows_read(answer, authors, books):
    """Return the names and titles that the classes read."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    engine = branch(authors, books)
    Author, Book = answer.map_models(engine)
    with Session(engine) as session:
        return {
            "authors": [one.name for one in session.scalars(select(Author).order_by(Author.id))],
            "books": [one.title for one in session.scalars(select(Book).order_by(Book.id))],
        }


@probe
def related(answer, authors, books):
    """Return the titles of each author's books, and the author's name of each book."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    engine = branch(authors, books)
    Author, Book = answer.map_models(engine)
    with Session(engine) as session:
        titles = {one.name: [b.title for b in one.books] for one in session.scalars(select(Author))}
        names = {book.title: book.author.name for book in session.scalars(select(Book))}
        return {"books": {name: sorted(own) for name, own in titles.items()}, "author": names}


@probe
def in_step(answer, name, titles):
    """Relate new objects from both sides; return what each side says, then the stored rows."""
    from sqlalchemy import text
    from sqlalchemy.orm import Session

    engine = branch([], [])
    Author, Book = answer.map_models(engine)
    with Session(engine) as session:
        author = Author(name=name)
        first, second = Book(title=titles[0]), Book(title=titles[1])
        session.add_all([author, first, second])
        with session.no_autoflush:
            first.author = author
            author.books.append(second)
            seen = [[book.title for book in author.books], second.author is author]
        session.commit()
        query = "SELECT name, title FROM books JOIN authors ON author_id = authors.id ORDER BY 2"
        return [*seen, [list(row) for row in session.execute(text(query))]]


@probe
def details(answer, books, wanted, changed):
    """Find books by `wanted` details, read all, and change one; return what was seen of each."""
    from sqlalchemy import select, text
    from sqlalchemy.orm import Session

    engine = branch(["Ada"], books)
    _, Book = answer.map_models(engine)
    with Session(engine) as session:
        found = list(session.scalars(select(Book.title).where(Book.details == wanted)))
        every = list(session.scalars(select(Book).order_by(Book.id)))
        read = [book.details for book in every]
        every[0].details = changed
        session.commit()
        stored = session.scalar(text("SELECT metadata FROM books WHERE id = 1"))
        return {"found": found, "read": read, "stored": stored}


@probe
def own_columns(answer, branches):
    """Map a branch for each list of columns; write and find by each column, in turn, twice."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    mapped = []
    for columns in branches:
        engine = branch([], [], columns)
        mapped.append((engine, *answer.map_models(engine), columns))
    seen = []
    for turn in ("a", "b"):
        for engine, Author, Book, columns in mapped:
            values = {name: f"{turn} {name}" for name in columns}
            with Session(engine) as session:
                author = Author(name=turn, **values)
                session.add(Book(title=turn, author=author, **values))
                session.commit()
                for name, value in values.items():
                    book = session.scalars(
                        select(Book)
                        .join(Book.author)
                        .where(getattr(Book, name) == value, getattr(Author, name) == value)
                    ).one()
                    seen.append([getattr(book, name), getattr(book.author, name)])
    return seen


def words(random: Random, count: int) -> list[str]:
    """Return so many different words."""
    return [f"w{number}" for number in random.sample(range(1000, 10_000), count)]


@check("The classes read what the tables hold", group="basics", visible=True)
def classes_read_the_rows(answer: Answer, random: Random) -> None:
    one, two, *titles = words(random, 5)
    seen = answer.probe(rows_read, [one, two], [[title, 1, None] for title in titles])
    assert seen == {"authors": [one, two], "books": titles}, "Two authors and three books."


@check("Books and authors lead to each other", group="basics", visible=True)
def relationships_are_followed(answer: Answer, random: Random) -> None:
    one, two, *titles = words(random, 5)
    titles.sort()
    books = [[titles[0], 2, None], [titles[1], 1, None], [titles[2], 2, None]]
    seen = answer.probe(related, [one, two], books)
    assert seen["books"] == {one: [titles[1]], two: [titles[0], titles[2]]}, "Author.books"
    assert seen["author"] == {titles[0]: two, titles[1]: one, titles[2]: two}, "Book.author"


@check(
    "The two sides stay in step before a flush",
    group="relationship",
    hint="Two relationships over one foreign key: does either know of the other?",
)
def sides_stay_in_step(answer: Answer, random: Random) -> None:
    name, *titles = words(random, 3)
    names, back, stored = answer.probe(in_step, name, titles)
    assert names == titles, "The first book got its author, the second was appended to the list."
    assert back is True, "The appended book should have its author at once."
    assert stored == [[name, title] for title in sorted(titles)], "Both rows, after a commit."


@check(
    "details is the column metadata, in objects and in queries",
    group="columns",
    hint="A column object may be given another name in the class body.",
)
def details_is_the_column_metadata(answer: Answer, random: Random) -> None:
    titles, (signed, torn, new) = words(random, 3), words(random, 3)
    notes = [signed, None, torn]
    books = [[title, 1, note] for title, note in zip(titles, notes, strict=True)]
    seen = answer.probe(details, books, torn, new)
    assert seen["found"] == [titles[2]], "where(Book.details == ...)"
    assert seen["read"] == notes, "The details of each book, in order of id."
    assert seen["stored"] == new, "The column metadata after the attribute was set."


@check(
    "Each branch has its own columns, whatever was mapped before",
    group="columns",
    hint="What does a MetaData do when it is asked for a table that it has already?",
)
def columns_of_each_branch_are_mapped(answer: Answer, random: Random) -> None:
    names = words(random, 5)
    branches = [names[:2], names[2:4], names[4:]]
    seen = answer.probe(own_columns, branches)
    assert seen == [[f"{turn} {name}"] * 2 for turn in "ab" for name in names], (
        "Three branches with columns of their own, mapped one after the other, then used in turn."
    )
