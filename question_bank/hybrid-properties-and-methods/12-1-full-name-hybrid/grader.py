"""Checks for 12.1: the full name agrees in Python and in SQL."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

PEOPLE = [["Ada", "Lovelace"], ["Alan", "Turing"], ["Grace", "Hopper"]]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def on_an_instance(answer, first, last):
    """Return the full name of an object that no database has seen."""
    return answer.User(first_name=first, last_name=last).full_name


@probe
def rename(answer, first, last, new_last):
    """Return the full name on the instance and in SQL after the last name has changed."""
    from sqlalchemy import create_engine, select
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        user = answer.User(first_name=first, last_name=last)
        session.add(user)
        session.commit()
        user.last_name = new_last
        session.commit()
        return [user.full_name, session.scalar(select(answer.User.full_name))]


@probe
def selected(answer, people):
    """Store `people`; return [instance side, SQL side] of each, in order of id."""
    from sqlalchemy import create_engine, select
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [
                answer.User(id=n, first_name=first, last_name=last)
                for n, (first, last) in enumerate(people)
            ]
        )
        session.commit()
        rows = session.execute(
            select(answer.User, answer.User.full_name).order_by(answer.User.id)
        ).all()
        return [[user.full_name, name] for user, name in rows]


@probe
def found(answer, people, wanted):
    """Store `people`; return the first names of those called `wanted`, and the SQL that ran."""
    from sqlalchemy import create_engine, event, select
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    statements = []
    with Session(engine) as session:
        session.add_all([answer.User(first_name=first, last_name=last) for first, last in people])
        session.commit()
        event.listen(
            engine,
            "before_cursor_execute",
            lambda c, cur, sql, p, ctx, many: statements.append(sql),
        )
        users = session.scalars(select(answer.User).where(answer.User.full_name == wanted)).all()
        return {"first_names": sorted(user.first_name for user in users), "statements": statements}


@probe
def ordered(answer, people):
    """Store `people`; return their full names as the database orders them, and the SQL that ran."""
    from sqlalchemy import create_engine, event, select
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    statements = []
    with Session(engine) as session:
        session.add_all([answer.User(first_name=first, last_name=last) for first, last in people])
        session.commit()
        event.listen(
            engine,
            "before_cursor_execute",
            lambda c, cur, sql, p, ctx, many: statements.append(sql),
        )
        names = list(session.scalars(select(answer.User.full_name).order_by(answer.User.full_name)))
        return {"names": names, "statements": statements}


@probe
def columns(answer):
    """Return [name, nullable, primary key] of each column of the table."""
    table = answer.Base.metadata.tables["users"]
    return sorted([str(c.name), bool(c.nullable), bool(c.primary_key)] for c in table.columns)


def full(first: str, last: str) -> str:
    """Say what the statement promises."""
    return f"{first} {last}" if last else first


def somebody(random: Random) -> list[str]:
    """Return a first and a last name that nobody could guess; some last names are empty."""
    names = ["".join(random.choices(LETTERS, k=random.randint(2, 9))).title() for _ in range(2)]
    return [names[0], "" if random.random() < 0.25 else names[1]]


@check("An instance shows first and last name", group="basics", visible=True)
def instance_shows_the_full_name(answer: Answer) -> None:
    seen = answer.probe(on_an_instance, "Ada", "Lovelace")
    assert seen == "Ada Lovelace", 'User(first_name="Ada", last_name="Lovelace").full_name'


@check("A query filters by the full name", group="basics", visible=True)
def query_filters_by_the_full_name(answer: Answer) -> None:
    seen = answer.probe(found, PEOPLE, "Alan Turing")
    assert seen["first_names"] == ["Alan"], (
        'where(User.full_name == "Alan Turing") should find Alan alone.'
    )


@check("The table has the columns that were asked for", group="basics", visible=True)
def table_has_its_columns(answer: Answer) -> None:
    seen = answer.probe(columns)
    for name, primary in (("first_name", False), ("id", True), ("last_name", False)):
        assert [name, False, primary] in seen, f"{name} should be there and not nullable."


@check(
    "select returns what the instance shows, for 50 random people",
    group="agreement",
    hint="Give both sides the same people, with and without a last name, and compare.",
)
def both_sides_agree(answer: Answer, random: Random) -> None:
    people = [somebody(random) for _ in range(50)]
    seen = answer.probe(selected, people)
    assert seen == [[full(*person)] * 2 for person in people], "Instance and SQL should agree."


@check(
    "The database orders by the full name",
    group="agreement",
    hint="order_by(User.full_name) must become an ORDER BY.",
)
def database_orders_by_the_full_name(answer: Answer, random: Random) -> None:
    people = [somebody(random) for _ in range(20)]
    seen = answer.probe(ordered, people)
    assert seen["names"] == sorted(full(*person) for person in people), (
        "The rows should come sorted."
    )
    assert len(seen["statements"]) == 1, "One statement should do."


@check("A rename shows on both sides", group="agreement", hint="Nothing computed should be stored.")
def rename_shows_on_both_sides(answer: Answer, random: Random) -> None:
    last = "".join(random.choices(LETTERS, k=8)).title()
    seen = answer.probe(rename, "Ada", "Byron", last)
    assert seen == [f"Ada {last}"] * 2, "After a new last name, both sides should show it."


@check("An empty last name leaves no space behind, on an instance", group="edges", visible=True)
def empty_last_name_on_an_instance(answer: Answer) -> None:
    assert answer.probe(on_an_instance, "Plato", "") == "Plato", (
        "The first name alone is the full name."
    )


@check(
    "An empty last name leaves no space behind, in SQL",
    group="edges",
    hint="The class side needs the same decision as the instance side.",
)
def empty_last_name_in_sql(answer: Answer) -> None:
    seen = answer.probe(found, [["Plato", ""], ["Ada", "Lovelace"]], "Plato")
    assert seen["first_names"] == ["Plato"], 'where(User.full_name == "Plato") should find Plato.'


@check(
    "Quotes, percent signs and letters of any script are data",
    group="edges",
    hint="Never format a value into SQL text.",
)
def names_are_data(answer: Answer) -> None:
    people = [
        ["Conan", "O'Brien"],
        ["100%", "_sure_"],
        ["Мария", "Склодовская"],
        ['"; --', "x"],
        [" Ann", "Lee "],
    ]
    seen = answer.probe(selected, people)
    assert seen == [[full(*person)] * 2 for person in people], (
        "Every name should come back as it was stored."
    )


@check(
    "The filter is one statement with a WHERE on both names",
    group="technique",
    hint="Filtering in Python after loading everything is not what a hybrid is for.",
)
def filter_runs_in_the_database(answer: Answer) -> None:
    seen = answer.probe(found, PEOPLE, "Grace Hopper")
    assert len(seen["statements"]) == 1, "One statement should do."
    condition = seen["statements"][0].upper().partition("WHERE")[2]
    assert "FIRST_NAME" in condition, "The WHERE should use first_name."
    assert "LAST_NAME" in condition, "The WHERE should use last_name."
