"""A check by request."""

from greenroom_runner.harness.grading import Answer, check


@check("Says hello", visible=True)
def says_hello(answer: Answer) -> None:
    assert answer.http.get("/hello").status == 200, "It should answer."
