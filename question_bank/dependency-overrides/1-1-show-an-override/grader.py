"""Checks for showing 1.1: a user who is signed in for one block, and for no longer."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def in_a_block(answer, name, roles, steps):
    """Sign in and perform [method, path]; return [status, body] of each, the body of 200 only."""
    try:
        with answer.signed_in(name, *roles) as client:
            replies = [client.request(method, path) for method, path in steps]
    finally:
        answer.app.dependency_overrides.clear()
    return [
        [reply.status_code, reply.json() if reply.is_success and reply.content else None]
        for reply in replies
    ]


@probe
def after_blocks(answer, name):
    """Leave one block by its end and one by an exception; return what /me answers after each."""
    from fastapi.testclient import TestClient

    class Left(Exception):
        pass

    seen = {"came out": False}
    try:
        with answer.signed_in(name):
            pass
        seen["end"] = TestClient(answer.app).get("/me").status_code
        try:
            with answer.signed_in(name):
                raise Left
        except Left:
            seen["came out"] = True
        seen["exception"] = TestClient(answer.app).get("/me").status_code
    finally:
        answer.app.dependency_overrides.clear()
    return seen


@probe
def other_override(answer, name):
    """Return whether an override of another dependency is there in a block and after it."""

    def other():
        return None

    answer.app.dependency_overrides[other] = other
    try:
        with answer.signed_in(name):
            inside = other in answer.app.dependency_overrides
        return [inside, other in answer.app.dependency_overrides]
    finally:
        answer.app.dependency_overrides.clear()


def word(random: Random) -> str:
    """Return a word that nobody could guess."""
    return "".join(random.choices(LETTERS, k=10))


@check("In the block, requests are those of the user", group="inside", visible=True)
def user_is_signed_in(answer: Answer, random: Random) -> None:
    name = word(random)
    seen = answer.probe(in_a_block, name, [], [["GET", "/me"], ["GET", "/me"]])
    assert seen == [[200, {"name": name}]] * 2, f"{name} is signed in and asks twice."


@check("A manager may close a room", group="inside", visible=True)
def manager_closes_a_room(answer: Answer, random: Random) -> None:
    roles = random.sample(["manager", word(random)], 2)
    path = f"/rooms/{random.randint(1, 999)}"
    ((status, _),) = answer.probe(in_a_block, word(random), roles, [["DELETE", path]])
    assert status == 204, f"The user has the roles {roles}."


@check(
    "Who lacks the role is still refused",
    group="inside",
    hint="Replace who is calling, not the check of the role.",
)
def role_check_stays_real(answer: Answer, random: Random) -> None:
    for roles in ([], [word(random)]):
        ((status, _),) = answer.probe(in_a_block, word(random), roles, [["DELETE", "/rooms/7"]])
        assert status == 403, f"The user has the roles {roles}."


@check(
    "What a request carries does not change who is calling",
    group="inside",
    hint="FastAPI reads the parameters of a replacement from the request, those with defaults too.",
)
def request_does_not_choose(answer: Answer, random: Random) -> None:
    name, other = word(random), word(random)
    query = f"name={other}&roles=manager&user={other}"
    steps = [["GET", f"/me?{query}"], ["DELETE", f"/rooms/7?{query}"]]
    me, room = answer.probe(in_a_block, name, [], steps)
    assert me == [200, {"name": name}], "Another name stands in the query."
    assert room[0] == 403, "A role stands in the query; the user has none."


@check(
    "After a block, also one that failed, the real dependency is back",
    group="after",
    hint="What runs when the body of the with raises?",
)
def block_ends_the_override(answer: Answer, random: Random) -> None:
    seen = answer.probe(after_blocks, word(random))
    assert seen["end"] == 503, "After a block the identity provider is asked again."
    assert seen["came out"] is True, "The exception should leave the block."
    assert seen["exception"] == 503, "After a block that failed it is asked again as well."


@check(
    "Overrides of other dependencies stay",
    group="after",
    hint="The dictionary is not yours alone: take out what you put in.",
)
def other_overrides_stay(answer: Answer, random: Random) -> None:
    seen = answer.probe(other_override, word(random))
    assert seen == [True, True], "Whether it is there in the block, and after it."
