"""`add` stores a name in the table `people`, which is there once the answer is loaded."""

from random import Random

from greenroom_runner.harness.grading import Answer, Services, check


@check("Stores a name", visible=True)
def stores_a_name(answer: Answer, services: Services, random: Random) -> None:
    name = f"person {random.randrange(10**9)}"
    answer.call("add", name)
    found = services.postgres("SELECT name FROM people")
    assert found == [(name,)], "The name should be there, alone."


@check("Finds the table as it was loaded")
def finds_the_table_as_it_was_loaded(answer: Answer, services: Services) -> None:
    assert services.postgres("SELECT name FROM people") == [], "The table should be empty."
    answer.call("add", "Ada")
    assert services.postgres("SELECT name FROM people") == [("Ada",)], "Ada should be there."
