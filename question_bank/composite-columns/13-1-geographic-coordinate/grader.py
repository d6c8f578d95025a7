"""Checks for 13.1: one value in two columns, equal where both agree, and absent where unknown."""

import math
from random import Random

from greenroom_runner.harness.grading import Answer, check, probe, raises


@probe
def stored(answer, places):
    """Store places of (name, latitude and longitude or None) in a new database."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine) as session:
        for name, numbers in places:
            location = answer.Coordinate(*numbers) if numbers else None
            session.add(answer.Place(name=name, location=location))
            session.flush()
        session.commit()
    return engine


@probe
def plain(answer, location):
    """Return a location as its numbers, None as it is, and anything else by its type's name."""
    if location is None:
        return None
    if not isinstance(location, answer.Coordinate):
        return type(location).__name__
    return [location.latitude, location.longitude]


@probe
def loaded(answer, places):
    """Store places; return [name, location] of each as another session loads them."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    with Session(stored(answer, places)) as session:
        found = session.scalars(select(answer.Place).order_by(answer.Place.id))
        return [[place.name, plain(answer, place.location)] for place in found]


@probe
def selected(answer, places):
    """Store places; return what select(Place.location) gives."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    with Session(stored(answer, places)) as session:
        rows = session.scalars(select(answer.Place.location).order_by(answer.Place.id))
        return [plain(answer, location) for location in rows]


@probe
def rows(answer, places):
    """Store places; return the rows as SQL sees them: name, latitude, longitude."""
    from sqlalchemy import text

    with stored(answer, places).connect() as connection:
        found = connection.execute(text("SELECT name, latitude, longitude FROM places ORDER BY id"))
        return [list(row) for row in found]


@probe
def moved(answer, place, numbers):
    """Store a place, give it another location in a new session; return its row and its location."""
    from sqlalchemy import select, text
    from sqlalchemy.orm import Session

    with Session(stored(answer, [place])) as session:
        found = session.scalars(select(answer.Place)).one()
        found.location = answer.Coordinate(*numbers) if numbers else None
        session.commit()
        row = session.execute(text("SELECT latitude, longitude FROM places")).one()
        return {"row": list(row), "location": plain(answer, found.location)}


@probe
def found(answer, places, operator, numbers):
    """Store places; return the names of those whose location is (not) the one given."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    wanted = answer.Coordinate(*numbers) if numbers else None
    location = answer.Place.location
    condition = location == wanted if operator == "==" else location != wanted
    with Session(stored(answer, places)) as session:
        return sorted(session.scalars(select(answer.Place.name).where(condition)))


@probe
def by_column(answer, places, south):
    """Store places; return the names of those north of `south`, from west to east."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    Place = answer.Place
    statement = select(Place.name).where(Place.latitude > south).order_by(Place.longitude)
    with Session(stored(answer, places)) as session:
        return list(session.scalars(statement))


@probe
def mapping(answer):
    """Return [nullable, primary key] of each column, and the names of the composites."""
    from sqlalchemy import inspect

    mapper = inspect(answer.Place)
    columns = {
        str(column.name): [bool(column.nullable), bool(column.primary_key)]
        for column in mapper.local_table.columns
    }
    return {"columns": columns, "composites": sorted(map(str, mapper.composites.keys()))}


@probe
def make(answer, latitude, longitude):
    """Make a coordinate; return its numbers."""
    coordinate = answer.Coordinate(latitude, longitude)
    return [coordinate.latitude, coordinate.longitude]


@probe
def compared(answer, one, other):
    """Return whether two coordinates are equal, and how many a set of both holds."""
    first, second = answer.Coordinate(*one), answer.Coordinate(*other)
    return [bool(first == second), len({first, second})]


@probe
def assign(answer, attribute, value):
    """Assign to an attribute of a coordinate."""
    setattr(answer.Coordinate(1.0, 2.0), attribute, value)


def point(random: Random) -> list[float]:
    """Return a latitude and a longitude that are no one's default."""
    return [random.uniform(-89, 89), random.uniform(-179, 179)]


@check("A place comes back with its coordinate", group="basics", visible=True)
def place_comes_back(answer: Answer) -> None:
    seen = answer.probe(loaded, [["Depot", [52.52, 13.405]]])
    assert seen == [["Depot", [52.52, 13.405]]], (
        "Loaded by another session, location should be the Coordinate that was stored."
    )


@check("A query finds a place by its coordinate", group="basics", visible=True)
def query_finds_by_coordinate(answer: Answer) -> None:
    places = [["Depot", [52.52, 13.405]], ["Shop", [48.137, 11.575]]]
    assert answer.probe(found, places, "==", [48.137, 11.575]) == ["Shop"], (
        "where(Place.location == Coordinate(48.137, 11.575)) should find the shop alone."
    )


@check("The table and its composite are as asked for", group="basics", visible=True)
def mapping_is_as_asked(answer: Answer) -> None:
    seen = answer.probe(mapping)
    wanted = {"id": [False, True], "name": [False, False]}
    for column in ("latitude", "longitude"):
        wanted[column] = [True, False]
    assert seen["columns"] == wanted, "Of each column: may it be null, is it the primary key?"
    assert seen["composites"] == ["location"], "location should be a composite of two columns."


@check("A point that is not on the globe is refused", group="value", visible=True)
def outside_is_refused(answer: Answer, random: Random) -> None:
    more = random.uniform(0.001, 0.9)
    for latitude, longitude in ((90 + more, 0), (-90 - more, 0), (0, 180 + more), (0, -180 - more)):
        with raises("ValueError", f"Coordinate({latitude}, {longitude}) should raise ValueError."):
            answer.probe(make, latitude, longitude)


