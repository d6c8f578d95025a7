"""Checks for 35.1: one generic page for every item type."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def dumped(answer, item_type, values):
    """Build Page[item_type] and return its dump, or the locations of the errors."""
    from pydantic import ValidationError

    types = {"int": int, "str": str}
    try:
        return {"dump": answer.Page[types[item_type]].model_validate(values).model_dump()}
    except ValidationError as error:
        return {
            "refused": sorted(
                {str(fault["loc"][0]) if fault["loc"] else "" for fault in error.errors()}
            )
        }


@probe
def dumped_models(answer, rows, page, size):
    """Build a page of models; return its JSON, its class and the type of an item."""
    import json

    from pydantic import BaseModel

    class User(BaseModel):
        id: int
        name: str

    result = answer.paginate(rows, page=page, size=size, item_type=User)
    return {
        "json": json.loads(result.model_dump_json()),
        "is_page_of_users": isinstance(result, answer.Page[User]),
        "items_are_users": all(type(item) is User for item in result.items),
    }


@probe
def schema_of_items(answer):
    """Return the JSON schema of `items` for two parametrizations."""
    schemas = [answer.Page[kind].model_json_schema(mode="validation") for kind in (int, str)]
    return [schema["properties"]["items"] for schema in schemas]


@probe
def serialized_names(answer):
    """Return which computed names the output's schema has, and which the input's."""
    page = answer.Page[int]
    names = {"pages", "has_next"}
    return {
        mode: sorted(names & set(page.model_json_schema(mode=mode)["properties"]))
        for mode in ("validation", "serialization")
    }


@probe
def cut(answer, rows, page, size):
    """Return what paginate makes of integers."""
    return answer.paginate(rows, page=page, size=size, item_type=int).model_dump()


def page_of(**changes: object) -> dict[str, object]:
    """Return a good page of integers with `changes`."""
    return {"items": [1, 2], "total": 5, "page": 1, "size": 2} | changes


@check("A page of integers shows its items and where they stand", group="basics", visible=True)
def page_of_integers(answer: Answer) -> None:
    seen = answer.probe(dumped, "int", page_of())
    expected = page_of() | {"pages": 3, "has_next": True}
    assert seen == {"dump": expected}, (
        "Page[int](items=[1, 2], total=5, page=1, size=2).model_dump()"
    )


@check("Items that do not fit the type are refused", group="basics", visible=True)
def items_are_validated(answer: Answer) -> None:
    seen = answer.probe(dumped, "int", page_of(items=[1, "two"]))
    assert seen == {"refused": ["items"]}, 'Page[int] should refuse "two".'


@check("paginate cuts a list into pages of models", group="basics", visible=True)
def paginate_returns_models(answer: Answer) -> None:
    rows = [{"id": n, "name": f"user {n}"} for n in range(1, 6)]
    seen = answer.probe(dumped_models, rows, 2, 2)
    assert seen["json"]["items"] == rows[2:4], (
        "Page 2 of size 2 holds the third and the fourth row."
    )
    assert seen["json"]["total"] == 5, "total counts all rows."
    assert seen["is_page_of_users"] is True, "The result should be a Page[User]."
    assert seen["items_are_users"] is True, "Each item should be a User."


@check(
    "Each type parameter gives a schema of its own",
    group="types",
    hint="The class itself must be generic.",
)
def schema_follows_the_parameter(answer: Answer) -> None:
    integers, strings = answer.probe(schema_of_items)
    assert integers.get("items") == {"type": "integer"}, "Page[int] describes a list of integers."
    assert strings.get("items") == {"type": "string"}, "Page[str] describes a list of strings."


@check(
    "pages rounds up and is never off by one",
    group="arithmetic",
    hint="Try a total that fills its pages exactly, and one more.",
)
def pages_rounds_up(answer: Answer, random: Random) -> None:
    for _ in range(12):
        size, full = random.randint(1, 100), random.randint(1, 40)
        for total, pages in (
            (size * full, full),
            (size * full + 1, full + 1),
            (size * full - 1, -(-(size * full - 1) // size)),
        ):
            seen = answer.probe(dumped, "int", page_of(items=[], total=total, size=size))
            assert seen["dump"]["pages"] == pages, f"{total} items, {size} a page."


@check("Large totals are counted exactly", group="arithmetic", hint="A float has 53 bits.")
def large_totals_are_exact(answer: Answer) -> None:
    seen = answer.probe(dumped, "int", page_of(total=10**17 + 1, size=1, items=[]))
    assert seen["dump"]["pages"] == 10**17 + 1, "10**17 + 1 items, one a page."


@check("Nothing at all is no page", group="arithmetic", visible=True)
def nothing_is_no_page(answer: Answer) -> None:
    seen = answer.probe(dumped, "str", page_of(items=[], total=0))
    assert seen["dump"]["pages"] == 0, "Without items there is no page."
    assert seen["dump"]["has_next"] is False, "Nothing comes after nothing."


@check("has_next ends with the last page", group="arithmetic", hint="Compare page with pages.")
def has_next_ends(answer: Answer) -> None:
    for page, expected in ((1, True), (2, True), (3, False), (4, False)):
        seen = answer.probe(dumped, "int", page_of(items=[], page=page))
        assert seen["dump"]["has_next"] is expected, f"page {page} of 3"


@check(
    "Computed values are in the output and not taken from the input",
    group="contract",
    hint="A field with a default can be overwritten by whoever sends it.",
)
def computed_values_cannot_be_sent(answer: Answer) -> None:
    seen = answer.probe(serialized_names)
    assert seen["serialization"] == ["has_next", "pages"], "The output's schema should name both."
    assert seen["validation"] == [], "The input's schema should name neither."


@check(
    "Numbers out of bounds are refused",
    group="contract",
    hint="total, page and size each have bounds.",
)
def bounds_are_kept(answer: Answer) -> None:
    for field, value in (("total", -1), ("page", 0), ("size", 0), ("size", 101)):
        seen = answer.probe(dumped, "int", page_of(items=[], **{field: value}))
        assert seen == {"refused": [field]}, f"{field}={value} should be refused."
    seen = answer.probe(dumped, "int", page_of(items=list(range(100)), size=100, total=100))
    assert "dump" in seen, "100 items on a page of 100 are fine."


@check(
    "More items than the page holds are refused", group="contract", hint="A rule over two fields."
)
def no_more_items_than_size(answer: Answer) -> None:
    seen = answer.probe(dumped, "int", page_of(items=[1, 2, 3]))
    assert "refused" in seen, "Three items do not fit on a page of two."


@check(
    "A page past the end is empty and keeps the total",
    group="edges",
    hint="A slice past the end is empty.",
)
def past_the_end(answer: Answer, random: Random) -> None:
    rows = [random.randint(0, 999) for _ in range(random.randint(5, 30))]
    seen = answer.probe(cut, rows, 99, 10)
    assert seen["items"] == [], "Nothing is there."
    assert seen["total"] == len(rows), "The total does not change."


@check(
    "The pages together are the whole list, each row once",
    group="edges",
    hint="Check where each page starts.",
)
def pages_cover_everything(answer: Answer, random: Random) -> None:
    rows = random.sample(range(1000), random.randint(11, 40))
    size = random.randint(2, 7)
    seen: list[int] = []
    for page in range(1, -(-len(rows) // size) + 1):
        seen += answer.probe(cut, rows, page, size)["items"]
    assert seen == rows, "Walking through all pages should give every row once, in order."
