"""Checks for showing 2.2: a plain 500 for the client, a traceback under the same id in the log."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

KINDS = ["ValueError", "LookupError", "OSError", "RuntimeError", "AttributeError", "TypeError"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def ask(answer, path):
    """Send GET `path`; return the reply and what was logged on `log` meanwhile."""
    import json
    import logging

    from fastapi.testclient import TestClient

    records = []

    class Keep(logging.Handler):
        def emit(self, record):
            line = logging.Formatter("%(message)s").format(record)
            records.append({"level": record.levelname, "text": line})

    keep = Keep()
    logging.getLogger("hotel").addHandler(keep)
    try:
        reply = TestClient(answer.app, raise_server_exceptions=False).get(path)
    finally:
        logging.getLogger("hotel").removeHandler(keep)
    try:
        body = reply.json()
    except json.JSONDecodeError:
        body = None
    whole = f"{reply.headers} {reply.text}"
    return {"status": reply.status_code, "body": body, "whole": whole, "records": records}


@probe
def fail(answer, kind, text, in_a_dependency=False):
    """Add a route that raises, itself or in a dependency, and send it a request."""
    import builtins
    from uuid import uuid4

    from fastapi import Depends

    def broken():
        raise getattr(builtins, kind)(text)

    def fine():
        return None

    path = f"/{uuid4().hex}"
    if in_a_dependency:
        answer.app.add_api_route(path, fine, dependencies=[Depends(broken)])
    else:
        answer.app.add_api_route(path, broken)
    return ask(answer, path)


def word(random: Random) -> str:
    """Return a word that nobody could guess."""
    return "".join(random.choices(LETTERS, k=12))


def error_id(seen: dict) -> str:
    """Return the id of a failure, after looking at the shape of the whole reply."""
    assert seen["status"] == 500, "A failure is answered with 500."
    assert isinstance(seen["body"], dict), "The reply is a JSON object."
    assert sorted(seen["body"]) == ["error_id", "title"], "It has exactly these keys."
    assert isinstance(seen["body"]["title"], str), "title is a text."
    assert seen["body"]["title"].strip() != "", "title says something."
    assert isinstance(seen["body"]["error_id"], str), "error_id is a text."
    assert seen["body"]["error_id"].strip() != "", "error_id is not empty."
    return seen["body"]["error_id"]


@check("A failure is answered with a plain 500", group="reply", visible=True)
def failure_is_a_plain_500(answer: Answer) -> None:
    error_id(answer.probe(ask, "/shares/0"))


@check("Success, 404 and 422 stay as they are", group="reply", visible=True)
def other_answers_stay(answer: Answer, random: Random) -> None:
    guests = random.randint(1, 9)
    seen = answer.probe(ask, f"/shares/{guests}")
    assert [seen["status"], seen["body"]] == [200, {"each": 360 / guests}], f"{guests} guests."
    seen = answer.probe(ask, f"/shares/{random.randint(10, 99)}")
    expected = [404, {"detail": "No room is that large."}]
    assert [seen["status"], seen["body"]] == expected, "An HTTPException is no failure."
    seen = answer.probe(ask, "/shares/many")
    assert seen["status"] == 422, "A request that does not validate is no failure."
    assert list(seen["body"]) == ["detail"], "It has FastAPI's own answer."


@check(
    "Any exception is caught, in routes and in dependencies",
    group="reply",
    hint="Which class is the base of all that may go wrong?",
)
def any_exception_is_caught(answer: Answer, random: Random) -> None:
    for kind in random.sample(KINDS, 3):
        error_id(answer.probe(fail, kind, word(random)))
        error_id(answer.probe(fail, kind, word(random), in_a_dependency=True))


@check(
    "Nothing of the exception is in the reply",
    group="reply",
    hint="Its message was not written for strangers.",
)
def nothing_of_it_comes_back(answer: Answer, random: Random) -> None:
    kind, secret = random.choice(KINDS), word(random)
    seen = answer.probe(fail, kind, f"password {secret}")
    error_id(seen)
    for part in (secret, kind, "Traceback"):
        assert part not in seen["whole"], f"A route raised {kind} with a secret as its message."


@check(
    "The traceback is logged once, under the id of the reply",
    group="log",
    hint="In which thread does your handler run, and whose exception does the logger look for?",
)
def traceback_is_logged_under_the_id(answer: Answer, random: Random) -> None:
    kind, secret = random.choice(KINDS), word(random)
    seen = answer.probe(fail, kind, secret)
    told = error_id(seen)
    errors = [record["text"] for record in seen["records"] if record["level"] == "ERROR"]
    assert len(errors) == 1, "One record of level ERROR on log."
    for part in (told, "Traceback (most recent call last)", kind, secret):
        assert part in errors[0], "The record has the id of the reply and the traceback."


@check("Each failure has an id of its own", group="log", hint="When is the id made?")
def ids_differ(answer: Answer, random: Random) -> None:
    ids = [error_id(answer.probe(fail, "ValueError", "the same")) for _ in range(3)]
    assert len(set(ids)) == 3, "Three failures of the same kind have three ids."
