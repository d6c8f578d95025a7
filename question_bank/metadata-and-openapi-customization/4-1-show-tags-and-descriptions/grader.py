"""Checks for "show 4.1": what the OpenAPI document says of three routes."""

from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, check

TAGS = [
    {"name": "loans", "description": "Borrow and return books."},
    {"name": "books", "description": "Find books."},
    {"name": "staff", "description": "For the desk only."},
]


def document(answer: Answer) -> dict[str, Any]:
    reply = answer.http.get("/openapi.json")
    assert reply.status == 200, "The document is at /openapi.json."
    return reply.json()


def read_book(answer: Answer) -> dict[str, Any]:
    """Return the operation GET /books/{isbn}."""
    return document(answer)["paths"]["/books/{isbn}"]["get"]


@check("Each route stands below its tags", group="tags", visible=True)
def routes_have_their_tags(answer: Answer) -> None:
    paths = document(answer)["paths"]
    seen = [
        sorted(paths["/books/{isbn}"]["get"].get("tags", [])),
        sorted(paths["/loans"]["post"].get("tags", [])),
        sorted(paths["/loans/{loan_id}"]["delete"].get("tags", [])),
    ]
    expected = [["books"], ["loans"], ["loans", "staff"]]
    assert seen == expected, "The tags of the book, of POST and of DELETE."


@check("The document describes the three tags in order", group="tags", visible=True)
def tags_are_described_in_order(answer: Answer) -> None:
    assert document(answer).get("tags") == TAGS, "Look at `tags` of the document itself."


@check(
    "The description is for schools, without the note for colleagues",
    group="descriptions",
    hint="What of a docstring becomes the description, and where does that end?",
)
def note_is_left_out(answer: Answer) -> None:
    said = read_book(answer).get("description", "").strip()
    assert said == "One book, **with** its shelf.", "The description of GET /books/{isbn}."
    text = answer.http.get("/openapi.json").text
    assert "PostgreSQL" not in text, "The note for colleagues is not for the document."


@check(
    "The parameter is described",
    group="descriptions",
    hint="`Path` takes the words. Is it still one required parameter of the path?",
)
def parameter_is_described(answer: Answer) -> None:
    seen = [
        [found["name"], found["in"], found["required"], found.get("description")]
        for found in read_book(answer)["parameters"]
    ]
    expected = [["isbn", "path", True, "Thirteen digits, no hyphens."]]
    assert seen == expected, "The parameters of GET /books/{isbn}."


@check(
    "The 404 is described beside the 200",
    group="descriptions",
    hint="FastAPI cannot see an HTTPException in the body of a function: tell it in the decorator.",
)
def not_found_is_described(answer: Answer) -> None:
    responses = read_book(answer)["responses"]
    assert "200" in responses, "The good response stays in the document."
    said = responses.get("404", {}).get("description")
    assert said == "No such book.", "The response 404 of GET /books/{isbn}."


@check(
    "The routes do what they did",
    group="routes",
    hint="Status codes and paths are as in the starter; so is what is raised.",
)
def routes_work_as_before(answer: Answer, random: Random) -> None:
    isbn, unknown = "9780306406157", str(random.randint(10**11, 10**12))
    seen = [
        answer.http.get(f"/books/{isbn}"),
        answer.http.get(f"/books/{unknown}"),
        answer.http.post("/loans", params={"isbn": unknown}),
        answer.http.delete(f"/loans/{random.randint(1, 99)}"),
    ]
    assert [reply.status for reply in seen] == [200, 404, 201, 204], "Book, no book, POST, DELETE."
    assert seen[0].json() == {"isbn": isbn, "shelf": "C 4"}, "The book and its shelf."
    assert seen[1].json() == {"detail": "no such book"}, "What the 404 says stays as it was."
    assert seen[2].json() == {"borrowed": unknown}, "What POST answers stays as it was."
