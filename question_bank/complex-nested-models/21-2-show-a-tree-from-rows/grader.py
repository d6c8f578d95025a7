"""Checks for "show 21.2": flat rows become a tree, and the schema says that it is one."""

from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Reply, check, probe

Rows = list[tuple[int, str, int | None]]

IDS = range(1, 10**9)  # so many that no id is drawn by two checks


@probe
def load(answer, rows):
    """Have `load_rows` give these rows from now on; its own for None."""

    def given() -> list:
        return [answer.Row(*row) for row in rows]

    answer.app.dependency_overrides.clear()
    if rows is not None:
        answer.app.dependency_overrides[answer.load_rows] = given


def asked(answer: Answer, rows: Rows | None) -> Reply:
    answer.probe(load, rows and [list(row) for row in rows])
    reply = answer.http.get("/categories")
    assert reply.status == 200, "GET /categories is answered with 200."
    return reply


def some_rows(random: Random, count: int) -> Rows:
    """Return rows of a forest, a parent before its children."""
    ids = random.sample(IDS, count)
    parents = [None, *(random.choice([None, *ids[:n], *ids[:n]]) for n in range(1, count))]
    return [(key, f"category {key}", parent) for key, parent in zip(ids, parents, strict=True)]


def chain(random: Random, count: int) -> Rows:
    """Return rows of which each is the parent of the next."""
    ids = random.sample(IDS, count)
    return [
        (key, f"level {n}", parent)
        for n, (key, parent) in enumerate(zip(ids, [None, *ids], strict=False))
    ]


def tree(rows: Rows, parent: int | None = None) -> list[dict[str, Any]]:
    return [
        {"id": key, "name": name, "children": tree(rows, key)}
        for key, name, above in rows
        if above == parent
    ]


@check("The rows of the starter become the tree of the example", group="tree", visible=True)
def example_becomes_a_tree(answer: Answer) -> None:
    rows = [(1, "Shoes", None), (3, "Trail", 2), (2, "Running", 1)]
    assert asked(answer, None).json() == tree(rows), "`load_rows` is as it was in the starter."


@check("Rows on two levels become a tree", group="tree", visible=True)
def two_levels_become_a_tree(answer: Answer, random: Random) -> None:
    top, left, right = random.sample(IDS, 3)
    rows = [(top, "Shoes", None), (left, "Running", top), (right, "Sandals", top)]
    assert asked(answer, rows).json() == tree(rows), f"The rows were {rows}."


@check(
    "A tree goes as deep as its rows do",
    group="tree",
    hint="A category's children are of the same model as the category itself.",
)
def tree_is_as_deep_as_its_rows(answer: Answer, random: Random) -> None:
    rows = chain(random, random.randint(6, 15))
    assert asked(answer, rows).json() == tree(rows), "Each row was the parent of the next."


@check(
    "Rows may come in any order, and siblings keep theirs",
    group="tree",
    hint="When you link a row, its parent may not have been seen yet.",
)
def rows_come_in_any_order(answer: Answer, random: Random) -> None:
    rows = some_rows(random, 9)
    random.shuffle(rows)
    rows = chain(random, 3)[::-1] + rows
    assert asked(answer, rows).json() == tree(rows), (
        "The rows were shuffled: some came before their parents."
    )


@check(
    "Each request shows its own rows only",
    group="tree",
    hint="What lives longer than the request?",
)
def requests_share_nothing(answer: Answer, random: Random) -> None:
    first = chain(random, 4)
    renamed = [(key, f"new {name}", parent) for key, name, parent in first[:3]]
    for rows in (first, first, renamed, []):
        assert asked(answer, rows).json() == tree(rows), "Rows were asked for several times."


@check(
    "The schema says that children are categories",
    group="schema",
    hint="What does the route return, and what does the model say of `children`?",
)
def schema_is_recursive(answer: Answer) -> None:
    document = answer.http.get("/openapi.json").json()
    ok = document["paths"]["/categories"]["get"]["responses"]["200"]
    category = {"$ref": "#/components/schemas/Category"}
    returned = ok["content"]["application/json"]["schema"]
    assert returned.get("items") == category, "The route answers with a list of `Category`."
    children = document["components"]["schemas"]["Category"]["properties"]["children"]
    assert children.get("items") == category, "The children of a `Category` are a list of them."