@check(
    "The poles and the date line are points like others",
    group="value",
    hint="Are the bounds inside or outside?",
)
def bounds_are_allowed(answer: Answer) -> None:
    for numbers in ([90.0, 180.0], [-90.0, -180.0]):
        assert answer.probe(make, *numbers) == numbers, "The bounds themselves are allowed."


@check("NaN is refused", group="value", hint="Which comparisons with NaN are true?")
def nan_is_refused(answer: Answer, random: Random) -> None:
    number = random.uniform(-80, 80)
    for numbers in ([math.nan, number], [number, math.nan]):
        with raises("ValueError", f"Coordinate{tuple(numbers)} should raise ValueError."):
            answer.probe(make, *numbers)


@check(
    "Coordinates with the same numbers are equal, and one in a set",
    group="value",
    hint="What does Python compare if a class does not say?",
)
def compares_by_value(answer: Answer, random: Random) -> None:
    one = point(random)
    assert answer.probe(compared, one, one) == [True, 1], "The same numbers make the same value."
    assert answer.probe(compared, one, [one[0], one[1] / 2]) == [False, 2], "Another longitude."
    assert answer.probe(compared, one, [one[0] / 2, one[1]]) == [False, 2], "Another latitude."


@check(
    "A coordinate cannot be changed",
    group="value",
    hint="Would the session notice that a number inside of a value has changed?",
)
def cannot_be_changed(answer: Answer, random: Random) -> None:
    for attribute in ("latitude", "longitude"):
        with raises("AttributeError", f"Assigning to {attribute} should raise AttributeError."):
            answer.probe(assign, attribute, random.uniform(-80, 80))


@check(
    "Latitude and longitude lie in the columns of their names",
    group="storage",
    hint="Which of the two columns comes first in the composite?",
)
def columns_hold_their_numbers(answer: Answer, random: Random) -> None:
    places = [[f"Place {n}", point(random)] for n in range(5)]
    seen = answer.probe(rows, places)
    assert seen == [[name, *numbers] for name, numbers in places], "name, latitude, longitude"


@check(
    "Every digit is kept, and a selected location is a Coordinate",
    group="storage",
    hint="Which column type keeps a Python float as it is?",
)
def every_digit_is_kept(answer: Answer, random: Random) -> None:
    places = [[f"Place {n}", point(random)] for n in range(20)]
    assert answer.probe(loaded, places) == places, "What is loaded should equal what was stored."
    assert answer.probe(selected, places) == [numbers for _, numbers in places], (
        "select(Place.location) should give the same coordinates."
    )


@check("Another location changes both columns", group="storage", hint="Assign, commit, look.")
def moving_changes_both(answer: Answer, random: Random) -> None:
    old, new = point(random), point(random)
    seen = answer.probe(moved, ["Depot", old], new)
    assert seen == {"row": new, "location": new}, "After the commit, row and object are the same."


@check(
    "An unknown location is None, after loading, too",
    group="unknown",
    hint="What does a composite make of two nulls, and may the columns be null?",
)
def unknown_is_none(answer: Answer, random: Random) -> None:
    places = [["Known", point(random)], ["Unknown", None]]
    assert answer.probe(rows, places)[1] == ["Unknown", None, None], "Both columns are null."
    assert answer.probe(loaded, places) == places, "location should be None for two nulls."
    assert answer.probe(selected, places) == [places[0][1], None], "In a select as well."


@check("A location can be forgotten", group="unknown", hint="Assign None.")
def location_can_be_forgotten(answer: Answer, random: Random) -> None:
    seen = answer.probe(moved, ["Depot", point(random)], None)
    assert seen == {"row": [None, None], "location": None}, "Both columns should be null again."


@check(
    "Equal means both numbers, and null where it is unknown",
    group="queries",
    hint="Give a query places that share one number with the one it looks for.",
)
def equal_means_both(answer: Answer, random: Random) -> None:
    here, there = point(random), point(random)
    places = [
        ["here", here],
        ["same latitude", [here[0], there[1]]],
        ["same longitude", [there[0], here[1]]],
        ["swapped", [here[1] / 2, here[0]]],
        ["unknown", None],
    ]
    assert answer.probe(found, places, "==", here) == ["here"], "Both numbers have to agree."
    assert answer.probe(found, places, "==", None) == ["unknown"], "== None finds the unknown ones."


@check(
    "Unequal means that at least one number differs",
    group="queries",
    hint="Look at the SQL of !=. Is it the opposite of ==?",
)
def unequal_means_either(answer: Answer, random: Random) -> None:
    here, there = point(random), point(random)
    places = [
        ["here", here],
        ["same latitude", [here[0], there[1]]],
        ["same longitude", [there[0], here[1]]],
        ["there", there],
        ["unknown", None],
    ]
    assert answer.probe(found, places, "!=", here) == ["same latitude", "same longitude", "there"]


@check(
    "The numbers can be queried one by one",
    group="queries",
    hint="The columns of a composite are attributes of the model, too.",
)
def numbers_can_be_queried(answer: Answer, random: Random) -> None:
    south = random.uniform(-50, 50)
    norths = [[south + random.uniform(1, 30), east] for east in random.sample(range(-179, 180), 4)]
    places = [[f"Place {numbers[1]}", numbers] for numbers in norths]
    places += [["South", [south - 1, 0.0]], ["Unknown", None]]
    seen = answer.probe(by_column, places, south)
    assert seen == [f"Place {numbers[1]}" for numbers in sorted(norths, key=lambda n: n[1])], (
        "where(Place.latitude > ...).order_by(Place.longitude)"
    )
