"""Checks for 2.1: one shape for every validation error, and nothing else touched."""

from random import Random

from greenroom_runner.harness.grading import Answer, Reply, check

GOOD = {"customer": "ada", "lines": [{"sku": "A-1", "quantity": 2}]}


def order(**changes: object) -> dict[str, object]:
    """Return a good order with `changes`."""
    return GOOD | changes


def line(**changes: object) -> dict[str, object]:
    """Return an order with one line that has `changes`."""
    return order(lines=[{"sku": "A-1", "quantity": 2} | changes])


def places(reply: Reply) -> list[list[str]]:
    """Return [in, field] of each error, sorted, after looking at the shape of the whole answer."""
    assert reply.status == 422, "A request that does not validate is answered with 422."
    body = reply.json()
    assert sorted(body) == ["errors", "status", "title", "type"], "The body has exactly these keys."
    head = [body["type"], body["title"], body["status"]]
    assert head == ["about:blank", "Validation failed", 422], "type, title and status are given."
    for error in body["errors"]:
        assert sorted(error) == ["field", "in", "message"], "Each error has exactly these keys."
        assert isinstance(error["message"], str), "A message is text."
        assert error["message"].strip() != "", "A message says something."
    return sorted([error["in"], error["field"]] for error in body["errors"])


@check("A wrong field in the body is told in the new shape", group="basics", visible=True)
def body_errors_have_the_shape(answer: Answer) -> None:
    reply = answer.http.post("/orders", json=order(customer=""))
    assert places(reply) == [["body", "customer"]], "customer is empty."


@check("The media type is application/problem+json", group="basics", visible=True)
def media_type_is_problem_json(answer: Answer) -> None:
    reply = answer.http.post("/orders", json=order(customer=""))
    media_type = reply.headers.get("content-type", "").partition(";")[0].strip()
    assert media_type == "application/problem+json", "Look at content-type."


@check("A good order is still stored", group="basics", visible=True)
def good_order_is_stored(answer: Answer) -> None:
    reply = answer.http.post("/orders", json=GOOD)
    assert reply.status == 201, "A good order is answered with 201."
    assert reply.json() == GOOD, "The order comes back as it was."


@check("Fields inside lists carry their whole path", group="paths", visible=True)
def nested_fields_have_their_path(answer: Answer) -> None:
    lines = [{"sku": "A-1", "quantity": 1}, {"sku": "A-2", "quantity": 0}]
    reply = answer.http.post("/orders", json=order(lines=lines))
    assert places(reply) == [["body", "lines.1.quantity"]], "The second line is wrong."


@check(
    "Query and path are told apart from the body",
    group="paths",
    hint="The first part of loc is the place.",
)
def query_and_path_are_told_apart(answer: Answer) -> None:
    assert places(answer.http.get("/orders", params={"limit": "51"})) == [["query", "limit"]], (
        "limit=51"
    )
    assert places(answer.http.get("/orders/seven")) == [["path", "order_id"]], "/orders/seven"


@check("Every error is told, not only the first", group="paths", hint="exc.errors() is a list.")
def every_error_is_told(answer: Answer, random: Random) -> None:
    count = random.randint(3, 6)
    wrong = sorted(random.sample(range(count), 2))
    lines = [{"sku": f"A-{n}", "quantity": 0 if n in wrong else 5} for n in range(count)]
    reply = answer.http.post("/orders", json={"lines": lines})
    expected = [["body", "customer"]] + [["body", f"lines.{n}.quantity"] for n in wrong]
    assert places(reply) == sorted(expected), "customer is missing and two lines are wrong."


@check(
    "A body that is not JSON is an error of the whole body",
    group="edges",
    hint="json_invalid has a strange path.",
)
def broken_json_is_the_body(answer: Answer) -> None:
    for content in (b'{"customer": ', b'{"customer": "ada", "lines": [}', b"nonsense"):
        reply = answer.http.post(
            "/orders", content=content, headers={"content-type": "application/json"}
        )
        assert places(reply) == [["body", ""]], f"The body was {content!r}."


@check("A missing body is an error of the whole body", group="edges", hint="Its loc has one part.")
def missing_body_is_the_body(answer: Answer) -> None:
    assert places(answer.http.post("/orders")) == [["body", ""]], "Nothing was sent."


@check(
    "A model's own validator is answered like the rest",
    group="edges",
    hint="ctx can hold an exception, which is not JSON.",
)
def custom_validator_is_no_500(answer: Answer) -> None:
    reply = answer.http.post("/orders", json=line(sku="A1"))
    assert places(reply) == [["body", "lines.0.sku"]], "The SKU has no dash."


@check(
    "Nothing that was sent comes back", group="secrets", hint="input and ctx repeat what was typed."
)
def nothing_sent_comes_back(answer: Answer, random: Random) -> None:
    secret = f"hunter{random.randint(10**8, 10**9)}"
    for body in (
        order(customer=secret * 3),
        line(quantity=secret),
        line(sku=secret),
        order(lines=secret),
    ):
        reply = answer.http.post("/orders", json=body)
        assert reply.status == 422, "Each of these requests is wrong."
        assert secret not in reply.text, "What was typed should not be in the answer."


@check("Other errors keep their shape", group="neighbours", hint="Register for one class only.")
def not_found_keeps_its_shape(answer: Answer) -> None:
    reply = answer.http.get("/orders/7")
    assert reply.status == 404, "An order that is not there is 404."
    assert reply.json() == {"detail": "There is no order 7."}, "404 stays FastAPI's own."
    assert answer.http.get("/nowhere").json() == {"detail": "Not Found"}, "So does an unknown path."


@check("A fault in our own code is 500, not 422", group="neighbours", hint="Whose mistake is it?")
def our_own_fault_stays_500(answer: Answer) -> None:
    reply = answer.http.get("/orders/500")
    assert reply.status == 500, (
        "The route builds a model that does not validate: not the client's mistake."
    )
