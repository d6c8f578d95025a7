"""Checks for 37.1: the table as each database has it, read anew, and nothing else."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe, raises

TEAMS = "CREATE TABLE teams (id INTEGER PRIMARY KEY, title TEXT NOT NULL)"
USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, age INTEGER)"
TYPES = ("INTEGER", "TEXT", "VARCHAR(40)", "NUMERIC(8, 2)", "DATE", "BOOLEAN", "FLOAT", "BLOB")


@probe
def database(answer, statements):
    """Return an engine on a new database in which `statements` were run."""
    from sqlalchemy import create_engine

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return engine


@probe
def description(answer, table):
    """Say what a table is like, in plain values."""
    from sqlalchemy import UniqueConstraint

    def names(columns):
        return [str(column.name) for column in columns]

    def default(column):
        return None if column.server_default is None else str(column.server_default.arg)

    return {
        "name": str(table.name),
        "columns": names(table.columns),
        "types": [str(column.type) for column in table.columns],
        "nullable": [bool(column.nullable) for column in table.columns],
        "defaults": [default(column) for column in table.columns],
        "key": names(table.primary_key.columns),
        "indexes": sorted([names(index.columns), bool(index.unique)] for index in table.indexes),
        "unique": sorted(
            names(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)
        ),
    }


@probe
def reflected(answer, statements):
    """Reflect the users of a new database."""
    from sqlalchemy import Table

    table = answer.reflect_users(database(answer, statements))
    if not isinstance(table, Table):
        return {"name": f"It is no Table, but {type(table).__name__}"}
    return description(answer, table)


@probe
def references(answer, statements):
    """Follow the foreign keys of users; return them, and the tables that were read."""
    table = answer.reflect_users(database(answer, statements))
    keys = [[str(key.parent.name), str(key.column)] for key in table.foreign_keys]
    return {"keys": sorted(keys), "tables": sorted(map(str, table.metadata.tables))}


@probe
def added_later(answer, statements, later):
    """Reflect and list, change the table, and do both again with the same engine."""
    engine = database(answer, statements)
    seen = []
    for statement in (None, later):
        if statement:
            with engine.begin() as connection:
                connection.exec_driver_sql(statement)
        names = [str(column.name) for column in answer.reflect_users(engine).columns]
        listed = [list(row) for row in answer.list_users(engine)]
        seen.append([names, listed])
    return seen


@probe
def side_by_side(answer, one, other):
    """Reflect two databases, one after the other; return the columns of both tables."""
    engines = [database(answer, one), database(answer, other)]
    tables = [answer.reflect_users(engine) for engine in engines]
    return [[str(column.name) for column in table.columns] for table in tables]


@probe
def listed(answer, statements):
    """List the users of a new database."""
    return answer.list_users(database(answer, statements))


@probe
def call(answer, function, statements):
    """Call a function on a new database."""
    getattr(answer, function)(database(answer, statements))


@probe
def left_behind(answer, statements):
    """Return the names in the database after both functions were called, errors or not."""
    engine = database(answer, statements)
    for function in (answer.reflect_users, answer.list_users):
        try:
            function(engine)
        except Exception:
            continue
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return sorted(sql for (sql,) in rows)


def words(random: Random, count: int) -> list[str]:
    """Return different names, with a letter each that makes them different."""
    letters = random.sample("abcdefghijklmnopqrstuvwxyz", count)
    return [f"{letter}{random.choice('aeiou')}{random.randint(10, 99)}" for letter in letters]


@check("The columns come in their order, with their types", group="basics", visible=True)
def columns_come_in_order(answer: Answer) -> None:
    seen = answer.probe(reflected, [USERS])
    assert seen["name"] == "users", "reflect_users(engine) should return the Table users."
    assert seen["columns"] == ["id", "name", "age"], "The names, in the order of the table."
    assert seen["types"] == ["INTEGER", "VARCHAR(40)", "INTEGER"], "The types of the columns."


@check("The users are listed as dicts", group="basics", visible=True)
def users_are_listed(answer: Answer) -> None:
    rows = "INSERT INTO users (id, name, age) VALUES (2, 'Bob', 41), (1, 'Ada', NULL)"
    seen = answer.probe(listed, [USERS, rows])
    assert seen == [
        {"id": 1, "name": "Ada", "age": None},
        {"id": 2, "name": "Bob", "age": 41},
    ], "list_users(engine) should return each row as a dict, ordered by id."


@check("Without a users table, both raise NoSuchTableError", group="basics", visible=True)
def missing_table_is_told(answer: Answer) -> None:
    for function in ("reflect_users", "list_users"):
        with raises("NoSuchTableError", f"{function} should raise NoSuchTableError."):
            answer.probe(call, function, [TEAMS])


@check(
    "A table that nobody has seen before is read as it is",
    group="table",
    hint="Nothing about the columns can be written down in the program.",
)
def any_table_is_read(answer: Answer, random: Random) -> None:
    key, *others = words(random, 7)
    types = [random.choice(TYPES) for _ in others]
    needed = [random.random() < 0.5 for _ in others]
    definitions = [f"{key} TEXT NOT NULL PRIMARY KEY"]
    for name, kind, not_null in zip(others, types, needed, strict=True):
        definitions.append(f"{name} {kind} {'NOT NULL' if not_null else ''}")
    seen = answer.probe(reflected, [f"CREATE TABLE users ({', '.join(definitions)})"])
    assert seen["columns"] == [key, *others], "The names, in the order of the table."
    assert seen["types"] == ["TEXT", *types], "The types, as the database has them."
    assert seen["nullable"] == [False, *(not not_null for not_null in needed)], (
        "Which of the columns may be null?"
    )
    assert seen["key"] == [key], "The primary key."


@check(
    "Indexes, unique constraints and defaults belong to it",
    group="table",
    hint="Let SQLAlchemy read the table; a list of columns is not all of it.",
)
def constraints_are_read(answer: Answer, random: Random) -> None:
    key, one, two, three = words(random, 4)
    default = random.randint(10, 99)
    create = (
        f"CREATE TABLE users ({key} INTEGER, {one} TEXT UNIQUE, {two} INTEGER DEFAULT {default}, "
        f"{three} TEXT, PRIMARY KEY ({key}, {three}))"
    )
    index = f"CREATE INDEX by_two ON users ({two}, {three})"
    seen = answer.probe(reflected, [create, index])
    assert seen["key"] == [key, three], "The primary key has two columns."
    assert seen["unique"] == [[one]], "The columns of each unique constraint."
    assert seen["indexes"] == [[[two, three], False]], "The columns of each index, is it unique?"
    assert seen["defaults"] == [None, None, str(default), None], "The server's defaults."


@check(
    "Foreign keys can be followed, and other tables are not read",
    group="table",
    hint="Look at table.metadata.tables: what had to be read, and what did not?",
)
def reads_what_it_refers_to(answer: Answer, random: Random) -> None:
    parent, column, *others = words(random, 8)
    statements = [
        f"CREATE TABLE {parent} (id INTEGER PRIMARY KEY)",
        f"CREATE TABLE users (id INTEGER PRIMARY KEY, {column} INTEGER REFERENCES {parent} (id))",
        *(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)" for name in others),
        f"CREATE TABLE orders (id INTEGER PRIMARY KEY, {column} INTEGER REFERENCES users (id))",
    ]
    seen = answer.probe(references, statements)
    assert seen["keys"] == [[column, f"{parent}.id"]], "The column, and what it refers to."
    assert seen["tables"] == sorted([parent, "users"]), "The tables in the MetaData."


@check(
    "A column that is added later is seen by the next call",
    group="anew",
    hint="What does a MetaData do when it is asked for a table that it knows?",
)
def later_columns_are_seen(answer: Answer, random: Random) -> None:
    (name,) = words(random, 1)
    insert = "INSERT INTO users (id, name) VALUES (1, 'Ada')"
    before = ["id", "name", "age"]
    after = [*before, name]
    seen = answer.probe(added_later, [USERS, insert], f"ALTER TABLE users ADD COLUMN {name} TEXT")
    assert seen == [[before, [before]], [after, [after]]], (
        "Columns of the table and of the listed row, before and after ALTER TABLE."
    )


@check(
    "Two databases do not get in each other's way",
    group="anew",
    hint="What do the calls share?",
)
def databases_are_apart(answer: Answer, random: Random) -> None:
    one, other = words(random, 2)
    create = "CREATE TABLE users ({} INTEGER PRIMARY KEY)"
    seen = answer.probe(side_by_side, [create.format(one)], [create.format(other)])
    assert seen == [[one], [other]], "The columns of the first users, and of the second."


@check(
    "Rows are ordered by the primary key, whatever it is",
    group="rows",
    hint="The reflected table knows its key, and a key may have several columns.",
)
def rows_are_ordered(answer: Answer, random: Random) -> None:
    first, second, other = words(random, 3)
    create = (
        f"CREATE TABLE users ({other} INTEGER, {first} TEXT, {second} INTEGER, "
        f"PRIMARY KEY ({first}, {second}))"
    )
    # Few first values for many rows, so that the second column has to decide.
    keys = [(letter, number) for letter in "abc" for number in random.sample(range(1, 200), 4)]
    random.shuffle(keys)
    rows = [(random.randint(1, 99), *key) for key in keys]
    inserts = [f"INSERT INTO users VALUES ({x}, '{letter}', {y})" for x, letter, y in rows]
    seen = answer.probe(listed, [create, *inserts])
    assert seen == [
        {other: x, first: letter, second: y}
        for x, letter, y in sorted(rows, key=lambda row: row[1:])
    ], "Ordered by the two columns of the key."


@check(
    "Names may be anything",
    group="rows",
    hint='What is row.tuple, if there is a column "tuple"? And what is "order" in SQL?',
)
def names_may_be_anything(answer: Answer, random: Random) -> None:
    names = ["order", "first name", "tuple", "count", "class", "keys", "100%", "a:b", "select"]
    random.shuffle(names)
    create = ", ".join(f'"{name}" INTEGER NOT NULL' for name in names)
    create = f'CREATE TABLE users ({create}, PRIMARY KEY ("{names[0]}"))'
    values = [random.randint(1, 999) for _ in names]
    insert = f"INSERT INTO users VALUES ({', '.join(map(str, values))})"
    seen = answer.probe(listed, [create, insert])
    assert seen == [dict(zip(names, values, strict=True))], "Each value under its column's name."


@check("Nothing is made or changed", group="rows", hint="Reflecting is reading.")
def nothing_is_made(answer: Answer, random: Random) -> None:
    (name,) = words(random, 1)
    for statements in ([TEAMS], [f"CREATE TABLE users ({name} INTEGER PRIMARY KEY)"]):
        assert answer.probe(left_behind, statements) == statements, (
            "The database should hold what it held before."
        )
