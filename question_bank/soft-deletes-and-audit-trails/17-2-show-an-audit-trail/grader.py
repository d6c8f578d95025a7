"""Checks for the code beside 17.2: changes of products leave their trace, and only they do."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def trail(answer, products, steps, actor="ada", end="commit"):
    """Store `products`, take the steps in one session, and return prices and audit rows after.

    A step is a list of [id, attribute, value], all set before one flush, or "commit".
    """
    import json

    from sqlalchemy import create_engine, select, text
    from sqlalchemy.orm import Session

    Product = answer.Product
    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    with Session(engine, info={"actor": "setup"}) as session:
        session.add_all([Product(**values) for values in products])
        session.commit()
    with Session(engine, info={"actor": actor}) as session:
        held = {product.id: product for product in session.scalars(select(Product))}
        for step in steps:
            if step == "commit":
                session.commit()
                continue
            for number, attribute, value in step:
                setattr(held[number], attribute, value)
            session.flush()
        getattr(session, end)()
    with Session(engine) as session:
        query = "SELECT product_id, actor, changes FROM audit ORDER BY product_id, id"
        rows = session.execute(text(query))
        return {
            "audit": [[which, who, json.loads(what)] for which, who, what in rows],
            "prices": list(session.scalars(text("SELECT price FROM products ORDER BY id"))),
        }


def products(random: Random, count: int) -> list[dict]:
    """Return values of so many products, the first with id 1."""
    prices = random.sample(range(100, 10_000), count)
    return [
        {"id": number, "name": f"p{number}", "price": price, "remark": None}
        for number, price in enumerate(prices, start=1)
    ]


@check("A change is recorded with its actor, old and new value", group="basics", visible=True)
def records_the_change(answer: Answer, random: Random) -> None:
    stored = products(random, 1)
    old, new = stored[0]["price"], random.randint(20_000, 30_000)
    actor = random.choice(["ada", "bob", "eve"])
    seen = answer.probe(trail, stored, [[[1, "price", new]]], actor)
    assert seen["audit"] == [[1, actor, {"price": [old, new]}]], (
        "[product_id, actor, changes] after a new price."
    )


@check("Each changed product has one row with all that changed", group="basics", visible=True)
def each_product_has_its_row(answer: Answer, random: Random) -> None:
    stored = products(random, 3)
    first, last = stored[0]["price"], stored[2]["price"]
    seen = answer.probe(trail, stored, [[[1, "price", 5], [1, "name", "new"], [3, "price", 6]]])
    assert seen["audit"] == [
        [1, "ada", {"name": ["p1", "new"], "price": [first, 5]}],
        [3, "ada", {"price": [last, 6]}],
    ], "Name and price of product 1 and the price of product 3 changed in one flush."


@check(
    "The old value is known after a commit, too",
    group="values",
    hint="A commit expires the objects. Does setting an expired attribute load what it held?",
)
def old_value_survives_a_commit(answer: Answer, random: Random) -> None:
    stored = products(random, 1)
    price, remark = stored[0]["price"], f"r{random.randint(1, 99)}"
    changes = {"price": [price, 7], "name": ["p1", "new"], "remark": [None, remark]}
    steps: list = []  # one flush for each: the first old value that is asked for loads them all
    for attribute, (_, new) in changes.items():
        steps += ["commit", [[1, attribute, new]]]
    steps += ["commit", [[1, "remark", None]]]
    seen = answer.probe(trail, stored, steps)
    wanted = [{attribute: values} for attribute, values in changes.items()]
    wanted.append({"remark": [remark, None]})
    assert seen["audit"] == [[1, "ada", one] for one in wanted], (
        "Four flushes with one change each, and a commit before each of them."
    )


@check(
    "None, zero and empty text are values",
    group="values",
    hint="Ask whether a value changed, not whether it is true.",
)
def none_is_a_value(answer: Answer, random: Random) -> None:
    stored = products(random, 1)
    price = stored[0]["price"]
    seen = answer.probe(trail, stored, [[[1, "remark", ""], [1, "price", 0]]])
    wanted = {"remark": [None, ""], "price": [price, 0]}
    assert seen["audit"] == [[1, "ada", wanted]], "The remark became empty and the price zero."


@check(
    "Setting the value that was there leaves no row",
    group="values",
    hint="session.dirty lists what was set, not what changed.",
)
def unchanged_leaves_no_row(answer: Answer, random: Random) -> None:
    stored = products(random, 2)
    same = [[1, "price", stored[0]["price"]], [1, "name", "p1"]]
    back = [[2, "price", 1], [2, "price", stored[1]["price"]]]
    seen = answer.probe(trail, stored, [same, "commit", same, back])
    assert seen["audit"] == [], "The same price again, and another price that was taken back."


@check(
    "A rollback undoes the change and its row",
    group="transaction",
    hint="Through which session, and so in which transaction, is the row written?",
)
def rollback_undoes_both(answer: Answer, random: Random) -> None:
    stored = products(random, 2)
    seen = answer.probe(trail, stored, [[[1, "price", 1], [2, "price", 2]]], end="rollback")
    assert seen["audit"] == [], "Two changes were flushed, then rolled back."
    assert seen["prices"] == [product["price"] for product in stored], "The prices are as before."
