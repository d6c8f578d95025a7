"""Checks for showing 30.2: real requests on a real database, which finds itself as it was."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def blocks(answer, before, posts, fails=False, count=1):
    """On a database that holds `before`, post each of `posts` in a block, `count` times over."""
    from contextlib import suppress
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from fastapi.testclient import TestClient
    from sqlalchemy import create_engine, event, select
    from sqlalchemy.orm import Session

    class Left(Exception):
        pass

    seen = []
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'shop.db'}"
        engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 1})
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        answer.Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(answer.Item(name=name) for name in before)
            session.commit()
        try:
            for _ in range(count):
                block = {"posts": [], "went on": True}
                with suppress(Left):
                    with answer.client_on(engine) as client:
                        for names in posts:
                            status = client.post("/items", json=names).status_code
                            block["posts"].append([status, client.get("/items").json()])
                        if fails:
                            raise Left
                    block["went on"] = False
                outside = TestClient(answer.app, raise_server_exceptions=False)
                block["after"] = outside.get("/items").status_code
                with Session(engine) as session:
                    block["rows"] = sorted(session.scalars(select(answer.Item.name)))
                seen.append(block)
        finally:
            answer.app.dependency_overrides.clear()
            engine.dispose()
    return seen


def words(random: Random, count: int) -> list[str]:
    """Return different names that nobody could guess, sorted."""
    return sorted("".join(random.choices(LETTERS, k=10)) for _ in range(count))


@check("Requests find what earlier ones committed", group="inside", visible=True)
def requests_share_the_database(answer: Answer, random: Random) -> None:
    one, two = words(random, 2)
    (block,) = answer.probe(blocks, [], [[one], [two], [one]])
    expected = [[201, [one]], [201, [one, two]], [409, [one, two]]]
    assert block["posts"] == expected, "Status and items after each of three posts."


@check("After a block its commits are undone", group="after", visible=True)
def commits_are_undone(answer: Answer, random: Random) -> None:
    name = words(random, 1)
    seen = answer.probe(blocks, [], [name], count=2)
    for block in seen:
        assert block["posts"] == [[201, name]], "The same block runs twice."
        assert block["rows"] == [], "After the block the table is as empty as before."
        assert block["after"] == 503, "After the block get_session is the real one again."


@check(
    "A route's rollback undoes its own request only",
    group="inside",
    hint="What does `rollback` of a session end, if it works on a transaction that is not its own?",
)
def rollback_is_the_requests_own(answer: Answer, random: Random) -> None:
    one, two, three = words(random, 3)
    (block,) = answer.probe(blocks, [], [[one], [two, one], [three]])
    expected = [[201, [one]], [409, [one]], [201, [one, three]]]
    assert block["posts"] == expected, "The second post holds an item that is there already."
    assert block["rows"] == [], "After the block the table is empty again."


@check(
    "What a request leaves uncommitted is gone for the next one",
    group="inside",
    hint="How long does a session live? A forgotten commit should show.",
)
def uncommitted_rows_are_gone(answer: Answer, random: Random) -> None:
    names = words(random, 6)
    (block,) = answer.probe(blocks, [], [names[:2], names[2:], names[2:4]])
    expected = [[201, names[:2]], [422, names[:2]], [201, names[:4]]]
    assert block["posts"] == expected, "The second post is one item too many, and not committed."


@check(
    "Rows from before are found, and stay",
    group="after",
    hint="Undo what the block did, and not more.",
)
def earlier_rows_stay(answer: Answer, random: Random) -> None:
    one, two = words(random, 2)
    (block,) = answer.probe(blocks, [one], [[two]])
    assert block["posts"] == [[201, [one, two]]], "One item was there before the block."
    assert block["rows"] == [one], "After the block it is there, and alone."


@check(
    "A block that an exception leaves ends like any other",
    group="after",
    hint="What runs when the body of the with raises?",
)
def exception_ends_the_block(answer: Answer, random: Random) -> None:
    (block,) = answer.probe(blocks, [], [words(random, 1)], fails=True)
    assert block["went on"] is True, "The exception should leave the block."
    assert block["after"] == 503, "After the block get_session is the real one again."
    assert block["rows"] == [], "After the block the table is as empty as before."
